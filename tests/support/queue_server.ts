/**
 * An HTTP server that is an M/M/c queue: `servers` places with exponential service times, first come first served. Its capacity under an SLO is known by formula
 * (`erlang_c.ts`), if arrivals are by chance.
 *
 * The queue is computed when a request arrives, and the answer is sent at its time: a timer that is late makes one answer later and the queue not longer.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRandom } from "../../src/base/random.ts";
import type { Queue } from "./erlang_c.ts";

export interface QueueServer extends AsyncDisposable {
  readonly url: string;
}

export async function startQueueServer(queue: Queue, seed: number, port = 0): Promise<QueueServer> {
  const random = createRandom(seed);
  const freeAt = new Array<number>(queue.servers).fill(0);
  const server: Server = createServer((_request, response) => {
    const now = performance.now();
    let first = 0;
    for (let i = 1; i < freeAt.length; i++) if ((freeAt[i] ?? 0) < (freeAt[first] ?? 0)) first = i;
    const service = -Math.log(1 - random.float()) * queue.meanServiceMs;
    const end = Math.max(now, freeAt[first] ?? 0) + service;
    freeAt[first] = end;
    setTimeout(() => response.end("served"), end - now);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", 1024, resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
