import assert from "node:assert/strict";
import { createServer, type Socket as NodeSocket } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { openOwnSockets } from "../../../src/platform/linux/connect_own_socket.ts";
import { openLibc } from "../../../src/platform/linux/libc.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";

/** The set reports what changes, once: nothing of it may be forgotten. */
const skip = openLibc() === undefined || openOwnSockets("epoll", new ThreadResources()) === undefined
  ? "there is no epoll socket here"
  : false;

/** More than one receive takes. */
const BYTES = 3_000_000;

async function connectTo(connected: (peer: NodeSocket) => void) {
  const server = createServer((peer) => {
    peer.on("error", () => {});
    connected(peer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const { promise: came, resolve: begin } = Promise.withResolvers<void>();
  const heard = { bytes: 0, bytesAtEnd: -1, closings: 0 };
  const receiver = {
    data(bytes: Uint8Array) {
      heard.bytes += bytes.length;
      begin();
    },
    drained() {},
    ended() {
      heard.bytesAtEnd = heard.bytes;
      resolve();
    },
    closed() {
      heard.closings++;
      resolve();
    },
  };
  const socket = await openOwnSockets("epoll", new ThreadResources())!.connect(
    { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    receiver,
  );
  return {
    socket,
    heard,
    ended,
    came,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

test(
  "EpollSocket receives all of an answer that ends with its connection and is larger than one receive",
  { skip },
  async () => {
    await using connection = await connectTo((peer) => peer.end(new Uint8Array(BYTES)));
    await connection.ended;
    assert.deepEqual(connection.heard, { bytes: BYTES, bytesAtEnd: BYTES, closings: 0 });
  },
);

test("EpollSocket sees bytes and the end that came while it was paused", { skip }, async () => {
  const { promise: sent, resolve } = Promise.withResolvers<void>();
  let send = () => {};
  await using connection = await connectTo((peer) => {
    send = () => void peer.end("the last words", () => resolve());
    peer.write("x");
  });
  await connection.came;
  connection.socket.pause();
  send();
  await sent;
  connection.socket.resume();
  await connection.ended;
  assert.deepEqual(connection.heard, { bytes: 15, bytesAtEnd: 15, closings: 0 });
});
