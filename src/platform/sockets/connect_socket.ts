/**
 * Chooses the fastest socket that supports the requested address. For plain TCP on Linux under Bun those are our own,
 * over io_uring or epoll; the first connection of a thread finds out by making them which of them the kernel and the
 * container allow.
 */
import { ipVersion } from "../../base/ip_address.ts";
import type { SocketChoice, SocketKind } from "../../base/socket_kind.ts";
import { connectBunSocket } from "./bun_socket.ts";
import { connectDenoSocket } from "./deno_socket.ts";
import { openOwnSockets, type OwnSocketKind, type OwnSockets } from "../linux/connect_own_socket.ts";
import { connectNodeSocket } from "./node_socket.ts";
import type { ConnectSignal, Socket, SocketAddress, SocketReceiver } from "./socket.ts";

const FASTEST_FIRST: readonly OwnSocketKind[] = ["uring", "epoll"];

/** Of this thread, by kind; undefined for a kind that does not work here. */
const tried = new Map<OwnSocketKind, OwnSockets | undefined>();
/** What this thread uses; `undefined` until it is needed. */
let chosen: OwnSockets | "runtime" | undefined;

/**
 * Decides for this thread; without a call it is `auto`. Returns what is used: where the kind that was asked for does
 * not work, the next one that does.
 */
export function chooseSocket(asked: SocketChoice): SocketKind {
  chosen = findSocket(asked);
  return chosen === "runtime" ? chosen : chosen.kind;
}

function findSocket(asked: SocketChoice): OwnSockets | "runtime" {
  if (asked === "runtime") return asked;
  const first = asked === "auto" ? 0 : FASTEST_FIRST.indexOf(asked);
  for (const kind of FASTEST_FIRST.slice(first)) {
    if (!tried.has(kind)) tried.set(kind, openOwnSockets(kind));
    const own = tried.get(kind);
    if (own !== undefined) return own;
  }
  return "runtime";
}

/** A `ConnectSocket`. */
export function connectSocket(
  address: SocketAddress,
  receiver: SocketReceiver,
  signal?: ConnectSignal,
): Promise<Socket> {
  chosen ??= findSocket("auto");
  if (chosen !== "runtime" && chosen.supports(address)) return chosen.connect(address, receiver, signal);
  const needsNode = address.localAddress !== undefined || address.upgradable === true ||
    verifiesAnotherAddress(address);
  if (!needsNode && connectBunSocket !== undefined) return connectBunSocket(address, receiver, signal);
  if (!needsNode && connectDenoSocket !== undefined && address.tls === undefined) {
    return connectDenoSocket(address, receiver, signal);
  }
  return connectNodeSocket(address, receiver, signal);
}

/** Bun verifies either a name or the address that it connects to. */
function verifiesAnotherAddress({ tls, host }: SocketAddress): boolean {
  const name = tls?.serverName;
  return name !== undefined && name !== host && ipVersion(name) !== 0;
}
