import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { describeOutcome, WireClient } from "../../support/wire_client.ts";
import { type Memory, MemoryNetwork, toBytes, toText } from "../../support/memory_socket.ts";
import type { WireError } from "../../../src/http/bytes/wire_error.ts";
import type { WireResponse } from "../../../src/http/engine/wire_response.ts";
import { settle } from "../../support/fake_clock.ts";

/** How the server's side goes on after its last byte. */
type After = "stays" | "finishes" | "resets";

interface Row {
  readonly why: string;
  readonly wire: string;
  readonly result: string;
  /** The result on a connection that has served before, where that is another one. */
  readonly afterAnother?: string;
  readonly method?: string;
  readonly after?: After;
  /** Whether the connection can serve another request. */
  readonly kept?: boolean;
}

const ROWS: readonly Row[] = [
  {
    why: "a body by length",
    wire: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    result: "200 hello",
    kept: true,
  },
  { why: "a length of zero", wire: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", result: "200 ", kept: true },
  {
    why: "a chunked body with extension and trailer",
    wire: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nSum: 1\r\n\r\n",
    result: "200 hello",
    kept: true,
  },
  {
    why: "a body until the end",
    wire: "HTTP/1.1 200 OK\r\n\r\nhello",
    after: "finishes",
    result: "200 hello",
    kept: false,
  },
  {
    why: "an empty body until the end",
    wire: "HTTP/1.1 200 OK\r\n\r\n",
    after: "finishes",
    result: "200 ",
    kept: false,
  },
  {
    why: "a reset is not an orderly end",
    wire: "HTTP/1.1 200 OK\r\n\r\nhello",
    after: "resets",
    result: "ConnectionReset",
  },
  { why: "HTTP/1.0 closes", wire: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", result: "200 ok", kept: false },
  {
    why: "HTTP/1.0 with keep-alive stays",
    wire: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
    result: "200 ok",
    kept: true,
  },
  {
    why: "Connection: close",
    wire: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
    result: "200 ok",
    kept: false,
  },
  {
    why: "HEAD has no body",
    method: "HEAD",
    wire: "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n",
    result: "200 ",
    kept: true,
  },
  {
    why: "HEAD with the header of a gzip body, chunked",
    method: "HEAD",
    wire: "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
    result: "200 ",
    kept: true,
  },
  {
    why: "204 with a chunked header does not hang",
    wire: "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
    result: "204 ",
    kept: true,
  },
  { why: "204 without any length", wire: "HTTP/1.1 204 No Content\r\n\r\n", result: "204 ", kept: true },
  {
    why: "304 with a length",
    wire: "HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n",
    result: "304 ",
    kept: true,
  },
  { why: "204 with a body closes", wire: "HTTP/1.1 204 No Content\r\n\r\nboo", result: "204 ", kept: false },
  {
    why: "100 and 103 are not the answer",
    wire: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" +
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    result: "200 ok",
    kept: true,
  },
  {
    why: "103 with a length has no body",
    wire: "HTTP/1.1 103 Early Hints\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    result: "200 ok",
  },
  {
    why: "101 that nobody asked for",
    wire: "HTTP/1.1 101 Switching Protocols\r\n\r\n",
    result: "ProtocolError(101 unasked)",
  },
  {
    why: "an endless row of 1xx",
    wire: "HTTP/1.1 102 Processing\r\n\r\n".repeat(33),
    result: "ProtocolError(too many interim responses)",
  },
  {
    why: "1xx and no more",
    wire: "HTTP/1.1 103 Hm\r\n\r\n",
    after: "finishes",
    result: "ProtocolError(head cut short)",
  },
  {
    why: "an end inside the head is no 200",
    wire: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n",
    after: "finishes",
    result: "ProtocolError(head cut short)",
  },
  {
    why: "an end inside the status line",
    wire: "HTTP/1.1 2",
    after: "finishes",
    result: "ProtocolError(head cut short)",
  },
  { why: "an end before any byte", wire: "", after: "finishes", result: "ConnectionClosed" },
  { why: "a reset before any byte", wire: "", after: "resets", result: "ConnectionReset" },
  {
    why: "a body shorter than its length",
    wire: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
    after: "finishes",
    result: "ProtocolError(body cut short)",
  },
  {
    why: "a body shorter than its length, reset",
    wire: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
    after: "resets",
    result: "ConnectionReset",
  },
  {
    why: "no zero chunk, and Connection: close does not excuse it",
    wire: "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    after: "finishes",
    result: "ProtocolError(body cut short)",
  },
  {
    why: "an end inside the trailer",
    wire: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b",
    after: "finishes",
    result: "ProtocolError(body cut short)",
  },
  {
    why: "a bad chunk size",
    wire: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n",
    result: "ProtocolError(bad chunk size)",
  },
  {
    why: "a chunk size of 2^32+5 does not wrap",
    wire: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n100000005\r\nhello\r\n0\r\n\r\n",
    after: "finishes",
    result: "ProtocolError(body cut short)",
  },
  {
    why: "a length of 2^32+5 does not wrap",
    wire: "HTTP/1.1 200 OK\r\nContent-Length: 4294967301\r\n\r\nhello",
    result: "ProtocolError(body over the limit)",
  },
  {
    why: "a bad length",
    wire: "HTTP/1.1 200 OK\r\nContent-Length: 5a\r\n\r\nhello",
    result: "ProtocolError(bad content-length)",
  },
  {
    why: "unequal lengths",
    wire: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 4\r\n\r\nhello",
    result: "ProtocolError(unequal content-lengths)",
  },
  {
    why: "both kinds of length",
    wire: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    result: "200 hello",
  },
  {
    why: "garbage",
    wire: "220 mail.example ESMTP\r\n",
    result: "ProtocolError(not HTTP)",
    afterAnother: "ProtocolError(bytes after the previous response)",
  },
  { why: "a TLS alert", wire: "\x15\x03\x03\x00\x02\x02\x46", result: "ProtocolError(TLS instead of HTTP)" },
  { why: "HTTP/2", wire: "\0\0\x12\x04\0\0\0\0\0", result: "ProtocolError(HTTP/2 instead of HTTP/1.1)" },
  {
    why: "bytes after a body by length",
    wire: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhelloHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil",
    result: "200 hello",
    kept: false,
  },
  {
    why: "bytes after a chunked body",
    wire: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    result: "200 ",
    kept: false,
  },
  { why: "bare line feeds", wire: "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", result: "200 hello", kept: true },
  { why: "a status nobody knows", wire: "HTTP/1.1 799 Odd\r\nContent-Length: 1\r\n\r\n!", result: "799 !", kept: true },
];

/** Lets the pieces arrive one by one, and says how the exchange ended. */
async function exchange(
  row: Row,
  pieces: readonly string[],
  memory: Memory = "fresh",
  responseBody: "buffer" | "discard" = "buffer",
): Promise<string> {
  const network = new MemoryNetwork(memory);
  const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect });
  if (memory === "room") await expectLargeAnswers(client, network, responseBody);
  const response = client.send(row.method ?? "GET", "/", { responseBody });
  const outcome = responseBody === "buffer" ? describeOutcome(response) : describeLengths(response);
  await settle();
  const socket = network.last;
  for (const piece of pieces) socket.receive(piece);
  if (row.after === "finishes") socket.finish();
  if (row.after === "resets") socket.break();
  const result = await outcome;
  if (row.kept !== undefined) assert.equal(socket.destroyed, !row.kept, `${row.why}: kept`);
  client.engine.abortAll();
  client.engine.close();
  assert.equal(client.engine.pending, 0);
  return result;
}

