"""A bad cable: forwards Ethernet frames between two interfaces, late, with gaps and out of order.

    bad_wire.py plain INTERFACE...             switches off what a network card would do (checksums, segmentation)
    bad_wire.py carry A B DELAY_MS LOSS REORDER    LOSS and REORDER as shares of the frames, e.g. 0.02

For machines whose kernel has no netem. The interfaces at the far ends must be plain: what is read here as a frame
must be one that can be sent.
"""
import array
import fcntl
import heapq
import random
import select
import socket
import struct
import sys
import time

SIOCETHTOOL = 0x8946
SWITCHES = (0x15, 0x17, 0x1F, 0x24, 0x2C)  # receive and transmit checksums, TSO, GSO, GRO
ALL_PROTOCOLS = 3
OUTGOING = 4


def make_plain(name):
    control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for switch in SWITCHES:
        value = array.array("B", struct.pack("II", switch, 0))
        try:
            fcntl.ioctl(control, SIOCETHTOOL, struct.pack("16sP", name.encode(), value.buffer_info()[0]))
        except OSError:
            pass  # this kind of interface has no such switch


def carry(first, second, delay_s, loss, reorder):
    ends = []
    for name in (first, second):
        end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_PROTOCOLS))
        end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        end.bind((name, 0))
        ends.append(end)
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    chance = random.Random(1)
    waiting = []
    number = 0
    print("carrying", flush=True)
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, end, frame = heapq.heappop(waiting)
            try:
                end.send(frame)
            except OSError:
                pass  # a cable whose far end is down loses frames
        ready, _, _ = select.select(ends, [], [], max(0, waiting[0][0] - now) if waiting else 1)
        for end in ready:
            frame, address = end.recvfrom(65535)
            if address[2] == OUTGOING or chance.random() < loss:
                continue
            number += 1
            late = delay_s * (1.25 if chance.random() < reorder else 1)
            heapq.heappush(waiting, (time.monotonic() + late, number, other[end], frame))


if sys.argv[1] == "plain":
    for interface in sys.argv[2:]:
        make_plain(interface)
else:
    carry(sys.argv[2], sys.argv[3], float(sys.argv[4]) / 1000, float(sys.argv[5]), float(sys.argv[6]))
