/**
 * Tries a ring or an epoll set before it is used: bytes go through a pair of connected sockets by all requests that real sockets make. A kernel that lacks one of them, and a
 * sandbox that emulates or forbids some, is found out here and not in the middle of a run.
 */
import { EPOLLIN, type EpollLoop, EPOLLOUT, type EpollUser } from "./epoll_loop.ts";
import { closeFd, type Kernel, ownFd, SystemError } from "./mapping.ts";
import type { RingLoop, RingUser } from "./ring_loop.ts";

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
export function probeRing(kernel: Kernel, loop: RingLoop): void {
  const [near, far] = openPair(kernel);
  const user = new ProbeUser();
  const id = loop.add(user);
  const roundsUntil = (what: string, holds: () => boolean) => {
    for (let rounds = 0; !holds(); rounds++) {
      if (rounds === MAX_ROUNDS) throw new SystemError(`a ring's ${what}`, 0);
      loop.round("none");
    }
  };
  loop.receive(id, near);
  loop.send(user, id, far, BYTES);
  loop.waitWritable(id, far);
  roundsUntil("receive", () => user.received === String(BYTES));
  roundsUntil("poll", () => user.canWrite);
  loop.cancel(id, "receive");
  roundsUntil("cancellation", () => user.hasEnded);
  loop.closeSocket(far);
  loop.closeSocket(near);
  loop.round("none"); // hands the closings over
  loop.remove(id);
  loop.socketClosed();
}

/** Throws a `SystemError` if the set does not report what is ready, or cannot signal it. */
export function probeEpoll(kernel: Kernel, loop: EpollLoop): void {
  const [near, far] = openPair(kernel);
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
  kernel.libc.send(far, BYTES, BYTES.length, 0);
  loop.round("none");
  loop.closeSocket(near);
  closeFd(kernel, far);
  if ((events & (EPOLLIN | EPOLLOUT)) !== (EPOLLIN | EPOLLOUT)) throw new SystemError("an epoll set", 0);
}

/** Two sockets that are connected to each other. */
function openPair(kernel: Kernel): readonly [number, number] {
  const pair = new Int32Array(2);
  if (kernel.libc.socketpair(AF_UNIX, SOCK_STREAM_CLOEXEC, 0, pair) < 0) {
    throw new SystemError("socketpair", kernel.libc.errno());
  }
  const [near = -1, far = -1] = pair;
  return [ownFd(kernel, near, "socketpair"), ownFd(kernel, far, "socketpair")];
}
