/** An HTTP server whose capacity is an edge that does not depend on how busy this machine is. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { performance } from "node:perf_hooks";

export interface Limits {
  /** Open connections: each user has one. Requests on those beyond fail. */
  readonly connections?: number;
  /** Requests a second, over three: while there are more, all fail. A machine that stands still for a moment changes nothing in this. */
  readonly perSecond?: number;
}

export interface LimitedTarget extends AsyncDisposable {
  readonly url: string;
}

export async function startLimitedTarget(
  { connections = Infinity, perSecond = Infinity }: Limits,
): Promise<LimitedTarget> {
  const open = new Set<unknown>();
  let times: number[] = [];
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const now = performance.now();
    times.push(now);
    if (times.length > 10_000 || (times[0] ?? now) < now - 4000) times = times.filter((time) => time > now - 3000);
    const rate = times.filter((time) => time > now - 3000).length / 3;
    const place = [...open].indexOf(request.socket);
    response.statusCode = place >= connections || rate > perSecond ? 503 : 200;
    setTimeout(() => response.end("served"), 20);
  });
  server.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
