/**
 * Sockets of our own for plain TCP: over io_uring or epoll, one loop per thread, made at its first connection. The kernel, a container or a limit may not allow
 * one of them; that is found out by making it, and the next one is used without a word.
 */
import type { SocketKind } from "../../base/socket_kind.ts";
import { type ConnectSocket, type Socket, type SocketAddress, SocketError, type SocketReceiver } from "../socket.ts";
import { EpollLoop } from "./epoll_loop.ts";
import { EpollSocket } from "./epoll_socket.ts";
import { toKernelError } from "./kernel_error.ts";
import { openLibc } from "./libc.ts";
import { LoopGuest, type Poller } from "./loop_guest.ts";
import type { Kernel } from "./mapping.ts";
import { probeEpoll, probeRing } from "./probe_sockets.ts";
import type { RingSize } from "./ring.ts";
import { RingLoop } from "./ring_loop.ts";
import { RingSocket } from "./ring_socket.ts";
import { type SocketName, toSocketName } from "./socket_name.ts";
import { askForStamps } from "./stamped_message.ts";
import { ownResources, type ThreadResources } from "./thread_resources.ts";
import type { KernelSocket, Opened } from "./kernel_socket.ts";

const SOCK_STREAM_CLOEXEC = 0o2000001;
const SOCK_NONBLOCK = 0o4000;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const ON = Int32Array.of(1);

export type OwnSocketKind = Exclude<SocketKind, "runtime">;

/** Opens sockets of one kind in this thread. */
export interface OwnSockets {
  readonly kind: OwnSocketKind;
  /** Whether it can reach this address: the others need a socket of the runtime. */
  supports(address: SocketAddress): boolean;
  readonly connect: ConnectSocket;
}

/** A socket that connects: `fd` is not connected yet. */
type Start = (fd: number, name: Uint8Array, receiver: SocketReceiver, opened: Opened) => KernelSocket;

/** Undefined if this kind does not work here. `resources` notes what it gets from the kernel. */
export function openOwnSockets(
  kind: OwnSocketKind,
  resources: ThreadResources = ownResources(),
  size?: RingSize,
): OwnSockets | undefined {
  const libc = openLibc();
  if (libc === undefined) return undefined;
  const kernel: Kernel = { libc, resources };
  try {
    const start = kind === "uring" ? startRing(kernel, size) : startEpoll(kernel);
    // The ring opens a connection by itself, epoll needs a descriptor that does not wait.
    const type = SOCK_STREAM_CLOEXEC | (kind === "uring" ? 0 : SOCK_NONBLOCK);
    return {
      kind,
      supports: (address) => nameOf(address) !== undefined,
      connect: (address, receiver, signal) => connect(kernel, type, start, address, receiver, signal),
    };
  } catch {
    return undefined;
  }
}

function startRing(kernel: Kernel, size: RingSize | undefined): Start {
  const loop = live(kernel, (eventfd) => new RingLoop(kernel, eventfd, size), probeRing);
  return (fd, name, receiver, opened) => {
    const socket = new RingSocket(loop, receiver);
    socket.open(fd, name, opened);
    return socket;
  };
}

function startEpoll(kernel: Kernel): Start {
  const loop = live(kernel, (eventfd) => new EpollLoop(kernel, eventfd), probeEpoll);
  return (fd, name, receiver, opened) => {
    const socket = new EpollSocket(loop, receiver);
    socket.open(fd, name, opened);
    return socket;
  };
}

/** Opens a loop in this thread's event loop, and tries it. */
function live<Loop extends Poller & { live(guest: LoopGuest): void; close(): void }>(
  kernel: Kernel,
  open: (eventfd: number) => Loop,
  probe: (kernel: Kernel, loop: Loop) => void,
): Loop {
  const guest = new LoopGuest(kernel);
  try {
    const loop = open(guest.eventfd);
    guest.serve(loop);
    loop.live(guest);
    try {
      probe(kernel, loop);
      return loop;
    } catch (problem) {
      loop.close();
      throw problem;
    }
  } catch (problem) {
    guest.close();
    throw problem;
  }
}

function nameOf({ host, port, tls, unixPath, localAddress, upgradable }: SocketAddress): SocketName | undefined {
  if (host === undefined || tls !== undefined || unixPath !== undefined) return undefined;
  if (localAddress !== undefined || upgradable === true) return undefined;
  return toSocketName(host, port ?? 0);
}

function connect(
  { libc, resources }: Kernel,
  type: number,
  start: Start,
  address: SocketAddress,
  receiver: SocketReceiver,
  signal: AbortSignal | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new SocketError("other", "ABORT_ERR"));
    const name = nameOf(address) as SocketName;
    const fd = libc.socket(name.family, type, 0);
    if (fd < 0) return reject(toKernelError(libc.errno()));
    resources.addFd(fd);
    libc.setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, ON, 4);
    askForStamps(libc, fd);
    const onAbort = () => {
      socket.destroy();
      reject(new SocketError("other", "ABORT_ERR"));
    };
    // An error may come before `start` has returned.
    const opened: Opened = (error) => {
      signal?.removeEventListener("abort", onAbort);
      if (error !== undefined) return reject(error);
      address.onTcpConnected?.();
      resolve(socket);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    const socket = start(fd, name.bytes, receiver, opened);
  });
}
