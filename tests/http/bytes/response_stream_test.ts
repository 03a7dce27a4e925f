import assert from "node:assert/strict";
import { test } from "node:test";
import { ProtocolError } from "../../../src/http/bytes/wire_error.ts";
import type { WireResponse } from "../../../src/http/engine/wire_response.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { MemoryNetwork } from "../../support/memory_socket.ts";
import { bodyText, WireClient } from "../../support/wire_client.ts";

async function open(head: string, memory: "fresh" | "reused" = "fresh") {
  const network = new MemoryNetwork(memory);
  const clock = new FakeClock();
  const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect, clock });
  const timeouts = { responseMs: 1000, totalMs: 5000 };
  const sent = client.send("GET", "/", { responseBody: "stream", timeouts });
  await settle();
  network.last.receive(head);
  const response = await sent;
  return {
    network,
    clock,
    client,
    socket: network.last,
    response,
    stream: response.stream as ReadableStream<Uint8Array>,
  };
}

const HEAD = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";

test("HttpEngine hands out a streamed response at its head, and its body piece by piece", async () => {
  for (const memory of ["fresh", "reused"] as const) {
    const { socket, response, client } = await open(`${HEAD}he`, memory);
    assert.equal(response.status, 200);
    assert.equal(response.bodyLength, 0);
    const text = bodyText(response);
    socket.receive("llo");
    assert.equal(client.engine.pending, 1);
    socket.receive("world");
    assert.equal(await text, "helloworld");
    assert.equal(client.engine.pending, 0);
    assert.equal(socket.destroyed, false);
  }
});

test("HttpEngine streams a body that came whole, and one that is empty", async () => {
  const whole = await open(`${HEAD}helloworld`);
  assert.equal(await bodyText(whole.response), "helloworld");
  assert.equal(whole.socket.destroyed, false);
  const empty = await open("HTTP/1.1 204 No Content\r\n\r\n");
  assert.equal(await bodyText(empty.response), "");
  assert.equal(empty.socket.destroyed, false);
});

test("HttpEngine streams chunked bodies and bodies until the end", async () => {
  const chunked = await open("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n");
  const text = bodyText(chunked.response);
  chunked.socket.drip("3\r\nllo\r\n0\r\n\r\n");
  assert.equal(await text, "hello");
  const closing = await open("HTTP/1.1 200 OK\r\n\r\nhel");
  closing.socket.receive("lo");
  closing.socket.finish();
  assert.equal(await bodyText(closing.response), "hello");
});

test("HttpEngine breaks the stream of a body that is cut short", async () => {
  const { socket, response } = await open(`${HEAD}he`);
  const text = bodyText(response);
  socket.finish();
  await assert.rejects(text, (error) => error instanceof ProtocolError && error.what === "body cut short");
});

test("HttpEngine pauses the socket when nobody reads, and goes on when somebody does", async () => {
  const { socket, stream } = await open("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
  socket.receive("x".repeat(200_000));
  assert.equal(socket.paused, false);
  socket.receive("x".repeat(100_000));
  assert.equal(socket.paused, true);
  const reader = stream.getReader();
  await reader.read();
  await settle();
  assert.equal(socket.paused, false);
});

test("HttpEngine has no timeout while the reader is behind, nor a total one after the head", async () => {
  const { socket, stream, clock } = await open("HTTP/1.1 200 OK\r\nContent-Length: 300002\r\n\r\n");
  socket.receive("x".repeat(300_000));
  await clock.advance(60_000);
  assert.equal(socket.destroyed, false);
  const text = new Response(stream).text();
  await settle();
  await clock.advance(900);
  socket.receive("y");
  await clock.advance(900);
  socket.receive("y");
  assert.equal((await text).length, 300_002);
});

test("HttpEngine breaks the stream when the server is silent for too long", async () => {
  const { response, clock } = await open(`${HEAD}he`);
  const failed = assert.rejects(bodyText(response), /Timeout \(response\)/);
  await clock.advance(1100);
  await failed;
});

test("HttpEngine closes the connection of a stream that is cancelled", async () => {
  const { socket, stream, client } = await open(`${HEAD}he`);
  await stream.cancel();
  assert.equal(socket.destroyed, true);
  assert.equal(client.engine.pending, 0);
});

test("HttpEngine leaves the next exchange alone when a body is cancelled that has come whole", async () => {
  const { socket, stream, client } = await open(`${HEAD}helloworld`);
  const next = client.send("GET", "/", { responseBody: "stream" });
  socket.receive(`${HEAD}he`);
  await stream.cancel();
  socket.receive("lloworld");
  assert.equal(await bodyText(await next), "helloworld");
});

test("HttpEngine.abortAll() breaks streams that are still coming", async () => {
  const { response, client } = await open(`${HEAD}he`);
  const failed = assert.rejects(bodyText(response), /cancelled/);
  client.engine.abortAll();
  await failed;
});

test("HttpEngine lets a signal abort a streamed body as well", async () => {
  const network = new MemoryNetwork();
  const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect });
  const abort = new AbortController();
  const sent = client.send("GET", "/", { responseBody: "stream", signal: abort.signal });
  await settle();
  network.last.receive(`${HEAD}he`);
  const response: WireResponse = await sent;
  const failed = assert.rejects(bodyText(response), /cancelled/);
  abort.abort();
  await failed;
  assert.equal(network.last.destroyed, true);
});
