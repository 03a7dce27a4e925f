/**
 * Answers that the standard does not have and browsers read: over both clients, both ways of reading, and any way in which the bytes
 * are split.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { CLIENTS, createSession } from "../../support/clients.ts";
import { FakeOwner } from "../../support/fake_owner.ts";
import { openRudeServer, type RudePeer } from "../../support/rude_server.ts";
import { sideBySide } from "../../support/side_by_side.ts";

const test = sideBySide(8);

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const UPGRADE = { headers: { Upgrade: "websocket", Connection: "Upgrade" } };

function coded(coding: string, bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  return `HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
}

/** Whether the connection serves another request behind it: the server closes the others. */
type After = "kept" | "closed";

const ODD: readonly (readonly [why: string, answer: string, outcome: string, after: After, options?: object])[] = [
  ["an empty line first", `\r\n${OK}`, "200 ok", "kept"],
  ["two empty lines first", `\r\n\r\n${OK}`, "200 ok", "kept"],
  ["a bare line feed first", `\n${OK}`, "200 ok", "kept"],
  ["an empty line before an interim answer", `\r\nHTTP/1.1 103 Early Hints\r\n\r\n${OK}`, "200 ok", "kept"],
  [
    "an empty line behind an interim answer",
    `HTTP/1.1 100 Continue\r\n\r\n\nHTTP/1.1 103 Early Hints\r\n\r\n\r\n${OK}`,
    "200 ok",
    "kept",
  ],
  [
    "chunked in HTTP/1.0",
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
    "200 ok",
    "closed",
  ],
  [
    "a transfer-encoding that is none, and a length",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: binary\r\nContent-Length: 2\r\n\r\nok",
    "200 ok",
    "kept",
  ],
  [
    "a transfer-encoding that is none, until the end",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: utf-8\r\n\r\nok",
    "200 ok",
    "closed",
  ],
  [
    "chunks whose end has no empty line, behind which the server closes",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n",
    "200 ok",
    "closed",
  ],
  ["1,000 fields", `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(1000)}Content-Length: 2\r\n\r\nok`, "200 ok", "kept"],
  [
    "a field of 100 KB",
    `HTTP/1.1 200 OK\r\nX: ${"y".repeat(100_000)}\r\nContent-Length: 2\r\n\r\nok`,
    "200 ok",
    "kept",
  ],
  [
    "a charset in single quotes",
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset='iso-8859-1'\r\nContent-Length: 1\r\n\r\n\xe9",
    "200 é",
    "kept",
  ],
  [
    "101 that was asked for",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    "101 ",
    "closed",
    UPGRADE,
  ],
  [
    "101 that was asked for, and frames",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x02hi",
    "101 ",
    "closed",
    UPGRADE,
  ],
  ["gzip and more", coded("gzip", Buffer.concat([zlib.gzipSync("ok"), Buffer.from("more")])), "200 ok", "kept"],
  [
    "deflate and more",
    coded("deflate", Buffer.concat([zlib.deflateSync("ok"), Buffer.from("more")])),
    "200 ok",
    "kept",
  ],
  ["br and more", coded("br", Buffer.concat([zlib.brotliCompressSync("ok"), Buffer.from("more")])), "200 ok", "kept"],
  ["zstd and more", coded("zstd", Buffer.concat([zlib.zstdCompressSync("ok"), Buffer.from("more")])), "200 ok", "kept"],
];

const SPLITS: readonly (readonly [string, (peer: RudePeer, text: string) => Promise<void>])[] = [
  ["in one piece", (peer, text) => peer.write(text)],
  ["in two pieces", (peer, text) => peer.drip(text, Math.ceil(text.length / 2))],
  ["in small pieces", (peer, text) => peer.drip(text, Math.ceil(text.length / 60))],
];

