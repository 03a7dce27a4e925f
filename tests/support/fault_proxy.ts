/**
 * A TCP proxy on loopback that can be a bad network: it can go silent (as a pulled cable: nothing is forwarded, and neither end is notified),
 * sever its connections with a reset, and delay what passes. For faults that need no network namespace.
 */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface FaultProxy {
  readonly port: number;
  /** Connections that came so far. */
  readonly accepted: number;
  /** Nothing passes any more, in old and new connections; neither end is notified. */
  cut(): void;
  /** Bytes pass again. Those of connections that were open during the cut stay lost with their connection, as after a long one. */
  heal(): void;
  /** Resets all connections; new ones are served. */
  sever(): void;
  /** From now on each chunk takes this long, with the order kept. */
  delay(ms: number): void;
  close(): Promise<void>;
}

export async function startFaultProxy(target: () => number): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  let delayMs = 0;
  let accepted = 0;

  const pump = (from: Socket, to: Socket) => {
    from.on("data", (chunk) => {
      if (isCut) return; // lost
      if (delayMs === 0) to.write(chunk);
      else setTimeout(() => to.write(chunk), delayMs);
    });
    from.on("error", () => {}); // "close" follows, and ends the other side
    from.on("close", () => {
      if (!isCut) to.destroy();
    });
  };
  const server: Server = createServer((near) => {
    accepted++;
    const far = connect(target(), "127.0.0.1");
    const pair = [near, far] as const;
    pairs.add(pair);
    near.on("close", () => pairs.delete(pair));
    pump(near, far);
    pump(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const destroyAll = () => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
    pairs.clear();
  };
  return {
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    cut() {
      isCut = true;
    },
    heal() {
      destroyAll();
      isCut = false;
    },
    sever: destroyAll,
    delay(ms) {
      delayMs = ms;
    },
    close() {
      destroyAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
