/**
 * A system under test that counts: what it received is what the tool must report. Answers after a fixed latency, with the status
 * and body length that the query asks for (`/any?status=503&bytes=2048&ms=40`).
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface CountingServer {
  readonly url: string;
  readonly port: number;
  /** Requests that arrived whole, per `METHOD path`. */
  readonly counts: ReadonlyMap<string, number>;
  total(): number;
  close(): Promise<void>;
}

export function startCountingServer(options: { readonly latencyMs?: number; readonly port?: number } = {}): Promise<
  CountingServer
> {
  const counts = new Map<string, number>();
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "/", "http://counting.invalid");
    const key = `${request.method} ${url.pathname}`;
    request.on("data", () => {});
    request.on("end", () => {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      const reply = () => {
        response.statusCode = Number(url.searchParams.get("status") ?? 200);
        response.end("x".repeat(Number(url.searchParams.get("bytes") ?? 2)));
      };
      const latencyMs = Number(url.searchParams.get("ms") ?? options.latencyMs ?? 0);
      if (latencyMs > 0) setTimeout(reply, latencyMs);
      else reply();
    });
  };
  const server: Server = createServer({ keepAliveTimeout: 60_000 }, answer);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      resolve({
        url: `http://127.0.0.1:${port}`,
        port,
        counts,
        total: () => [...counts.values()].reduce((sum, count) => sum + count, 0),
        close: () =>
          new Promise((done) => {
            server.closeAllConnections();
            server.close(() => done());
          }),
      });
    });
  });
}
