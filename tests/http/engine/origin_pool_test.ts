import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineOptions } from "../../../src/http/engine/engine_options.ts";
import type { WireResponse } from "../../../src/http/engine/wire_response.ts";
import { SocketError } from "../../../src/platform/sockets/socket.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { MemoryNetwork } from "../../support/memory_socket.ts";
import { describeOutcome, WireClient } from "../../support/wire_client.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function setUp(options: Partial<EngineOptions> = {}) {
  const network = new MemoryNetwork();
  const clock = new FakeClock();
  const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect, clock, ...options });
  return { network, clock, client, engine: client.engine };
}

/** One finished exchange, so that there is a kept connection. */
async function warmUp(client: WireClient, network: MemoryNetwork): Promise<void> {
  const first = client.outcome("GET", "/first");
  await settle();
  network.last.receive(OK);
  assert.equal(await first, "200 ok");
  network.last.takeSent();
}

test("HttpEngine reuses a connection for one request after the other", async () => {
  const { network, client } = setUp();
  await warmUp(client, network);
  const second = client.outcome("GET", "/second");
  assert.match(network.last.sent, /^GET \/second HTTP\/1.1\r\nHost: 127.0.0.1\r\n\r\n$/);
  network.last.receive(OK);
  assert.equal(await second, "200 ok");
  assert.equal(network.sockets.length, 1);
});

test("HttpEngine opens as many connections as allowed, and the rest wait in line", async () => {
  const { network, client, engine } = setUp({ concurrency: 3 });
  const outcomes = Array.from({ length: 5 }, (_, i) => client.outcome("GET", `/${i}`));
  await settle();
  assert.equal(network.sockets.length, 3);
  assert.equal(engine.pending, 5);
  network.sockets[1]?.takeSent();
  network.sockets[1]?.receive(OK);
  assert.match(network.sockets[1]?.sent ?? "", /^GET \/3 /);
  network.sockets[1]?.receive(OK);
  for (const socket of network.sockets) socket.receive(OK);
  assert.deepEqual(await Promise.all(outcomes), Array(5).fill("200 ok"));
  assert.equal(network.sockets.length, 3);
  assert.equal(engine.pending, 0);
});

test("HttpEngine opens 10 connections per origin by default, each origin on its own", async () => {
  const { network, client } = setUp();
  const other = new WireClient("http://127.0.0.2");
  for (let i = 0; i < 12; i++) void client.outcome("GET", "/");
  for (let i = 0; i < 12; i++) void describeOutcome(client.engine.exchange(other.request("GET", "/")));
  await settle();
  assert.equal(network.tried.filter((host) => host === "127.0.0.1").length, 10);
  assert.equal(network.tried.filter((host) => host === "127.0.0.2").length, 10);
});

test("HttpEngine gives a freed connection to who waits longest, and keeps the one opened meanwhile", async () => {
  const { network, client } = setUp({ concurrency: 2 });
  await warmUp(client, network);
  let open = () => {};
  network.answer = () => new Promise<void>((resolve) => open = resolve);
  const first = client.outcome("GET", "/a");
  const second = client.outcome("GET", "/b");
  await settle();
  network.sockets[0]?.receive(OK);
  assert.match(network.sockets[0]?.sent ?? "", /GET \/a .*GET \/b /s);
  network.sockets[0]?.receive(OK);
  assert.deepEqual(await Promise.all([first, second]), ["200 ok", "200 ok"]);
  open();
  await settle();
  void client.outcome("GET", "/c");
  assert.match(network.sockets[1]?.sent ?? "", /^GET \/c /);
});

