import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineOptions } from "../../../src/http/engine/engine_options.ts";
import { TappedEngine } from "../../../src/http/engine/tapped_engine.ts";
import type { Line, ResponseSink } from "../../../src/http/engine/wire.ts";
import { UserStopped } from "../../../src/http/session/control_flow.ts";
import { FakeOwner } from "../../support/fake_owner.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { FastHttpSession } from "../../../src/http/session/fast_http_session.ts";
import { MemoryNetwork } from "../../support/memory_socket.ts";
import { type RequestParts, WireClient } from "../../support/wire_client.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

class Sink implements ResponseSink {
  outcome = "";
  line: Line | undefined;

  completed(response: { readonly status: number }, line?: Line): void {
    this.outcome = String(response.status);
    this.line = line;
  }

  failed(error: { readonly label: string }): void {
    this.outcome = error.label;
  }
}

/** An engine that has served one request, and the line of it. */
async function setUp(options: Partial<EngineOptions> = {}) {
  const network = new MemoryNetwork();
  const client = new WireClient("http://127.0.0.1", {
    connectSocket: network.connect,
    clock: new FakeClock(),
    ...options,
  });
  const first = new Sink();
  client.engine.send(client.request("GET", "/first"), first);
  await settle();
  network.last.receive(OK);
  network.last.takeSent();
  const line = first.line!;
  const trySend = (path: string, parts?: RequestParts) => {
    const sink = new Sink();
    return line.trySend(client.request("GET", path, parts), sink) ? sink : undefined;
  };
  return { network, client, engine: client.engine, line, trySend };
}

test("Line.trySend() does what the engine does: the request counts as pending, and is cancelled by it", async () => {
  const { network, engine, trySend } = await setUp();
  const second = trySend("/second")!;
  assert.match(network.last.takeSent(), /^GET \/second /);
  assert.equal(engine.pending, 1);
  network.last.receive(OK);
  assert.equal(second.outcome, "200");
  assert.equal(engine.pending, 0);
  const third = trySend("/third")!;
  engine.cancel(third);
  assert.equal(third.outcome, "Aborted");
  assert.equal(network.last.destroyed, true);
});

test("Line.trySend() sends nothing on a connection that is busy, closed, or about to close", async () => {
  const { network, engine, trySend } = await setUp();
  assert.ok(trySend("/busy"));
  network.last.takeSent();
  assert.equal(trySend("/more"), undefined);
  engine.close(); // closes after the response
  assert.equal(trySend("/more"), undefined);
  network.last.receive(OK);
  assert.equal(trySend("/more"), undefined);
  assert.equal(network.last.sent, "");
});

test("Line.trySend() sends nothing that goes elsewhere, by other TLS settings, or with a signal", async () => {
  const { network, trySend, line } = await setUp();
  const other = new WireClient("http://127.0.0.2");
  assert.equal(line.trySend(other.request("GET", "/"), new Sink()), false);
  assert.equal(trySend("/", { tls: { verify: false } }), undefined);
  assert.equal(trySend("/", { signal: new AbortController().signal }), undefined);
  assert.equal(network.last.sent, "");
  assert.ok(trySend("/"));
});

test("Line.trySend() passes nobody who waits for a connection", async () => {
  const { network, client, engine, trySend } = await setUp({ concurrency: 1 });
  assert.ok(trySend("/first"));
  const waiting = new Sink();
  engine.send(client.request("GET", "/waiting"), waiting);
  network.last.takeSent();
  network.last.receive(OK); // its end begins the request that waits
  assert.match(network.last.takeSent(), /^GET \/waiting /);
  assert.equal(trySend("/later"), undefined);
  network.last.receive(OK);
  assert.equal(waiting.outcome, "200");
  assert.ok(trySend("/later")); // it is alone again
});

test("Line.trySend() leaves connections to their pool while there are several, and takes the last one again", async () => {
  const { network, client, engine, trySend } = await setUp({ concurrency: 2 });
  assert.ok(trySend("/first"));
  const second = new Sink();
  engine.send(client.request("GET", "/second"), second);
  await settle();
  assert.equal(network.sockets.length, 2);
  for (const socket of network.sockets) socket.receive(OK);
  assert.equal(second.outcome, "200");
  assert.equal(trySend("/"), undefined);
  const both = [new Sink(), new Sink()];
  for (const sink of both) engine.send(client.request("GET", "/"), sink);
  assert.equal(network.sockets.length, 2);
  for (const socket of network.sockets) socket.receive(OK);
  assert.deepEqual(both.map((sink) => sink.outcome), ["200", "200"]);
  network.sockets[1]?.destroy();
  await settle();
  const last = new Sink();
  engine.send(client.request("GET", "/"), last);
  network.sockets[0]?.receive(OK);
  assert.equal(last.outcome, "200");
  assert.ok(trySend("/"));
  assert.equal(network.sockets.length, 2);
});

test("A session opens a new connection where that of its last request is closed", async () => {
  const network = new MemoryNetwork();
  const owner = new FakeOwner({ clock: new FakeClock() });
  const session = new FastHttpSession({ baseUrl: "http://127.0.0.1:81", connectSocket: network.connect }, owner);
  const ask = async () => {
    const call = session.get("/");
    await settle();
    network.last.receive(OK);
    return (await call).status;
  };
  assert.deepEqual([await ask(), await ask()], [200, 200]);
  assert.equal(network.sockets.length, 1);
  session.close();
  assert.equal(await ask(), 200);
  session.sourceAddress = "127.0.0.5";
  assert.equal(await ask(), 200);
  assert.deepEqual(network.sockets.map((socket) => socket.address.localAddress), [undefined, undefined, "127.0.0.5"]);
  const cut = session.get("/");
  owner.abort();
  await assert.rejects(cut, UserStopped); // it was ended by the abort
});

test("TappedEngine sees each request of a session, not only the first of a connection", async () => {
  const network = new MemoryNetwork();
  const clock = new FakeClock();
  const seen: string[] = [];
  const tap = {
    completed: (request: { readonly method: string }, response: { readonly status: number }) =>
      void seen.push(`${request.method} ${response.status}`),
    failed() {},
  };
  const engine = new TappedEngine({ connectSocket: network.connect, clock }, tap);
  const session = new FastHttpSession({ baseUrl: "http://127.0.0.1:81", engine }, new FakeOwner({ clock }));
  for (const send of [() => session.get("/"), () => session.head("/"), () => session.get("/")]) {
    const call = send();
    await settle();
    network.last.receive(OK.slice(0, network.last.takeSent().startsWith("HEAD") ? -2 : undefined));
    await call;
  }
  assert.deepEqual(seen, ["GET 200", "HEAD 200", "GET 200"]);
  assert.equal(network.sockets.length, 1);
});
