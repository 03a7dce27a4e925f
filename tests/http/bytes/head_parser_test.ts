import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BY_LENGTH,
  CHUNKED,
  findHeadEnd,
  HeadInfo,
  parseHead,
  UNTIL_CLOSE,
} from "../../../src/http/bytes/head_parser.ts";
import { ProtocolError } from "../../../src/http/bytes/wire_error.ts";
import { toBytes } from "../../support/memory_socket.ts";

const LIMITS = { maxHeadBytes: 64 * 1024, maxHeadFields: 256 };

function parse(text: string, limits = LIMITS): { end: number; info: HeadInfo } {
  const bytes = toBytes(text);
  const info = new HeadInfo();
  return { end: parseHead(bytes, 0, bytes.length, limits, info), info };
}

const FRAMINGS = { [UNTIL_CLOSE]: "until close", [BY_LENGTH]: "by length", [CHUNKED]: "chunked" };

/** `200 by length 5 keep`, or what is wrong. */
function summarize(text: string, limits = LIMITS): string {
  try {
    const { end, info } = parse(text, limits);
    if (end < 0) return "incomplete";
    assert.equal(end, text.length, "the head ends where the text ends");
    const length = info.contentLength >= 0 ? ` ${info.contentLength}` : "";
    return `${info.status} ${FRAMINGS[info.framing]}${length} ${info.persistent ? "keep" : "close"}`;
  } catch (problem) {
    if (problem instanceof ProtocolError) return problem.what;
    throw problem;
  }
}

