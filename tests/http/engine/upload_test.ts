import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectSocket } from "../../../src/platform/sockets/socket.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { MemoryNetwork, toBytes } from "../../support/memory_socket.ts";
import { WireClient } from "../../support/wire_client.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

function setUp() {
  const network = new MemoryNetwork();
  const clock = new FakeClock();
  return { network, clock, client: new WireClient("http://127.0.0.1", { connectSocket: network.connect, clock }) };
}

/** A stream of these pieces that tells how many were asked for. */
function streamOf(pieces: readonly string[], failure?: Error) {
  const state = { asked: 0, cancelled: false };
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces[state.asked++];
      if (piece !== undefined) controller.enqueue(toBytes(piece));
      else if (failure !== undefined) controller.error(failure);
      else controller.close();
    },
    cancel() {
      state.cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { stream, state };
}

test("HttpEngine sends small bodies behind their head, large ones after it", async () => {
  for (const size of [0, 5, 64 * 1024, 64 * 1024 + 1]) {
    const { network, client } = setUp();
    const outcome = client.outcome("POST", "/", { body: toBytes("b".repeat(size)) });
    await settle();
    assert.ok(network.last.sent.endsWith(`\r\n\r\n${"b".repeat(size)}`));
    network.last.receive(OK);
    assert.equal(await outcome, "200 ok");
    assert.equal(network.last.destroyed, false);
  }
});

test("HttpEngine sends a stream in chunks, and passes over empty pieces", async () => {
  const { network, client } = setUp();
  const { stream } = streamOf(["hello", "", "x".repeat(17)]);
  const outcome = client.outcome("POST", "/", { body: stream });
  await settle();
  const body = network.last.sent.split("\r\n\r\n").slice(1).join("\r\n\r\n");
  assert.equal(body, `5\r\nhello\r\n11\r\n${"x".repeat(17)}\r\n0\r\n\r\n`);
  network.last.receive(OK);
  assert.equal(await outcome, "200 ok");
  assert.equal(network.last.destroyed, false);
});

test("HttpEngine sends a stream of known length as it is", async () => {
  const { network, client } = setUp();
  const { stream } = streamOf(["hel", "lo"]);
  const outcome = client.outcome("PUT", "/", { body: stream, streamLength: 5 });
  await settle();
  assert.match(network.last.sent, /Content-Length: 5\r\n\r\nhello$/);
  network.last.receive(OK);
  assert.equal(await outcome, "200 ok");
});

for (
  const [why, pieces, failure] of [
    ["is longer than its announced length", ["hello", "!"], undefined],
    ["is shorter than its announced length", ["hell"], undefined],
    ["fails", ["he"], new Error("disk on fire")],
  ] as const
) {
  test(`HttpEngine fails a request whose stream ${why}, and closes the connection`, async () => {
    const { network, client } = setUp();
    const { stream } = streamOf(pieces, failure);
    assert.equal(await client.outcome("PUT", "/", { body: stream, streamLength: 5 }), "BodyError");
    assert.equal(network.last.destroyed, true);
  });
}

test("HttpEngine fails a request whose stream somebody else reads, but not from inside send()", async () => {
  const { client } = setUp();
  const { stream } = streamOf(["x"]);
  stream.getReader();
  assert.equal(await client.outcome("PUT", "/", { body: stream }), "BodyError");
});

test("HttpEngine keeps no small piece of a stream in memory that its source fills again", async () => {
  const network = new MemoryNetwork();
  const written: Uint8Array[] = [];
  const connectSocket: ConnectSocket = async (...how) => {
    const socket = await network.connect(...how);
    const write = socket.write.bind(socket);
    socket.write = (bytes) => {
      if (typeof bytes !== "string") written.push(bytes);
      return write(bytes);
    };
    return socket;
  };
  const client = new WireClient("http://127.0.0.1", { connectSocket, clock: new FakeClock() });
  const memory = new Uint8Array(3);
  let pieces = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (pieces === 3) return controller.close();
      controller.enqueue(memory.fill(0x61 + pieces++));
    },
  }, { highWaterMark: 0 });
  const outcome = client.outcome("PUT", "/", { body, streamLength: 9 });
  await settle();
  assert.deepEqual(written.slice(1).map((bytes) => new TextDecoder().decode(bytes)), ["aaa", "bbb", "ccc"]);
  network.last.receive(OK);
  assert.equal(await outcome, "200 ok");
});

