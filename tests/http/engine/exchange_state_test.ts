/** Bodies that nobody wants are not even received, where sockets can do that: what follows them on the connection is not touched. */
import assert from "node:assert/strict";
import { createServer, type Socket as NodeSocket } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { openOwnSockets } from "../../../src/platform/linux/connect_own_socket.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";
import { settle } from "../../support/fake_clock.ts";
import { MemoryNetwork } from "../../support/memory_socket.ts";
import { letRealTimePass } from "../../support/real_time.ts";
import { WireClient } from "../../support/wire_client.ts";

const LARGE = 100_000;

function answerOf(size: number, status = 200, fields = ""): string {
  return `HTTP/1.1 ${status} X\r\n${fields}Content-Length: ${size}\r\n\r\n${
    "abcdefg".repeat(size / 7 + 1).slice(0, size)
  }`;
}

/** A connection whose last answer was large, and dropped. */
async function openDropping() {
  const network = new MemoryNetwork("room");
  const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect });
  const ask = async (pieces: readonly string[], responseBody: "buffer" | "discard" = "discard") => {
    const answer = client.send("GET", "/", { responseBody });
    await settle();
    for (const piece of pieces) network.last.receive(piece);
    return await answer;
  };
  await ask([answerOf(LARGE)]);
  const dropped = () => {
    const { bytesDropped } = network.last;
    network.last.bytesDropped = 0;
    return bytesDropped;
  };
  dropped();
  return { network, client, ask, dropped, [Symbol.dispose]: () => client.engine.close() };
}

test("Connection drops the rest of a body, and sees each byte of the next answer", async () => {
  using bench = await openDropping();
  const head = answerOf(LARGE).length - LARGE;
  for (const cut of [1, 20, head - 1, head, head + 1, 4095, 4096, 4097, 50_000, head + LARGE - 1]) {
    const wire = answerOf(LARGE);
    const answer = await bench.ask([wire.slice(0, cut), wire.slice(cut)]);
    assert.deepEqual([answer.status, answer.bodyLength, answer.body.length], [200, LARGE, 0], `cut at ${cut}`);
    const least = cut < head ? 0 : LARGE - 4096; // a head in pieces is the slow case
    assert.ok(bench.dropped() >= least, `cut at ${cut}`);
    const kept = await bench.ask([answerOf(5)], "buffer");
    assert.equal(new TextDecoder().decode(kept.body), "abcde");
    await bench.ask([answerOf(LARGE)]); // a small answer in between ends the expectation
    bench.dropped();
  }
  assert.equal(bench.network.sockets.length, 1);
});

test("Connection keeps the body of a failure where it expected one to drop", async () => {
  using bench = await openDropping();
  const answer = await bench.ask([answerOf(20_000, 500)]);
  assert.deepEqual([answer.status, answer.body.length, bench.dropped()], [500, 20_000, 0]);
});

test("Connection reads a head that is longer than what it expected", async () => {
  using bench = await openDropping();
  const answer = await bench.ask([answerOf(LARGE, 200, `X-Long: ${"y".repeat(9000)}\r\n`)]);
  assert.deepEqual([answer.bodyLength, answer.get("x-long")?.length], [LARGE, 9000]);
});

test("Connection is not used again after an answer that is longer than it says", async () => {
  using bench = await openDropping();
  const answer = await bench.ask([`${answerOf(LARGE)}!`]);
  assert.equal(answer.bodyLength, LARGE);
  assert.equal(bench.network.last.destroyed, true);
});

test("Connection fails an answer that ends before its dropped body does", async () => {
  using bench = await openDropping();
  const answer = bench.client.send("GET", "/", { responseBody: "discard" });
  await settle();
  bench.network.last.receive(answerOf(LARGE).slice(0, -1));
  bench.network.last.finish();
  await assert.rejects(answer, /body cut short/);
});

/** Gives each request the answer of its path, `/SIZE/STATUS`, in pieces of so many bytes. */
async function serve(pieceBytes: number) {
  const server = createServer((peer: NodeSocket) => {
    peer.setNoDelay(true);
    peer.on("error", () => {});
    peer.on("data", async (request) => {
      const [, size = "0", status = "200"] = /^GET \/(\d+)\/(\d+)/.exec(request.toString()) ?? [];
      const wire = answerOf(Number(size), Number(status));
      for (let at = 0; at < wire.length; at += pieceBytes) {
        peer.write(wire.slice(at, at + pieceBytes));
        if (at + pieceBytes < wire.length) await letRealTimePass(1);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const SIZES = [
  LARGE,
  LARGE,
  16_384,
  LARGE,
  3,
  LARGE,
  LARGE,
  4_000,
  20_000,
  20_000,
  1_000_000,
  1_000_000,
  262_144,
  262_143,
];

for (const kind of ["uring", "epoll"] as const) {
  const own = openOwnSockets(kind, new ThreadResources());
  const skip = own === undefined ? `${kind} does not work here` : false;

  for (const pieceBytes of [40_000, 10_000_000]) {
    test(
      `${kind}: bodies are dropped and kept by turns on one connection, in pieces of ${pieceBytes} bytes`,
      { skip },
      async () => {
        await using server = await serve(pieceBytes);
        const clients = Array.from({ length: 4 }, () => new WireClient(server.url, { connectSocket: own!.connect }));
        await Promise.all(clients.map(async (client, index) => {
          for (const [turn, size] of SIZES.entries()) {
            const isWanted = turn % 5 === index;
            const status = turn % 7 === 6 ? 404 : 200;
            const answer = await client.send("GET", `/${size}/${status}`, {
              responseBody: isWanted ? "buffer" : "discard",
            });
            const kept = isWanted || status === 404 ? size : 0;
            assert.deepEqual([answer.status, answer.bodyLength, answer.body.length], [status, size, kept]);
            if (kept > 0) assert.equal(new TextDecoder().decode(answer.body), answerOf(size).slice(-size));
          }
          client.engine.close();
        }));
      },
    );
  }
}