/** After a large answer the connection offers memory for the next one; if its body was dropped, for the head of the next one. */
async function expectLargeAnswers(
  client: WireClient,
  network: MemoryNetwork,
  responseBody: "buffer" | "discard" = "buffer",
): Promise<void> {
  const answer = client.send("GET", "/", { responseBody });
  await settle();
  network.last.receive(`HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n${"x".repeat(40_000)}`);
  await answer;
}

/** A connection that has served is replaced by another one if no byte comes: that is tested elsewhere. */
const mayFollow = ({ wire }: Row) => wire !== "";

/** In room the connection has had a response before. */
const expected = (row: Row, memory: Memory) => memory === "room" ? row.afterAnother ?? row.result : row.result;

for (const row of ROWS) {
  test(`Connection ${row.why}: in one piece, byte by byte, and in memory that is used again`, async () => {
    assert.equal(await exchange(row, [row.wire]), row.result);
    assert.equal(await exchange(row, [...row.wire]), row.result);
    assert.equal(await exchange(row, [row.wire], "reused"), row.result);
    assert.equal(await exchange(row, [...row.wire], "reused"), row.result);
    for (const time of ["first", "again"]) { // again: its head is known
      assert.equal(await exchange(row, [row.wire], "shown"), row.result, time);
      assert.equal(await exchange(row, [...row.wire], "shown"), row.result, time);
    }
    if (!mayFollow(row)) return;
    assert.equal(await exchange(row, [row.wire], "room"), expected(row, "room"));
    assert.equal(await exchange(row, [...row.wire], "room"), expected(row, "room"));
  });
}