test("HttpEngine asks a stream for more only when the socket has taken what it had", async () => {
  const { network, client } = setUp();
  await warmUp(network, client);
  const { stream, state } = streamOf(["a", "b", "c"]);
  network.last.flowing = false;
  const outcome = client.outcome("POST", "/", { body: stream });
  await settle();
  assert.equal(state.asked, 1);
  network.last.drain();
  network.last.flowing = false;
  await settle();
  assert.equal(state.asked, 2);
  network.last.drain();
  await settle();
  assert.equal(state.asked, 4);
  network.last.receive(OK);
  assert.equal(await outcome, "200 ok");
});

async function warmUp(network: MemoryNetwork, client: WireClient): Promise<void> {
  const first = client.outcome("GET", "/");
  await settle();
  network.last.receive(OK);
  await first;
}

test("HttpEngine takes an answer that comes before the upload is over, stops it and closes", async () => {
  const { network, client } = setUp();
  await warmUp(network, client);
  const { stream, state } = streamOf(["a", "b", "c"]);
  network.last.flowing = false;
  const outcome = client.outcome("POST", "/", { body: stream });
  await settle();
  network.last.receive("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
  assert.equal(await outcome, "413 no");
  await settle();
  assert.equal(network.last.destroyed, true);
  assert.equal(state.cancelled, true);
});

for (const size of [70_000, 3_000_000]) {
  test(`HttpEngine closes after an answer that comes before all of ${size} bytes are out`, async () => {
    const { network, client } = setUp();
    await warmUp(network, client);
    network.last.flowing = false;
    const outcome = client.outcome("POST", "/", { body: new Uint8Array(size) });
    await settle();
    network.last.receive("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
    assert.equal(await outcome, "413 no");
    assert.equal(network.last.destroyed, true);
  });

  test(`HttpEngine has no response timeout while ${size} bytes go out, and keeps the connection`, async () => {
    const { network, client, clock } = setUp();
    await warmUp(network, client);
    network.last.flowing = false;
    const outcome = client.outcome("POST", "/", { body: new Uint8Array(size), timeouts: { responseMs: 1000 } });
    for (let sent = 0; sent < size; sent += 1 << 20) {
      await clock.advance(900);
      network.last.drain();
      if (sent + (1 << 20) < size) network.last.flowing = false;
    }
    assert.equal(network.last.sent.split("\r\n\r\n").at(-1)?.length, size);
    await clock.advance(900);
    network.last.receive(OK);
    assert.equal(await outcome, "200 ok");
    assert.equal(network.last.destroyed, false);
  });
}

test("HttpEngine has no response timeout while an upload moves, but one when it stands", async () => {
  const { network, client, clock } = setUp();
  await warmUp(network, client);
  const { stream } = streamOf(["a", "b", "c", "d"]);
  network.last.flowing = false;
  const outcome = client.outcome("POST", "/", { body: stream, timeouts: { responseMs: 1000 } });
  for (let i = 0; i < 3; i++) {
    await clock.advance(900);
    assert.equal(network.last.destroyed, false);
    network.last.drain();
    network.last.flowing = false;
  }
  await clock.advance(1100);
  assert.equal(await outcome, "Timeout (response)");
});

test("HttpEngine with Expect holds the body until 100, or until the server was silent for a second", async () => {
  for (const body of [toBytes("hello"), streamOf(["hello"]).stream]) {
    for (const says of ["100", "nothing"]) {
      const { network, client, clock } = setUp();
      const parts = { expect: "continue", fields: [["Expect", "100-continue"]] } as const;
      const given = body instanceof Uint8Array ? { body } : { body: streamOf(["hello"]).stream };
      const outcome = client.outcome("POST", "/", { ...parts, ...given });
      await settle();
      assert.ok(network.last.sent.endsWith("\r\n\r\n"));
      await clock.advance(900);
      assert.ok(network.last.sent.endsWith("\r\n\r\n"));
      if (says === "100") network.last.receive("HTTP/1.1 100 Continue\r\n\r\n");
      else await clock.advance(101);
      await settle();
      assert.match(network.last.sent, /hello/);
      network.last.receive(OK);
      assert.equal(await outcome, "200 ok");
      assert.equal(network.last.destroyed, false);
      assert.equal(clock.pendingTimers, 1, "the idle limit's");
    }
  }
});

test("HttpEngine with Expect sends no body when the server says no, and closes", async () => {
  const { network, client } = setUp();
  const outcome = client.outcome("POST", "/", { body: toBytes("hello"), expect: "continue" });
  await settle();
  network.last.receive("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n");
  assert.equal(await outcome, "417 ");
  assert.doesNotMatch(network.last.sent, /hello/);
  assert.equal(network.last.destroyed, true);
});
