/**
 * A TCP proxy on loopback that can be a bad network: it can go silent (as a pulled cable: nothing is forwarded, and neither end is notified),
 * sever its connections with a reset, and delay what passes or let little of it pass. For faults that need no network namespace.
 */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

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
  /** From now on no more passes each way of a connection than this, a piece after the other. */
  narrow(bytesPerSecond: number): void;
  close(): Promise<void>;
}

const PIECE_MS = 50;

export async function startFaultProxy(target: () => number): Promise<FaultProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isCut = false;
  let delayMs = 0;
  let bytesPerSecond = Infinity;
  let accepted = 0;

  const squeeze = (chunk: Uint8Array, from: Socket, to: Socket) => {
    if (chunk.length === 0 || to.destroyed) return void from.resume();
    from.pause();
    const piece = chunk.subarray(0, Math.max(1, Math.ceil(bytesPerSecond * PIECE_MS / 1000)));
    setTimeout(() => {
      if (!isCut) to.write(piece);
      squeeze(chunk.subarray(piece.length), from, to);
    }, PIECE_MS);
  };
  const pump = (from: Socket, to: Socket) => {
    from.on("data", (chunk: Uint8Array) => {
      if (isCut) return; // lost
      if (bytesPerSecond !== Infinity) squeeze(chunk, from, to);
      else if (delayMs === 0) to.write(chunk);
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
    narrow(perSecond) {
      bytesPerSecond = perSecond;
    },
    close() {
      destroyAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
