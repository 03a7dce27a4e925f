/**
 * Tries a ring or an epoll set before it is used: bytes go through a pair of connected sockets by all requests and calls that real sockets make, and the eventfd that wakes the
 * thread must be signalled. A kernel that lacks one of them, and a sandbox that emulates or forbids some, is found out here and not in the middle of a run.
 */
import {
  createEpollEvent,
  CTL_ADD,
  EDGE,
  EPOLL_CLOEXEC,
  EPOLLIN,
  type EpollLoop,
  EPOLLOUT,
  type EpollUser,
} from "./epoll_loop.ts";
import { MSG_NOSIGNAL } from "./message_flags.ts";
import { closeFd, type Kernel, ownFd, SystemError } from "./mapping.ts";
import type { RingLoop, RingUser } from "./ring_loop.ts";
import type { StampedReceive } from "./stamped_receive.ts";

const AF_UNIX = 1;
const SOCK_STREAM_CLOEXEC = 0o2000001;
const BYTES = Uint8Array.of(1, 2, 3, 5, 8);
/** All of it takes three; a ring that works needs no waiting, since both ends are here. */
const MAX_ROUNDS = 10;

class ProbeUser implements RingUser {
  handedOverMs = 0;
  received = "";
  hasEnded = false;
  canWrite = false;

  connected(): void {}

  arrived(memory: Uint8Array, from: number, to: number): void {
    this.received += String(memory.slice(from, to));
  }

  receiveEnded(_result: number, more: boolean): void {
    this.hasEnded ||= !more;
  }

  sendEnded(): void {}

  pollEnded(): void {
    this.canWrite = true;
  }

  readable(): void {}
}

/** Throws a `SystemError` if the ring does not do what it should. */
export function probeRing(kernel: Kernel, loop: RingLoop, eventfd: number): void {
  const user = new ProbeUser();
  const id = loop.add(user);
  const roundsUntil = (what: string, holds: () => boolean) => {
    for (let rounds = 0; !holds(); rounds++) {
      if (rounds === MAX_ROUNDS) throw new SystemError(`a ring's ${what}`, 0);
      loop.round("none");
    }
  };
  const { near, far } = openPair(kernel, ({ near, far }) => {
    probeCalls(kernel, loop.receiver, near, far);
    loop.receive(id, near);
    loop.send(user, id, far, BYTES);
    loop.waitWritable(id, far);
    roundsUntil("receive", () => user.received === String(BYTES));
    roundsUntil("poll", () => user.canWrite);
    probeSignal(kernel, eventfd, () => kernel.libc.send(far, BYTES, BYTES.length, MSG_NOSIGNAL));
    roundsUntil("second receive", () => user.received === String(BYTES) + String(BYTES));
    loop.cancel(id, "receive");
    roundsUntil("cancellation", () => user.hasEnded);
  });
  loop.closeSocket(far);
  loop.closeSocket(near);
  loop.round("none"); // hands the closings over
  loop.remove(id);
  loop.socketClosed();
}

/** Throws a `SystemError` if the set does not report what is ready, or cannot signal it. */
export function probeEpoll(kernel: Kernel, loop: EpollLoop, eventfd: number): void {
  const { near, far } = openPair(kernel, ({ near, far }) => {
    probeCalls(kernel, loop.receiver, near, far);
    let events = 0;
    const user: EpollUser & { generation: number } = {
      fd: near,
      generation: 0,
      handedOverMs: 0,
      happened: (seen) => events |= seen,
      takesSlot: () => false,
      tookSlot: () => {},
      sendQueued: () => {},
      sentQueued: () => {},
    };
    user.generation = loop.add(user, EPOLLIN | EPOLLOUT); // asks for a signal too
    kernel.libc.send(far, BYTES, BYTES.length, MSG_NOSIGNAL);
    loop.round("none");
    probeSignal(kernel, eventfd);
    if ((events & (EPOLLIN | EPOLLOUT)) !== (EPOLLIN | EPOLLOUT)) throw new SystemError("an epoll set", 0);
  });
  loop.closeSocket(near);
  closeFd(kernel, far);
}

/** The calls by which both kinds send what is large, and receive at once. */
function probeCalls({ libc }: Kernel, receiver: StampedReceive, near: number, far: number): void {
  if (libc.send(far, BYTES, BYTES.length, MSG_NOSIGNAL) !== BYTES.length) throw new SystemError("sendto", libc.errno());
  if (receiver.receive(near, undefined) !== BYTES.length) throw new SystemError("recvmsg", libc.errno());
}

/**
 * Something has happened: the thread would have been woken. What `arrive` sends must wake it too, before the ring is entered again: Linux 6.12.115 to
 * 6.12.117 signal no arrival of a ring with deferred task work, only the results that a call has put into its queue. The signal stays where it is.
 */
function probeSignal(kernel: Kernel, eventfd: number, arrive?: () => void): void {
  const { libc } = kernel;
  const epoll = ownFd(kernel, libc.epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
  const event = createEpollEvent(EPOLLIN | EDGE); // each signal counts once
  const isSignalled = () => libc.epoll_wait(epoll, event, 1, 0) === 1;
  let works = libc.epoll_ctl(epoll, CTL_ADD, eventfd, event) === 0 && isSignalled();
  if (works && arrive !== undefined) {
    arrive();
    works = isSignalled();
  }
  closeFd(kernel, epoll);
  if (!works) throw new SystemError("an eventfd", 0);
}

interface Pair {
  readonly near: number;
  readonly far: number;
}

/** Two sockets that are connected to each other; closed again if `use` throws. */
function openPair(kernel: Kernel, use: (pair: Pair) => void): Pair {
  const fds = new Int32Array(2);
  if (kernel.libc.socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, fds) < 0) {
    throw new SystemError("socketpair", kernel.libc.errno());
  }
  const [near = -1, far = -1] = fds;
  const pair = { near: ownFd(kernel, near, "socketpair"), far: ownFd(kernel, far, "socketpair") };
  try {
    use(pair);
    return pair;
  } catch (problem) {
    closeFd(kernel, near);
    closeFd(kernel, far);
    throw problem;
  }
}