const HEADS: readonly (readonly [why: string, head: string, result: string])[] = [
  ["a plain answer", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "200 by length 5 keep"],
  ["no field at all lasts until the connection closes", "HTTP/1.1 200 OK\r\n\r\n", "200 until close keep"],
  ["names in any case", "HTTP/1.1 200 OK\r\ncOnTeNt-LeNgTh: 0\r\n\r\n", "200 by length 0 keep"],
  ["chunked in any case", "HTTP/1.1 200 OK\r\nTransfer-Encoding: CHUNKED \r\n\r\n", "200 chunked keep"],
  [
    "chunked overrides a length",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    "200 chunked keep",
  ],
  [
    "chunked overrides a length that comes later",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n",
    "200 chunked keep",
  ],
  [
    "chunked in two fields",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
    "200 chunked keep",
  ],
  ["chunked twice in one field", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked ,chunked\r\n\r\n", "200 chunked keep"],
  ["identity says nothing", "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n", "200 until close keep"],
  [
    "identity beside a length",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: Identity\r\nContent-Length: 5\r\n\r\n",
    "200 by length 5 close",
  ],
  ["an empty coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n", "200 until close keep"],
  ["no reason, with and without its space", "HTTP/1.1 204 \r\n\r\n", "204 until close keep"],
  ["no reason and no space", "HTTP/1.1 204\r\n\r\n", "204 until close keep"],
  ["bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 5\n\n", "200 by length 5 keep"],
  ["Latin-1 in reason and values", "HTTP/1.1 200 Schön\r\nX: \xe9\xff\r\n\r\n", "200 until close keep"],
  ["a value that is folded", "HTTP/1.1 200 OK\r\nContent-Length:\r\n 5\r\n\r\n", "200 by length 5 keep"],
  ["a fold with a tab, twice", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\t \r\n\t5\r\n\r\n", "200 by length 5 keep"],
  [
    "a line without a colon is passed over",
    "HTTP/1.1 200 OK\r\ncrap\r\nContent-Length: 1\r\n\r\n",
    "200 by length 1 keep",
  ],
  ["spaces before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\n", "200 by length 1 keep"],
  [
    "equal lengths in two fields",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n",
    "200 by length 5 keep",
  ],
  ["equal lengths in one field", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", "200 by length 5 keep"],
  ["leading zeros", "HTTP/1.1 200 OK\r\nContent-Length: 0005\r\n\r\n", "200 by length 5 keep"],
  ["2^32+5 is not 5", "HTTP/1.1 200 OK\r\nContent-Length: 4294967301\r\n\r\n", "200 by length 4294967301 keep"],
  ["HTTP/1.1 with close", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "200 until close close"],
  ["close among other tokens", "HTTP/1.1 200 OK\r\nConnection: foo,\tCLOSE ,bar\r\n\r\n", "200 until close close"],
  ["a token that only begins with close", "HTTP/1.1 200 OK\r\nConnection: closed\r\n\r\n", "200 until close keep"],
  ["HTTP/1.0 closes", "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n", "200 by length 1 close"],
  [
    "HTTP/1.0 with keep-alive",
    "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\n",
    "200 by length 1 keep",
  ],
  [
    "fields whose names only look alike",
    "HTTP/1.1 200 OK\r\nContent-Lengthy: x\r\nConnectio: close\r\n\r\n",
    "200 until close keep",
  ],

  ["nothing yet", "", "incomplete"],
  ["a part of the status line", "HTTP/1.1 20", "incomplete"],
  ["no empty line yet", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "incomplete"],
  ["half an empty line", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r", "incomplete"],
  ["a length that may go on in the next line", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "incomplete"],

  ["a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "bad content-length"],
  ["a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n", "bad content-length"],
  ["a length with a tail", "HTTP/1.1 200 OK\r\nContent-Length: 5a\r\n\r\n", "bad content-length"],
  ["a hexadecimal length", "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\n", "bad content-length"],
  ["a length with a fraction", "HTTP/1.1 200 OK\r\nContent-Length: 5.0\r\n\r\n", "bad content-length"],
  ["an empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "bad content-length"],
  ["a length in two words", "HTTP/1.1 200 OK\r\nContent-Length: 5 5\r\n\r\n", "bad content-length"],
  ["a list with a hole", "HTTP/1.1 200 OK\r\nContent-Length: 5,,5\r\n\r\n", "bad content-length"],
  ["a length beyond 2^53", "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551621\r\n\r\n", "bad content-length"],
  [
    "unequal lengths in two fields",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    "unequal content-lengths",
  ],
  ["unequal lengths in one field", "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n", "unequal content-lengths"],
  [
    "a coding that nobody asked for",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    "unknown transfer-encoding",
  ],
  ["two codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", "unknown transfer-encoding"],
  ["half a coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunk\r\n\r\n", "200 until close keep"],
  ["two codings in one word", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked x\r\n\r\n", "200 until close keep"],
  [
    "what is no coding leaves the length",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: binary\r\nContent-Length: 5\r\n\r\n",
    "200 by length 5 keep",
  ],
  [
    "a coding before chunked",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n",
    "unknown transfer-encoding",
  ],
  [
    "chunked before it existed",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "200 chunked close",
  ],
  ["NUL in a value", "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", "control character in the head"],
  ["a carriage return inside a line", "HTTP/1.1 200 OK\r\nX: a\rb\r\n\r\n", "control character in the head"],
  ["a carriage return for an empty line", "HTTP/1.1 200 OK\r\n\rX\r\n", "control character in the head"],
  ["garbage", "hello\r\n\r\n", "not HTTP"],
  ["garbage, one byte of it", "x", "not HTTP"],
  ["an empty line first", "\r\nHTTP/1.1 200 OK\r\n\r\n", "not HTTP"],
  ["lower case", "http/1.1 200 OK\r\n\r\n", "not HTTP"],
  ["another version", "HTTP/2.0 200 OK\r\n\r\n", "unknown HTTP version"],
  ["a later minor version", "HTTP/1.2 200 OK\r\n\r\n", "unknown HTTP version"],
  ["a TLS alert", "\x15\x03\x01\x00\x02\x02\x46", "TLS instead of HTTP"],
  ["an HTTP/2 SETTINGS frame", "\0\0\x12\x04\0\0\0\0\0", "HTTP/2 instead of HTTP/1.1"],
  ["an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2 instead of HTTP/1.1"],
  ["three zero bytes, then nothing", "\0\0\0", "incomplete"],
  ["zero bytes", "\0\0\0\0", "not HTTP"],
  ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "malformed status line"],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n", "malformed status line"],
  ["a status in letters", "HTTP/1.1 abc OK\r\n\r\n", "malformed status line"],
  ["two spaces before the status", "HTTP/1.1  200 OK\r\n\r\n", "malformed status line"],
  ["a status below 100", "HTTP/1.1 099 OK\r\n\r\n", "status below 100"],
];

for (const [why, head, result] of HEADS) {
  test(`parseHead() ${why}`, () => assert.equal(summarize(head), result));
}

test("parseHead() comes to the same result for every prefix that it can judge", () => {
  for (const [why, head, result] of HEADS) {
    for (let length = 0; length < head.length; length++) {
      const early = summarizePrefix(head.slice(0, length));
      assert.ok(early === "incomplete" || early === result, `${why}, first ${length} bytes: ${early}`);
    }
  }
});

function summarizePrefix(text: string): string {
  try {
    return parse(text).end < 0 ? "incomplete" : "complete";
  } catch (problem) {
    return (problem as ProtocolError).what;
  }
}

test("parseHead() holds its limits, one error each", () => {
  const limits = { maxHeadBytes: 100, maxHeadFields: 3 };
  const fields = (count: number) => `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(count)}`;
  assert.equal(summarize(`${fields(3)}\r\n`, limits), "200 until close keep");
  assert.equal(summarize(`${fields(4)}\r\n`, limits), "too many header fields");
  assert.equal(summarize(fields(4), limits), "too many header fields");
  const long = (length: number) => `HTTP/1.1 200 OK\r\nA: ${"x".repeat(length - 24)}\r\n\r\n`;
  assert.equal(long(100).length, 100);
  assert.equal(summarize(long(100), limits), "200 until close keep");
  assert.equal(summarize(long(101), limits), "head over the limit");
  assert.equal(summarize(long(200).slice(0, 101), limits), "head over the limit");
});

test("parseHead() reads how long the server keeps an idle connection", () => {
  const seconds = (value: string) => parse(`HTTP/1.1 200 OK\r\nKeep-Alive: ${value}\r\n\r\n`).info.keepAliveSeconds;
  assert.equal(seconds("timeout=5"), 5);
  assert.equal(seconds("max=100, Timeout=15"), 15);
  assert.equal(seconds("max=100"), -1);
  assert.equal(parse("HTTP/1.1 200 OK\r\n\r\n").info.keepAliveSeconds, -1);
});

test("parseHead() stops at the empty line, whatever follows", () => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
  assert.equal(parse(`${head}hello\r\n\r\nHTTP/1.1`).end, head.length);
});

test("findHeadEnd() finds both kinds of empty line, and none in a part", () => {
  const end = (text: string) => findHeadEnd(toBytes(text), 0, text.length);
  assert.equal(end("a\r\n\r\nb"), 5);
  assert.equal(end("a\n\nb"), 3);
  assert.equal(end("a\n\r\nb"), 4);
  assert.equal(end("a\r\n\r"), -1);
  assert.equal(end("a\r\nb\r\n"), -1);
});