const MEMORIES = ["fresh", "reused", "shown", "room"] as const;

/** Of a request that does not want its body: the status, how long the body was, and how much of it was kept. */
function describeLengths(response: Promise<WireResponse>): Promise<string> {
  return response.then(
    (wire) => `${wire.status} ${wire.bodyLength} ${wire.body.length}`,
    (error) => (error as WireError).label,
  );
}

function discardedResult(row: Row, memory: Memory): string {
  const { wire } = row;
  const result = expected(row, memory);
  const status = Number.parseInt(result);
  if (Number.isNaN(status)) return result;
  const length = result.length - String(status).length - 1;
  const isKept = status >= 400 || /^content-encoding:/im.test(wire);
  return `${status} ${length} ${isKept ? length : 0}`;
}

/** Memory is the reason for the limit, and a body that is dropped takes none: it is waited for. */
const isOverLimit = ({ result }: Row) => result.includes("over the limit");

for (const row of ROWS.filter((each) => !isOverLimit(each))) {
  test(`Connection discards ${row.why}: the same outcome, and nothing of a success is kept`, async () => {
    for (const memory of MEMORIES) {
      if (memory === "room" && !mayFollow(row)) continue;
      assert.equal(await exchange(row, [row.wire], memory, "discard"), discardedResult(row, memory), memory);
      assert.equal(await exchange(row, [...row.wire], memory, "discard"), discardedResult(row, memory), memory);
    }
  });
}

test("Connection comes to the same result for any split of the bytes", async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 120 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ROWS), cuts, fc.constantFrom(...MEMORIES), async (row, sizes, memory) => {
      if (memory === "room" && !mayFollow(row)) return;
      assert.equal(await exchange(row, split(row.wire, sizes), memory), expected(row, memory));
    }),
    { numRuns: 300 },
  );
});

function split(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const size of sizes) pieces.push(text.slice(at, at += size));
  return [...pieces, text.slice(at)].filter((piece) => piece !== "");
}

/** A writer of responses that has nothing in common with the reader: what it writes must be read back. */
const written = fc.record({
  status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
  reason: fc.constantFrom("OK", "", "Nicht gefunden \xe9"),
  fields: fc.array(fc.tuple(fc.stringMatching(/^x-[a-z0-9]{1,8}$/), fc.stringMatching(/^[!-~\xa1-\xff]{0,40}$/)), {
    maxLength: 8,
  }),
  body: fc.uint8Array({ maxLength: 200 }),
  framing: fc.constantFrom("length", "chunked", "close"),
  chunkSizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
  lineEnd: fc.constantFrom("\r\n", "\n"),
});

function write(response: typeof written extends fc.Arbitrary<infer T> ? T : never): string {
  const { status, reason, fields, framing, lineEnd } = response;
  const body = toText(response.body);
  const framingField = framing === "length"
    ? `Content-Length: ${body.length}${lineEnd}`
    : framing === "chunked"
    ? `Transfer-Encoding: chunked${lineEnd}`
    : "";
  const head =
    `HTTP/1.1 ${status} ${reason}${lineEnd}${fields.map(([name, value]) => `${name}: ${value}${lineEnd}`).join("")}` +
    `${framingField}${lineEnd}`;
  if (framing !== "chunked") return head + body;
  const chunks = body === "" ? [] : split(body, response.chunkSizes);
  return head + chunks.map((chunk) => `${chunk.length.toString(16)}${lineEnd}${chunk}${lineEnd}`).join("") +
    `0${lineEnd}${lineEnd}`;
}

