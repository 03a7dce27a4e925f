/** Chooses the fastest socket that supports the requested address. */
import { isIP } from "node:net";
import { connectBunSocket } from "./bun_socket.ts";
import { connectDenoSocket } from "./deno_socket.ts";
import { connectNodeSocket } from "./node_socket.ts";
import type { Socket, SocketAddress, SocketReceiver } from "./socket.ts";

/** The runtime's own socket, or `node:net`'s where that one lacks something. A `ConnectSocket`. */
export function connectSocket(
  address: SocketAddress,
  receiver: SocketReceiver,
  signal?: AbortSignal,
): Promise<Socket> {
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
  return name !== undefined && name !== host && isIP(name) !== 0;
}