test("HttpEngine takes the next one in line when a connection closes", async () => {
  const { network, client } = setUp({ concurrency: 1 });
  const first = client.outcome("GET", "/a");
  const second = client.outcome("GET", "/b");
  await settle();
  network.last.receive("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  assert.equal(await first, "200 ok");
  await settle();
  assert.equal(network.sockets.length, 2);
  network.last.receive(OK);
  assert.equal(await second, "200 ok");
});

test("HttpEngine closes a connection that was idle for too long", async () => {
  const { network, client, clock } = setUp({ idleLimitMs: 5_000 });
  await warmUp(client, network);
  await clock.advance(4_900);
  assert.equal(network.last.destroyed, false);
  await clock.advance(200);
  assert.equal(network.last.destroyed, true);
  void client.outcome("GET", "/");
  await settle();
  assert.equal(network.sockets.length, 2);
});

test("HttpEngine starts the idle time anew with each exchange", async () => {
  const { network, client, clock } = setUp({ idleLimitMs: 5_000 });
  await warmUp(client, network);
  await clock.advance(4_000);
  const second = client.outcome("GET", "/");
  network.last.receive(OK);
  await second;
  await clock.advance(4_000);
  assert.equal(network.last.destroyed, false);
  await clock.advance(1_100);
  assert.equal(network.last.destroyed, true);
});

test("HttpEngine leaves a server before the idle limit that it announced", async () => {
  const { network, client, clock } = setUp();
  const first = client.outcome("GET", "/");
  await settle();
  network.last.receive("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=5\r\nContent-Length: 0\r\n\r\n");
  await first;
  await clock.advance(4_400);
  assert.equal(network.last.destroyed, false);
  await clock.advance(200);
  assert.equal(network.last.destroyed, true);
});

test("HttpEngine never takes bytes on an idle connection for the next answer", async () => {
  const { network, client } = setUp();
  await warmUp(client, network);
  network.last.receive("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
  assert.equal(network.last.destroyed, true);
  const second = client.outcome("GET", "/second");
  await settle();
  assert.equal(network.sockets.length, 2);
  network.last.receive(OK);
  assert.equal(await second, "200 ok");
});

// ---- retries

for (const [how, lose] of [["closed", "finish"], ["reset", "break"]] as const) {
  test(`HttpEngine sends a GET again, once, when the kept connection turns out ${how}; the response says so`, async () => {
    const { network, client, clock } = setUp();
    await warmUp(client, network);
    const again = client.send("GET", "/again");
    await clock.advance(7);
    network.sockets[0]?.[lose]();
    await settle();
    assert.equal(network.sockets.length, 2);
    assert.match(network.last.sent, /^GET \/again /);
    network.last.receive(OK);
    const response = await again;
    assert.equal(response.retried, true);
    assert.equal(response.startMs, 0, "the time that the first try took counts");
    assert.equal(response.sentMs, 7);
  });
}

const LOSSES: readonly (readonly [idleMs: number, lostAfterMs: number, outcome: "again" | "failure", why: string])[] = [
  [50, 1, "failure", "it was in use a moment ago: no server closes it for idleness"],
  [150, 1, "again", "the server may have tired of it"],
  [1500, 1200, "failure", "the server had the request long enough to have seen it"],
];

for (const [idleMs, lostAfterMs, outcome, why] of LOSSES) {
  test(`HttpEngine and a lasting connection, idle ${idleMs} ms, lost ${lostAfterMs} ms after a GET: ${outcome}, as ${why}`, async () => {
    const { network, client, clock } = setUp();
    await warmUp(client, network);
    const second = client.outcome("GET", "/second");
    network.last.receive(OK);
    await second;
    await clock.advance(idleMs);
    const lost = client.outcome("GET", "/lost");
    await clock.advance(lostAfterMs);
    network.last.break();
    await settle();
    assert.equal(network.sockets.length, outcome === "again" ? 2 : 1);
    if (outcome === "again") network.last.receive(OK);
    assert.equal(await lost, outcome === "again" ? "200 ok" : "ConnectionReset");
  });
}

test("HttpEngine sends a GET no third time", async () => {
  const { network, client } = setUp();
  await warmUp(client, network);
  const again = client.outcome("GET", "/again");
  network.last.finish();
  await settle();
  network.last.finish();
  assert.equal(await again, "ConnectionClosed");
  assert.equal(network.sockets.length, 2);
});

test("HttpEngine does not send a request again that a fresh connection lost", async () => {
  const { network, client } = setUp();
  const first = client.outcome("GET", "/");
  await settle();
  network.last.finish();
  assert.equal(await first, "ConnectionClosed");
  assert.equal(network.sockets.length, 1);
});

test("HttpEngine does not send a request again once a byte of the answer has come", async () => {
  const { network, client } = setUp();
  await warmUp(client, network);
  const again = client.outcome("GET", "/again");
  network.last.receive("H");
  network.last.break();
  assert.equal(await again, "ConnectionReset");
  assert.equal(network.sockets.length, 1);
});

for (const method of ["POST", "PATCH"]) {
  test(`HttpEngine never sends a ${method} twice`, async () => {
    const { network, client } = setUp();
    await warmUp(client, network);
    const again = client.outcome(method, "/again", { body: new Uint8Array(3) });
    network.last.finish();
    assert.equal(await again, "ConnectionClosed");
    assert.equal(network.sockets.length, 1);
  });
}

test("HttpEngine sends a PUT with its bytes again, but not one whose body was a stream", async () => {
  const { network, client } = setUp();
  await warmUp(client, network);
  const again = client.outcome("PUT", "/again", { body: new Uint8Array([0x61, 0x62, 0x63]) });
  network.last.finish();
  await settle();
  assert.match(network.last.sent, /^PUT \/again [^]*\r\n\r\nabc$/);
  network.last.receive(OK);
  assert.equal(await again, "200 ok");
  const streamed = client.outcome("PUT", "/again", { body: new Blob(["abc"]).stream() });
  network.last.finish();
  assert.equal(await streamed, "ConnectionClosed");
  assert.equal(network.sockets.length, 2);
});

test("HttpEngine takes a 408 with close on a kept connection for what it is: the server never saw the request", async () => {
  const { network, client } = setUp();
  await warmUp(client, network);
  const again = client.outcome("GET", "/again");
  network.last.receive("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  await settle();
  network.last.receive(OK);
  assert.equal(await again, "200 ok");
  const post = client.outcome("POST", "/again");
  network.last.receive("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  assert.equal(await post, "408 ");
});

test("HttpEngine keeps to its limit of connections when it sends again", async () => {
  const { network, client } = setUp({ concurrency: 1 });
  await warmUp(client, network);
  const again = client.outcome("GET", "/again");
  const behind = client.outcome("GET", "/behind");
  network.last.finish();
  await settle();
  assert.equal(network.sockets.length, 2);
  assert.match(network.last.sent, /^GET \/again /);
  network.last.receive(OK);
  assert.match(network.last.sent, /GET \/behind /);
  network.last.receive(OK);
  assert.deepEqual(await Promise.all([again, behind]), ["200 ok", "200 ok"]);
  assert.equal(network.sockets.length, 2);
});

// ---- timeouts

test("HttpEngine ends a connect that takes too long, and a connection that comes later is closed", async () => {
  const { network, client, clock, engine } = setUp();
  let open = () => {};
  network.answer = () => new Promise<void>((resolve) => open = resolve);
  const outcome = client.outcome("GET", "/", { timeouts: { connectMs: 1000 } });
  await clock.advance(990);
  assert.equal(engine.pending, 1);
  await clock.advance(20);
  assert.equal(await outcome, "Timeout (connect)");
  open();
  await settle();
  assert.equal(network.last.destroyed, true);
  assert.equal(engine.pending, 0);
});

test("HttpEngine ends an exchange without a byte for too long, before or amid the response", async () => {
  for (const piece of ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"]) {
    const { network, client, clock, engine } = setUp();
    const outcome = client.outcome("GET", "/", { timeouts: { responseMs: 1000 } });
    await settle();
    await clock.advance(500);
    network.last.receive(piece);
    await clock.advance(piece === "" ? 490 : 990);
    assert.equal(engine.pending, 1, piece);
    await clock.advance(20);
    assert.equal(await outcome, "Timeout (response)");
    assert.equal(network.last.destroyed, true);
  }
});

test("HttpEngine lets a response drip as long as no gap is too long, unless there is a total limit", async () => {
  for (const totalMs of [0, 5000]) {
    const { network, client, clock } = setUp();
    const outcome = client.outcome("GET", "/", { timeouts: { responseMs: 1000, totalMs } });
    await settle();
    network.last.receive("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
    for (let i = 0; i < 10; i++) {
      await clock.advance(900);
      network.last.receive("x");
    }
    assert.equal(await outcome, totalMs === 0 ? "200 xxxxxxxxxx" : "Timeout (total)");
  }
});

test("HttpEngine counts the time in line as total, and the other requests go on", async () => {
  const { network, client, clock, engine } = setUp({ concurrency: 1 });
  const first = client.outcome("GET", "/a");
  const second = client.outcome("GET", "/b", { timeouts: { totalMs: 1000 } });
  await settle();
  await clock.advance(1020);
  assert.equal(await second, "Timeout (total)");
  network.last.receive(OK);
  assert.equal(await first, "200 ok");
  assert.equal(engine.pending, 0);
});

test("HttpEngine has no timeout left over from the request before", async () => {
  const { network, client, clock } = setUp();
  const first = client.outcome("GET", "/a", { timeouts: { responseMs: 1000 } });
  await settle();
  network.last.receive(OK);
  await first;
  const second = client.outcome("GET", "/b");
  await clock.advance(30_000);
  network.last.receive(OK);
  assert.equal(await second, "200 ok");
});

// ---- calling off

test("HttpEngine ends a request whose signal aborts: before, in line, while connecting, in flight", async () => {
  const { network, client, engine } = setUp({ concurrency: 1 });
  assert.equal(await client.outcome("GET", "/", { signal: AbortSignal.abort() }), "Aborted");
  assert.equal(network.sockets.length, 0);

  const connecting = new AbortController();
  let attemptSignal: { readonly aborted: boolean } | undefined;
  network.answer = (_, signal) => new Promise(() => attemptSignal = signal);
  const first = client.outcome("GET", "/", { signal: connecting.signal });
  await settle();
  connecting.abort();
  assert.equal(await first, "Aborted");
  assert.equal(attemptSignal?.aborted, true, "nobody needs that connection");

  network.answer = () => Promise.resolve();
  const [flying, lined] = [new AbortController(), new AbortController()];
  const second = client.outcome("GET", "/", { signal: flying.signal });
  const third = client.outcome("GET", "/", { signal: lined.signal });
  await settle();
  lined.abort();
  assert.equal(await third, "Aborted");
  flying.abort();
  assert.equal(await second, "Aborted");
  assert.equal(network.last.destroyed, true);
  assert.equal(engine.pending, 0);
});

test("HttpEngine.cancel() ends the request of that sink only, with or without a signal", async () => {
  const { network, client, engine } = setUp();
  for (const signal of [undefined, new AbortController().signal]) {
    const other = client.outcome("GET", "/other");
    const seen: string[] = [];
    const sink = {
      completed: (response: WireResponse) => void seen.push(String(response.status)),
      failed: (error: { label: string }) => void seen.push(error.label),
    };
    engine.send(client.request("GET", "/", { signal }), sink);
    await settle();
    engine.cancel(sink);
    assert.deepEqual(seen, ["Aborted"]);
    for (const socket of network.sockets) socket.receive(OK);
    assert.equal(await other, "200 ok");
    engine.cancel(sink);
    assert.deepEqual(seen, ["Aborted"]);
    engine.close();
  }
});

test("HttpEngine.abortAll() ends everything under way, once each, and the engine goes on", async () => {
  const { network, client, engine } = setUp({ concurrency: 2 });
  const outcomes = Array.from({ length: 4 }, () => client.outcome("GET", "/"));
  await settle();
  engine.abortAll();
  assert.deepEqual(await Promise.all(outcomes), Array(4).fill("Aborted"));
  assert.equal(engine.pending, 0);
  const next = client.outcome("GET", "/");
  await settle();
  network.last.receive(OK);
  assert.equal(await next, "200 ok");
});

test("HttpEngine.close() drops idle connections at once and busy ones after their response", async () => {
  const { network, client, engine } = setUp();
  const busy = client.outcome("GET", "/");
  await settle();
  const idle = client.outcome("GET", "/");
  await settle();
  network.sockets[1]?.receive(OK);
  await idle;
  engine.close();
  assert.equal(network.sockets[1]?.destroyed, true);
  assert.equal(network.sockets[0]?.destroyed, false);
  network.sockets[0]?.receive(OK);
  assert.equal(await busy, "200 ok");
  assert.equal(network.sockets[0]?.destroyed, true);
});

// ---- failures to connect

test("HttpEngine names why it could not connect, and each waiting request hears of it", async () => {
  const { network, client, engine } = setUp({ concurrency: 2 });
  network.answer = () => Promise.reject(new SocketError("refused", "ECONNREFUSED"));
  const outcomes = Array.from({ length: 5 }, () => client.outcome("GET", "/"));
  assert.deepEqual(await Promise.all(outcomes), Array(5).fill("ConnectionRefused"));
  assert.equal(network.tried.length, 5);
  assert.equal(engine.pending, 0);
});

test("HttpEngine keeps requests with other TLS settings on connections of their own", async () => {
  const network = new MemoryNetwork();
  const client = new WireClient("https://127.0.0.1", { connectSocket: network.connect, tls: { verify: false } });
  const tls = { verify: true, serverName: "shop.test" };
  void client.outcome("GET", "/a");
  void client.outcome("GET", "/b", { tls });
  await settle();
  assert.deepEqual(network.sockets.map((socket) => socket.address.tls), [
    { verify: false, serverName: "127.0.0.1", alpn: ["http/1.1"] },
    { verify: true, serverName: "shop.test", alpn: ["http/1.1"] },
  ]);
});

// ---- times

test("WireResponse.phases() tells waiting in line, opening, waiting for the answer and receiving apart", async () => {
  const { network, clock } = setUp();
  const client = new WireClient("http://shop.test", {
    connectSocket: network.connect,
    clock,
    concurrency: 1,
    resolveHost: async () => {
      await clock.sleep(30);
      return ["127.0.0.1"];
    },
  });
  const first = client.send("GET", "/a");
  const second = client.send("GET", "/b");
  await clock.advance(30);
  await settle();
  await clock.advance(40);
  network.last.receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
  await clock.advance(50);
  network.last.receive("ok");
  await clock.advance(60);
  network.last.receive(OK);
  const [a, b] = await Promise.all([first, second]);
  assert.deepEqual(a.phases(), { dns: 30, connect: 0, blocked: 0, waiting: 40, receiving: 50 });
  assert.deepEqual(b.phases(), { blocked: 120, waiting: 60, receiving: 0 });
  assert.deepEqual([a.startMs, a.endMs, b.startMs, b.endMs], [0, 120, 0, 180]);
});

test("HttpEngine fails a request whose connection was lost before it could be used", async () => {
  const { network, client, engine } = setUp();
  network.spoil = (socket) => socket.finish();
  assert.equal(await client.outcome("GET", "/"), "ConnectionClosed");
  network.spoil = (socket) => socket.receive("220 mail.example ESMTP\r\n");
  assert.equal(await client.outcome("GET", "/"), "ConnectionClosed");
  assert.equal(engine.pending, 0);
});