test("Connection reads back what the tests' own writer wrote, for any split", async () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(written, cuts, async (response, sizes) => {
      const network = new MemoryNetwork();
      const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect });
      const promise = client.send("GET", "/");
      await settle();
      for (const piece of split(write(response), sizes)) network.last.receive(toBytes(piece));
      if (response.framing === "close") network.last.finish();
      const read = await promise;
      assert.equal(read.status, response.status);
      assert.equal(read.reason, response.reason);
      assert.deepEqual(read.body, response.body);
      assert.deepEqual(
        read.entries().filter(([name]) => name.startsWith("x-")),
        response.fields.map(([name, value]) => [name, value]),
      );
      assert.equal(network.last.destroyed, response.framing === "close");
      client.engine.close();
    }),
    { numRuns: 200 },
  );
});

test("Connection receives large answers where they stay, each in memory of its own, whatever follows it", async () => {
  const network = new MemoryNetwork("room");
  const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect });
  const sizes = [100_000, 100_000, 100_100, 90_000, 300_000, 20, 100_000, 5_000_000, 60_000, 60_000, 17_000, 40_000];
  const bodyOf = (turn: number) => String.fromCharCode(97 + turn).repeat(sizes[turn] ?? 0);
  const read: WireResponse[] = [];
  for (const [turn, size] of sizes.entries()) {
    const promise = client.send("GET", "/");
    await settle();
    const wire = `HTTP/1.1 200 OK\r\nX-Turn: ${turn}\r\nContent-Length: ${size}\r\n\r\n${bodyOf(turn)}`;
    for (const piece of split(wire, turn % 3 === 0 ? [] : turn % 3 === 1 ? [10, 50_000, 7] : [60, 30_000])) {
      network.last.receive(piece);
    }
    read.push(await promise);
  }
  assert.equal(network.sockets.length, 1);
  assert.ok(network.last.roomsFilled >= 12, `${network.last.roomsFilled}`);
  for (const [turn, response] of read.entries()) {
    assert.equal(response.get("x-turn"), String(turn));
    assert.ok(toText(response.body) === bodyOf(turn), `answer ${turn}`);
  }
});

test("Connection takes what comes behind a large answer for no answer, wherever it lies", async () => {
  for (const surplus of ["x", "x".repeat(70_000)]) {
    for (const cuts of [[], [20], [90], [50_000]]) {
      const network = new MemoryNetwork("room");
      const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect });
      await expectLargeAnswers(client, network);
      const promise = client.send("GET", "/");
      await settle();
      const wire = `HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n${"y".repeat(60_000)}${surplus}`;
      for (const piece of split(wire, cuts)) network.last.receive(piece);
      assert.equal((await promise).bodyLength, 60_000);
      assert.equal(network.last.destroyed, true);
    }
  }
});

test("WireResponse.has() knows of cookies and content codings, of this response and no other", async () => {
  const network = new MemoryNetwork();
  const client = new WireClient("http://127.0.0.1", { connectSocket: network.connect });
  const ask = async (head: string, pieces: "whole" | "bytes") => {
    const sent = client.send("GET", "/");
    await settle();
    const wire =
      `HTTP/1.1 103 Early\r\nSet-Cookie: early=1\r\n\r\nHTTP/1.1 200 OK\r\n${head}Content-Length: 2\r\n\r\nok`;
    if (pieces === "whole") network.last.receive(wire);
    else network.last.drip(wire);
    const response = await sent;
    return [response.has("set-cookie"), response.has("content-encoding"), response.get("content-encoding")];
  };
  for (const pieces of ["whole", "bytes"] as const) {
    assert.deepEqual(await ask("SET-Cookie: a=b\r\n", pieces), [true, false, null]);
    assert.deepEqual(await ask("Content-encoding : gzip\r\n", pieces), [false, true, "gzip"]);
    assert.deepEqual(await ask("Content-Type: text/plain\r\nSet-Cookies: x\r\n", pieces), [false, false, null]);
  }
  client.engine.close();
});