for (const client of CLIENTS) {
  for (const [why, answer, outcome, after, options] of ODD) {
    test(`${client} reads ${why}, whole and streamed, split anyhow`, async () => {
      for (const [how, write] of SPLITS) {
        for (const stream of [false, true]) {
          await using server = await openRudeServer(async (peer) => {
            while (await peer.readRequest() !== undefined) {
              await write(peer, answer);
              if (after === "closed") peer.finish();
            }
          });
          const session = createSession(client, { baseUrl: server.url, networkTimeout: 5 }, new FakeOwner());
          for (let turn = 0; turn < 2; turn++) {
            const res = await session.get("/", { ...options, stream });
            assert.equal(
              `${res.status} ${await res.text()}${res.error?.message ?? ""}`,
              outcome,
              `${how}, stream ${stream}`,
            );
          }
          assert.equal(server.accepted, after === "kept" ? 1 : 2, `${how}, stream ${stream}`);
          session.close();
        }
      }
    });
  }

  test(`${client} takes 101 that nobody asked for as a failure, also after one that was asked for`, async () => {
    await using server = await openRudeServer(async (peer) => {
      await peer.readRequest();
      await peer.write("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    });
    const session = createSession(client, { baseUrl: server.url }, new FakeOwner());
    assert.equal((await session.get("/", UPGRADE)).status, 101);
    assert.equal((await session.get("/")).error?.message, "ProtocolError(101 unasked)");
    session.close();
  });

  test(`${client} and a status that the Response of the web cannot have: fetch has it, too`, async () => {
    await using server = await openRudeServer(async (peer) => {
      while (await peer.readRequest() !== undefined) {
        await peer.write("HTTP/1.1 999 Request denied\r\nContent-Length: 2\r\n\r\nno");
      }
    });
    const owner = new FakeOwner();
    const session = createSession(client, { baseUrl: server.url }, owner);
    assert.equal((await session.get("/")).status, 999);
    const response = await session.fetch("/");
    assert.deepEqual([response.status, response.ok, await response.text()], [999, false, "no"]);
    assert.equal(owner.drainRow().failures, 2);
    session.close();
  });

  test(`${client} sends no request behind one with Connection: close, whatever the server says`, async () => {
    await using server = await openRudeServer(async (peer) => {
      await peer.readRequest();
      await peer.write(OK);
      await peer.left();
    });
    const asking: readonly (readonly [string, Readonly<Record<string, string>>, object])[] = [
      ["session", { "Connection": "close" }, {}],
      ["session, with options", { "connection": "Close" }, { json: {} }],
      ["request", {}, { headers: { "Connection": "close" } }],
      ["request, in a list", {}, { headers: { "connection": "TE, close" }, body: "hello" }],
      ["request, streamed", {}, { headers: { "Connection": "close" }, stream: true }],
    ];
    let accepted = 0;
    for (const [why, defaultHeaders, options] of asking) {
      const session = createSession(client, { baseUrl: server.url, defaultHeaders }, new FakeOwner());
      for (let turn = 0; turn < 3; turn++) {
        const res = await session.post("/", Object.keys(options).length === 0 ? undefined : options);
        assert.equal(await res.text(), "ok", why);
        assert.equal(server.accepted, ++accepted, why);
      }
      session.close();
    }
    assert.ok(server.requests.every((request) => /connection: (TE, )?close/i.test(request)));
  });

  test(`${client} announces no chunks without a body`, async () => {
    await using server = await openRudeServer(async (peer) => {
      while (await peer.readRequest() !== undefined) await peer.write(OK);
    });
    const session = createSession(client, { baseUrl: server.url }, new FakeOwner());
    session.headers.set("Transfer-Encoding", "chunked");
    await session.get("/");
    await session.post("/");
    await session.post("/", { body: "hello" });
    session.close();
    assert.equal(server.requests.length, 3);
    for (const request of server.requests) assert.doesNotMatch(request, /transfer-encoding/i);
  });

  test(`${client} sends the question mark of an empty query`, async () => {
    await using server = await openRudeServer(async (peer) => {
      while (await peer.readRequest() !== undefined) await peer.write(OK);
    });
    const session = createSession(client, { baseUrl: server.url }, new FakeOwner());
    for (const path of ["/a?", "/a b?", "/a?#x", "/a#?", "/a"]) await session.get(path);
    session.close();
    const lines = server.requests.map((request) => request.split(" ")[1]);
    assert.deepEqual(lines, ["/a?", "/a%20b?", "/a?", "/a", "/a"]);
  });
}
