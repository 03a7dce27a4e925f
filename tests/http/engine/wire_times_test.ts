import assert from "node:assert/strict";
import { test } from "node:test";
import type { EngineOptions } from "../../../src/http/engine/engine_options.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { MemoryNetwork } from "../../support/memory_socket.ts";
import { WireClient } from "../../support/wire_client.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function setUp(options: Partial<EngineOptions> = {}) {
  const network = new MemoryNetwork();
  const clock = new FakeClock();
  const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect, clock, ...options });
  return { network, clock, client };
}

/** One finished exchange, so that there is a kept connection. */
async function warmUp(client: WireClient, network: MemoryNetwork): Promise<void> {
  const first = client.outcome("GET", "/first");
  await settle();
  network.last.receive(OK);
  assert.equal(await first, "200 ok");
  network.last.takeSent();
}

test("HttpEngine ends a response time when the bytes came, not when the thread read them", async () => {
  const { network, client, clock } = setUp();
  await warmUp(client, network);
  const startMs = clock.nowMs();
  const response = client.send("GET", "/");
  await clock.advance(500);
  network.last.receive(OK, startMs + 20);
  assert.equal((await response).endMs, startMs + 20);
});

test("HttpEngine begins a request that waited for a connection when it has one, not when its last answer came", async () => {
  const { network, client, clock } = setUp({ concurrency: 1 });
  await warmUp(client, network);
  const startMs = clock.nowMs();
  const first = client.send("GET", "/first");
  const second = client.send("GET", "/second");
  await clock.advance(500);
  network.last.receive(OK, startMs + 20);
  await clock.advance(30);
  network.last.receive(OK, startMs + 525);
  assert.equal((await first).endMs, startMs + 20);
  assert.deepEqual((await second).phases(), { blocked: 500, waiting: 25, receiving: 0 });
});

for (const [what, handedOverMs] of [["was written", 0], ["was handed to the system", 3]] as const) {
  test(`HttpEngine takes nothing for the answer to a request that came before the request ${what}`, async () => {
    const { network, client, clock } = setUp();
    await warmUp(client, network);
    await clock.advance(100);
    const startMs = clock.nowMs();
    const get = client.send("GET", "/");
    const kept = network.last;
    kept.handedOverMs = startMs + handedOverMs;
    await clock.advance(50);
    kept.receive(OK, startMs + handedOverMs - 0.001);
    await settle();
    assert.equal(kept.destroyed, true);
    network.last.receive(OK, startMs + 70); // the answer to the repetition
    const { retried, endMs } = await get;
    assert.deepEqual([retried, endMs], [true, startMs + 70]);

    const post = client.outcome("POST", "/");
    const againMs = clock.nowMs();
    network.last.handedOverMs = againMs + handedOverMs;
    await clock.advance(50);
    network.last.receive(OK, againMs + handedOverMs - 0.001);
    assert.equal(await post, "ProtocolError(bytes after the previous response)");
  });
}

test("HttpEngine makes no response time negative where a server speaks first", async () => {
  const { network, client, clock } = setUp();
  const response = client.send("GET", "/");
  await settle();
  const sentMs = clock.nowMs();
  await clock.advance(5);
  network.last.receive(OK, sentMs - 50);
  assert.equal((await response).endMs, sentMs);
});

test("HttpEngine makes no part of a response time negative by a stamp that is before that of earlier bytes", async () => {
  const { network, client, clock } = setUp();
  await warmUp(client, network);
  const startMs = clock.nowMs();
  const response = client.send("GET", "/");
  await clock.advance(50);
  network.last.receive("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", startMs + 20);
  network.last.receive("cd", startMs + 19);
  assert.deepEqual((await response).phases(), { blocked: 0, waiting: 20, receiving: 0 });
});

test("HttpEngine begins a response time when the system got the request, if the socket waited with it", async () => {
  const { network, client, clock } = setUp();
  await warmUp(client, network);
  const startMs = clock.nowMs();
  const response = client.send("GET", "/");
  network.last.handedOverMs = startMs + 3;
  await clock.advance(50);
  network.last.receive("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab", startMs + 20);
  network.last.receive("cd", startMs + 30);
  const first = await response;
  assert.deepEqual([first.startMs, first.endMs], [startMs + 3, startMs + 30]);
  assert.deepEqual(first.phases(), { blocked: 0, waiting: 17, receiving: 10 });
  const next = client.send("GET", "/");
  await clock.advance(10);
  network.last.receive(OK, startMs + 55);
  assert.equal((await next).startMs, startMs + 50); // the time of an earlier request says nothing about this one
});

test("HttpEngine begins the response time of an upload in pieces with its first piece", async () => {
  const { network, client, clock } = setUp();
  await warmUp(client, network);
  const startMs = clock.nowMs();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      await clock.sleep(10);
      controller.enqueue(new Uint8Array(10));
      controller.close();
    },
  });
  const response = client.send("POST", "/", { body });
  await clock.advance(40);
  network.last.handedOverMs = startMs + 10;
  network.last.receive(OK, startMs + 30);
  assert.equal((await response).startMs, startMs);
});
