import assert from "node:assert/strict";
import { createServer, type Socket as NodeSocket } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { openOwnSockets } from "../../../src/platform/linux/connect_own_socket.ts";
import { openLibc } from "../../../src/platform/linux/libc.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";
import { letRealTimePass } from "../../support/real_time.ts";

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

const CONNECTIONS = 80;
const ROUNDS = 150;

/** In a thread of its own: a client is only busy, so that its receives and its sends are made together, while its answers come beside it. */
const ECHO = `
const { createServer } = require("node:net");
const { parentPort } = require("node:worker_threads");
const server = createServer((peer) => {
  let last = "";
  peer.on("error", () => {});
  peer.on("data", (bytes) => {
    last = (last + bytes.toString("latin1")).slice(-3);
    peer.write(bytes);
  });
  peer.on("close", () => parentPort.postMessage(last));
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

/** `CONNECTIONS` of them. `closed`: hears the last three bytes that the server got by a connection, when that is gone. */
async function openBusy(
  heard: (index: number, bytes: string) => void,
  closed: (lastBytes: string) => void = () => {},
) {
  const server = new Worker(ECHO, { eval: true });
  const port = await new Promise<number>((resolve) => server.once("message", resolve));
  server.on("message", closed);
  const sockets = openOwnSockets("epoll", new ThreadResources())!;
  const connections = await Promise.all(
    Array.from({ length: CONNECTIONS }, (_, index) =>
      sockets.connect({ host: "127.0.0.1", port }, {
        data: (bytes) => heard(index, new TextDecoder("latin1").decode(bytes)),
        drained() {},
        ended: () => connections[index]!.destroy(),
        closed() {},
      })),
  );
  return {
    connections,
    async [Symbol.asyncDispose]() {
      for (const each of connections) each.destroy();
      await server.terminate();
    },
  };
}

test("EpollSocket keeps the order of small and large writes while turns follow each other", { skip }, async () => {
  const large = "L".repeat(5000); // no send of a batch
  const texts = Array.from({ length: CONNECTIONS }, () => "");
  const wanted = Array.from({ length: ROUNDS }, (_, round) => `<${round}>${large}</${round}>`).join("");
  const { promise: complete, resolve, reject } = Promise.withResolvers<void>();
  let left = CONNECTIONS;
  const rounds = new Uint32Array(CONNECTIONS);
  const write = (index: number) => {
    const round = rounds[index]!++;
    const socket = busy.connections[index]!;
    for (const text of [`<${round}`, ">", large, "</", `${round}>`]) socket.write(text);
  };
  await using busy = await openBusy((index, bytes) => {
    const text = texts[index] += bytes;
    if (!wanted.startsWith(text)) reject(new Error(`${text.length} bytes in another order`));
    else if (text.length === wanted.length && --left === 0) resolve();
    else if (text.length < wanted.length && text.endsWith(`</${rounds[index]! - 1}>`)) write(index);
  });
  for (let index = 0; index < CONNECTIONS; index++) write(index);
  await complete;
});

test("EpollSocket that is ended or destroyed in a busy turn has sent what was written before", { skip }, async () => {
  const last: string[] = [];
  const { promise: complete, resolve } = Promise.withResolvers<void>();
  const counts = new Uint32Array(CONNECTIONS);
  await using busy = await openBusy((index) => {
    const socket = busy.connections[index]!;
    if (++counts[index]! < ROUNDS) socket.write("more");
    else if (counts[index] === ROUNDS) {
      socket.write("bye");
      if (index % 2 === 0) socket.end();
      else socket.destroy();
    }
  }, (bytes) => {
    if (last.push(bytes) === CONNECTIONS) resolve();
  });
  for (const each of busy.connections) each.write("more");
  await complete;
  assert.deepEqual(last, Array.from({ length: CONNECTIONS }, () => "bye"));
});

test("EpollSocket hands on no bytes of a socket that was destroyed in the same round", { skip }, async () => {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let answers = 0;
  let late = 0;
  await using busy = await openBusy((index) => {
    if (++answers < CONNECTIONS * ROUNDS) return void busy.connections[index]!.write("x");
    if (answers > CONNECTIONS * ROUNDS) return void late++;
    for (const each of busy.connections) each.destroy(); // most of the others have bytes in their slots
    resolve();
  });
  for (const each of busy.connections) each.write("x");
  await over;
  await letRealTimePass(20);
  assert.equal(late, 0);
});
