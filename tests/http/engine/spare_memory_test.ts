import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { WireResponse } from "../../../src/http/engine/wire_response.ts";
import { openOwnSockets } from "../../../src/platform/linux/connect_own_socket.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";
import { connectBunSocket } from "../../../src/platform/sockets/bun_socket.ts";
import { connectNodeSocket } from "../../../src/platform/sockets/node_socket.ts";
import { WireClient } from "../../support/wire_client.ts";
import { afterRealTime, letRealTimePass } from "../../support/real_time.ts";

/** Byte `index` of answer `turn`: every place of every answer can be told from its neighbours. */
const byteOf = (turn: number, index: number) => (turn * 31 + index * 7 + (index >> 8) * 13) & 0xff;

function bodyOf(turn: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => byteOf(turn, index));
}

function assertBody(body: Uint8Array, turn: number, size: number): void {
  assert.equal(body.length, size);
  for (let index = 0; index < size; index++) {
    if (body[index] !== byteOf(turn, index)) assert.fail(`answer ${turn} differs at ${index}`);
  }
}

async function serve() {
  const server = createServer((request, response) => {
    const [turn = 0, size = 0] = (request.url ?? "").slice(1).split("/").map(Number);
    response.setHeader("content-length", size);
    response.flushHeaders(); // a small piece first
    afterRealTime(10, () => response.end(bodyOf(turn, size)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

for (const kind of ["uring", "epoll", "runtime"] as const) {
  const own = kind === "runtime" ? undefined : openOwnSockets(kind, new ThreadResources());
  const skip = kind === "runtime" || own !== undefined ? false : `${kind} does not work here`;
  const connect = own?.connect ?? connectBunSocket ?? connectNodeSocket;

  test(`${kind}: large answers stay what they were while others follow`, { skip }, async () => {
    await using server = await serve();
    const sizes = [
      10,
      40_000,
      100_000,
      100_000,
      8_200,
      100_000,
      700_000,
      3,
      3,
      3,
      100_000,
      1_000_000,
      1_000_000,
      50_000,
    ];
    const clients = Array.from({ length: 5 }, () => new WireClient(server.url, { connectSocket: connect }));
    await Promise.all(clients.map(async (client, index) => {
      const read: WireResponse[] = [];
      for (const [turn, size] of sizes.entries()) {
        read.push(await client.send("GET", `/${index * 100 + turn}/${size}`));
      }
      for (const [turn, response] of read.entries()) assertBody(response.body, index * 100 + turn, sizes[turn] ?? 0);
      client.engine.close();
    }));
  });

  test(`${kind}: a reader of a streamed body that comes late finds it as it was sent`, { skip }, async () => {
    await using server = await serve();
    const client = new WireClient(server.url, { connectSocket: connect });
    for (const [turn, size] of [[1, 100_000], [2, 100_000], [3, 4_000_000]] as const) {
      const response = await client.send("GET", `/${turn}/${size}`, { responseBody: "stream" });
      const pieces: Uint8Array[] = [];
      for await (const piece of response.stream as unknown as AsyncIterable<Uint8Array>) {
        pieces.push(piece);
        await letRealTimePass(2); // more pieces come meanwhile
      }
      assertBody(Uint8Array.from(Buffer.concat(pieces)), turn, size);
    }
    client.engine.close();
  });
}
