/**
 * Sockets of our own for plain TCP: over io_uring or epoll, one loop per thread, made at its first connection. The kernel, a container or a limit may not allow
 * one of them; that is found out by making it, and the next one is used without a word.
 */
import type { SocketKind } from "../../base/socket_kind.ts";
import {
  type ConnectSignal,
  type ConnectSocket,
  type Socket,
  type SocketAddress,
  SocketError,
  type SocketReceiver,
} from "../sockets/socket.ts";
import { EpollLoop } from "./epoll_loop.ts";
import { EpollSocket } from "./epoll_socket.ts";
import { EMFILE, toKernelError } from "./kernel_error.ts";
import { type Libc, openLibc } from "./libc.ts";
import { LoopGuest, type Poller } from "./loop_guest.ts";
import { closeFd, type Kernel, SystemError } from "./mapping.ts";
import { probeEpoll, probeRing } from "./probe_sockets.ts";
import type { RingSize } from "./ring.ts";
import { RingLoop } from "./ring_loop.ts";
import { RingSocket } from "./ring_socket.ts";
import { type SocketName, toSocketName } from "./socket_name.ts";
import { askForStamps } from "./stamped_message.ts";
import { ownResources, type ThreadResources } from "./thread_resources.ts";
import type { KernelSocket, Opening } from "./kernel_socket.ts";

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
type Start = (fd: number, name: Uint8Array, receiver: SocketReceiver, opening: Opening) => void;

/** Undefined if this kind does not work here. `resources` notes what it gets from the kernel. */
export function openOwnSockets(
  kind: OwnSocketKind,
  resources: ThreadResources = ownResources(),
  size?: RingSize,
  libc: Libc | undefined = openLibc(),
): OwnSockets | undefined {
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
  return (fd, name, receiver, opening) => new RingSocket(loop, receiver).open(fd, name, opening);
}

function startEpoll(kernel: Kernel): Start {
  const loop = live(kernel, (eventfd) => new EpollLoop(kernel, eventfd), probeEpoll);
  return (fd, name, receiver, opening) => new EpollSocket(loop, receiver).open(fd, name, opening);
}

/** Opens a loop in this thread's event loop, and tries it. */
function live<Loop extends Poller & { live(guest: LoopGuest): void; close(): void }>(
  kernel: Kernel,
  open: (eventfd: number) => Loop,
  probe: (kernel: Kernel, loop: Loop, eventfd: number) => void,
): Loop {
  const guest = new LoopGuest(kernel);
  try {
    const loop = open(guest.eventfd);
    guest.serve(loop);
    loop.live(guest);
    try {
      probe(kernel, loop, guest.eventfd);
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
  kernel: Kernel,
  type: number,
  start: Start,
  address: SocketAddress,
  receiver: SocketReceiver,
  signal: ConnectSignal | undefined,
): Promise<Socket> {
  const { libc, resources } = kernel;
  const promise = new Promise<Socket>(captureSettlers);
  const opening = new OpeningSocket(resolveLatest, rejectLatest, address.onTcpConnected, signal);
  if (signal?.aborted) {
    opening.refuse(new SocketError("other", "ABORT_ERR"));
    return promise;
  }
  const name = nameOf(address) as SocketName;
  const fd = libc.socket(name.family, type, 0);
  if (fd < 0) {
    opening.refuse(toKernelError(libc.errno()));
    return promise;
  }
  resources.addFd(fd);
  libc.setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, ON, 4);
  askForStamps(libc, fd);
  signal?.addEventListener("abort", opening, { once: true });
  try {
    start(fd, name.bytes, receiver, opening);
  } catch (problem) {
    if (!(problem instanceof SystemError) || problem.errno !== EMFILE) throw problem;
    closeFd(kernel, fd); // it took the last descriptor, and there is none for the thread's wake-up
    opening.failed(toKernelError(EMFILE));
  }
  return promise;
}

// The promise's two functions right after its constructor: saves a closure and its scope per connection.
let resolveLatest: (socket: Socket) => void;
let rejectLatest: (error: SocketError) => void;

function captureSettlers(resolve: (socket: Socket) => void, reject: (error: SocketError) => void): void {
  resolveLatest = resolve;
  rejectLatest = reject;
}

/** A connection that is being opened, until it is there, has failed, or is not wanted any more. */
class OpeningSocket implements Opening {
  readonly #resolve: (socket: Socket) => void;
  readonly refuse: (error: SocketError) => void;
  readonly #onTcpConnected: (() => void) | undefined;
  readonly #signal: ConnectSignal | undefined;
  /** Set by the socket, before anything is reported of it. */
  socket: KernelSocket | undefined;

  constructor(
    resolve: (socket: Socket) => void,
    reject: (error: SocketError) => void,
    onTcpConnected: (() => void) | undefined,
    signal: ConnectSignal | undefined,
  ) {
    this.#resolve = resolve;
    this.refuse = reject;
    this.#onTcpConnected = onTcpConnected;
    this.#signal = signal;
  }

  opened(socket: KernelSocket): void {
    this.#signal?.removeEventListener("abort", this);
    this.#onTcpConnected?.();
    this.#resolve(socket);
  }

  failed(error: SocketError): void {
    this.#signal?.removeEventListener("abort", this);
    this.refuse(error);
  }

  /** The signal has been aborted. */
  handleEvent(): void {
    this.socket?.destroy();
    this.refuse(new SocketError("other", "ABORT_ERR"));
  }
}
