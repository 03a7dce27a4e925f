import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ChunkedDecoder } from "../../../src/http/bytes/chunked_decoder.ts";
import { ProtocolError } from "../../../src/http/bytes/wire_error.ts";
import { toBytes, toText } from "../../support/memory_socket.ts";

/** The body, what follows it, and whether it is complete; or what is wrong. Pieces are `sizes` long, the last one takes the rest. */
function decode(text: string, sizes: readonly number[] = [], maxTrailerBytes = 1000): string {
  const decoder = new ChunkedDecoder(maxTrailerBytes);
  let body = "";
  const out = { piece: (bytes: Uint8Array, from: number, to: number) => body += toText(bytes.subarray(from, to)) };
  let at = 0;
  try {
    for (const size of [...sizes, text.length]) {
      const piece = text.slice(at, at + size);
      const used = decoder.read(toBytes(piece), 0, piece.length, out);
      at += used;
      if (used < piece.length) break;
    }
  } catch (problem) {
    if (problem instanceof ProtocolError) return problem.what;
    throw problem;
  }
  return `${body}|${text.slice(at)}|${decoder.done ? "done" : "open"}`;
}

const BODIES: readonly (readonly [why: string, wire: string, result: string])[] = [
  ["one chunk", "5\r\nhello\r\n0\r\n\r\n", "hello||done"],
  ["two chunks", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello||done"],
  ["an empty body", "0\r\n\r\n", "||done"],
  ["hexadecimal in both cases", "A\r\n0123456789\r\nb\r\n0123456789a\r\n0\r\n\r\n", "01234567890123456789a||done"],
  ["leading zeros", "0005\r\nhello\r\n000\r\n\r\n", "hello||done"],
  ["an extension", "5;name=value\r\nhello\r\n0;last\r\n\r\n", "hello||done"],
  ["a quoted extension", '5 ; a="b;c"\r\nhello\r\n0\r\n\r\n', "hello||done"],
  ["a padded size", "5   \r\nhello\r\n0\r\n\r\n", "hello||done"],
  ["bare line feeds", "5\nhello\n0\n\n", "hello||done"],
  ["trailer fields", "5\r\nhello\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n", "hello||done"],
  ["bytes after the end stay unread", "0\r\n\r\nHTTP/1.1", "|HTTP/1.1|done"],
  ["data that looks like an end", "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n", "\r\n0\r\n\r\n||done"],
  ["no zero chunk", "5\r\nhello\r\n", "hello||open"],
  ["no line end after the zero chunk", "5\r\nhello\r\n0\r\n", "hello||open"],
  ["a chunk that is cut", "5\r\nhel", "hel||open"],
  ["a negative size", "-5\r\nhello\r\n0\r\n\r\n", "bad chunk size"],
  ["a signed size", "+5\r\nhello\r\n0\r\n\r\n", "bad chunk size"],
  ["a size with its prefix", "0x5\r\nhello\r\n0\r\n\r\n", "bad chunk size"],
  ["no size", "\r\nhello\r\n0\r\n\r\n", "bad chunk size"],
  ["a size in other letters", "5g\r\nhello\r\n", "bad chunk size"],
  ["two sizes", "5 5\r\nhello\r\n", "bad chunk size"],
  ["a space before the size", " 5\r\nhello\r\n", "bad chunk size"],
  ["2^32+5 is not 5", "100000005\r\nhello\r\n0\r\n\r\n", "hello\r\n0\r\n\r\n||open"],
  ["2^64+5 is not 5", "10000000000000005\r\nhello\r\n0\r\n\r\n", "bad chunk size"],
  ["a carriage return alone after the size", "5\rhello", "bad chunk size"],
  ["more data than the size says", "2\r\nhello\r\n0\r\n\r\n", "bad chunk end"],
  ["a carriage return alone after the data", "5\r\nhello\rX", "bad chunk end"],
  ["a carriage return alone in a trailer", "0\r\nA: b\rX\r\n\r\n", "control character in the trailer"],
];

for (const [why, wire, result] of BODIES) {
  test(`ChunkedDecoder ${why}`, () => assert.equal(decode(wire), result));
}

test("ChunkedDecoder comes to the same result for any split", () => {
  fc.assert(fc.property(
    fc.constantFrom(...BODIES),
    fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 40 }),
    ([, wire, result], sizes) => assert.equal(decode(wire, sizes), result),
  ));
  for (const [, wire, result] of BODIES) assert.equal(decode(wire, Array(wire.length).fill(1)), result);
});

test("ChunkedDecoder bounds extensions and trailers", () => {
  assert.equal(decode(`5;${"x".repeat(4096)}\r\nhello\r\n0\r\n\r\n`), "hello||done");
  assert.equal(decode(`5;${"x".repeat(4097)}\r\nhello\r\n0\r\n\r\n`), "chunk extension over the limit");
  assert.equal(decode(`5${" ".repeat(4097)}\r\nhello\r\n0\r\n\r\n`), "chunk extension over the limit");
  assert.equal(decode(`0\r\n${"X: y\r\n".repeat(10)}\r\n`, [], 100), "||done");
  assert.equal(decode(`0\r\n${"X: y\r\n".repeat(20)}\r\n`, [], 100), "trailer over the limit");
});
