/**
 * The system under test, in this process: a `node:http` server whose pages a test writes as functions. Port chosen by the
 * system. Every request it got can be read back.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Buffer } from "node:buffer";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

export type Page = (request: SeenRequest, response: ServerResponse, raw: IncomingMessage) => void;

export interface HttpSystem extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** What came in, oldest first. */
  readonly seen: SeenRequest[];
}

/** `GET /path` or `/path` → page; every other path answers what was sent, as JSON. */
export async function openHttpSystem(pages: Readonly<Record<string, Page>> = {}): Promise<HttpSystem> {
  const seen: SeenRequest[] = [];
  const server = createServer((raw, response) => {
    const chunks: Uint8Array[] = [];
    raw.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    raw.on("end", () => {
      const request = readRequest(raw, chunks);
      seen.push(request);
      const path = request.url.split("?")[0]!;
      const page = pages[`${request.method} ${path}`] ?? pages[path] ?? echo;
      page(request, response, raw);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Text of a request's body. */
export function bodyText(request: SeenRequest | undefined): string {
  return new TextDecoder().decode(request?.body);
}

function readRequest(raw: IncomingMessage, chunks: readonly Uint8Array[]): SeenRequest {
  return { method: raw.method ?? "", url: raw.url ?? "", headers: raw.headers, body: Buffer.concat(chunks) };
}

function echo(request: SeenRequest, response: ServerResponse): void {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ ...request, body: bodyText(request) }));
}
