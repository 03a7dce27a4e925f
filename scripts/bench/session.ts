/**
 * Measures the cost of a client call without the network: microseconds per request with an engine that answers at once, median of seven
 * rounds. `bun scripts/bench/session.ts`, `deno run -A scripts/bench/session.ts`.
 */
import { systemClock } from "../../src/base/clock.ts";
import { HttpEngine } from "../../src/http/engine/engine.ts";
import { createDetachedOwner } from "../../src/http/session/session_owner.ts";
import { FastHttpSession } from "../../src/http/session/fast_http_session.ts";
import { HttpSession } from "../../src/http/session/http_session.ts";
import type { ResponseSink, WireRequest } from "../../src/http/engine/wire.ts";
import { WireResponse } from "../../src/http/engine/wire_response.ts";
import { connectSocket } from "../../src/platform/sockets/connect_socket.ts";

const REQUESTS = 50_000;
const ROUNDS = 7;

const BYTES = new TextEncoder().encode('HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{"item":1234}');
const BODY_FROM = BYTES.length - 13;
const INFO = { status: 200, hasSetCookie: false, hasContentEncoding: false };

class InstantEngine extends HttpEngine {
  override send(_request: WireRequest, sink: ResponseSink): void {
    const startMs = performance.now();
    queueMicrotask(() => {
      const times = { startMs, sentMs: startMs, firstByteMs: startMs, retried: false, setup: undefined };
      const endMs = performance.now();
      const head = { bytes: BYTES, from: 0, to: BODY_FROM };
      const body = { bytes: BYTES, from: BODY_FROM, to: BYTES.length };
      sink.completed(new WireResponse(times, endMs, INFO, head, body));
    });
  }
}

type Client = Pick<FastHttpSession, "get" | "post" | "rest" | "cookies">;

function check(res: { readonly js: unknown }): void {
  if (res.js === undefined) throw new Error("no JSON");
}

function withCookie(client: Client): void {
  client.cookies.set("session", "5e884898da28047151d0e56f8dc62927");
}

type Call = (client: Client, i: number) => Promise<unknown>;

const CASES: readonly (readonly [title: string, call: Call, prepare?: (client: Client) => void])[] = [
  ["get(url)", (client) => client.get("/items")],
  ["get(url, { name })", (client) => client.get("/items", { name: "items" })],
  ["get(new url, { name })", (client, i) => client.get(`/items/${i}`, { name: "/items/[id]" })],
  ["get(url, { headers })", (client) => client.get("/items", { headers: { "X-Trace": "7" } })],
  ["get(url, { params })", (client, i) => client.get("/items", { params: { page: i }, name: "/items" })],
  ["post(url, { json })", (client, i) => client.post("/orders", { json: { item: i } })],
  ["get(url, { catchResponse })", (client) => client.get("/items", { catchResponse: (res) => res.success() })],
  ["rest(method, url, { json })", (client, i) => client.rest("POST", "/orders", { json: { item: i } }, check)],
  ["post(url, { json }), cookies", (client, i) => client.post("/orders", { json: { item: i } }), withCookie],
  ["post(absolute url, { json })", (client, i) => client.post("http://other.example/orders", { json: { item: i } })],
  ["get(new absolute url, { name })", (client, i) => client.get(`http://other.example/items/${i}`, { name: "item" })],
];

async function measure(client: Client, call: (client: Client, i: number) => Promise<unknown>): Promise<number> {
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = performance.now();
    for (let i = 0; i < REQUESTS; i++) await call(client, round * REQUESTS + i);
    rounds.push((performance.now() - before) * 1000 / REQUESTS);
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1] ?? NaN;
}

const engine = new InstantEngine({ connectSocket, clock: systemClock });
const options = { baseUrl: "http://127.0.0.1:8000", engine };
console.log(`${"µs per request".padEnd(31)} Fast  Http`);
for (const [title, call, prepare] of CASES) {
  const fastClient: Client = new FastHttpSession(options, createDetachedOwner());
  const httpClient = new HttpSession(options, createDetachedOwner()) as unknown as Client;
  for (const client of [fastClient, httpClient]) prepare?.(client);
  const fast = await measure(fastClient, call);
  const http = await measure(httpClient, call);
  console.log(`${title.padEnd(31)} ${fast.toFixed(2).padStart(4)}  ${http.toFixed(2).padStart(4)}`);
}
