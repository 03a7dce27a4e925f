/**
 * A target for `truth_each.ts` over TLS and WebSocket: each answer is the time in ms that this process had the request. That is a part of what the target
 * took: no response time may be shorter. Prints its port.
 *
 *     bun scripts/bench/truth_runtime_server.ts [KEY_FILE CERTIFICATE_FILE]
 */
import process from "node:process";

interface ServerSocket {
  send(text: string): void;
}

interface BunServe {
  file(path: string): unknown;
  serve(options: {
    readonly port: number;
    readonly hostname: string;
    readonly tls?: { readonly key: unknown; readonly cert: unknown };
    fetch(request: Request, server: { upgrade(request: Request): boolean }): Response | undefined;
    readonly websocket: { message(socket: ServerSocket): void };
  }): { readonly port: number };
}

const { Bun } = globalThis as unknown as { readonly Bun: BunServe };
const [key, cert] = process.argv.slice(2);

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  ...(key === undefined || cert === undefined ? {} : { tls: { key: Bun.file(key), cert: Bun.file(cert) } }),
  fetch: (request, { upgrade }) => {
    if (request.headers.get("upgrade") === "websocket" && upgrade.call(server, request)) return undefined;
    return new Response(workFor());
  },
  websocket: { message: (socket) => socket.send(workFor()) },
});
console.log(server.port);

/** Holds the thread up for up to 0.2 ms, so that each answer has a time of its own; how long. */
function workFor(): string {
  const fromMs = performance.now();
  const untilMs = fromMs + Math.random() * 0.2;
  while (performance.now() < untilMs);
  return (performance.now() - fromMs).toFixed(6);
}
