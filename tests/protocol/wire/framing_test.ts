import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeFrame, FrameError, FrameReader, MAX_FRAME_BYTES } from "../../../src/protocol/wire/framing.ts";

function readAll(reader: FrameReader, chunks: readonly Uint8Array[]): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (const chunk of chunks) reader.push(chunk, (payload) => payloads.push(payload));
  return payloads;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

test("encodeFrame() writes the length big-endian before the payload", () => {
  assert.deepEqual([...encodeFrame(new Uint8Array([0xc0]))], [0, 0, 0, 1, 0xc0]);
  assert.deepEqual([...encodeFrame(new Uint8Array(0x010203)).subarray(0, 4)], [0, 1, 2, 3]);
});

test("encodeFrame() refuses a payload over the limit", () => {
  assert.throws(() => encodeFrame(new Uint8Array(MAX_FRAME_BYTES + 1)), /Cannot send a message of 16777217 bytes/);
});

test("FrameReader gives the same frames for any split of the bytes", () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 });
  fc.assert(fc.property(payloads, fc.array(fc.nat(4000), { maxLength: 40 }), (wanted, cuts) => {
    const stream = join(wanted.map(encodeFrame));
    const edges = [0, ...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length];
    const chunks = edges.slice(1).map((edge, i) => stream.subarray(edges[i], edge));
    const reader = new FrameReader();
    assert.deepEqual(readAll(reader, chunks), wanted);
    assert.equal(reader.isBetweenFrames, true);
  }));
});

test("FrameReader reads a stream byte by byte", () => {
  const wanted = [new Uint8Array(), new Uint8Array([1]), new Uint8Array(Array.from({ length: 70 }, (_, i) => i))];
  const stream = join(wanted.map(encodeFrame));
  assert.deepEqual(readAll(new FrameReader(), Array.from(stream, (byte) => new Uint8Array([byte]))), wanted);
});

test("FrameReader reads a frame that is larger than what it reserves at once", () => {
  const payload = new Uint8Array(300_000).map((_, i) => i % 251);
  const stream = encodeFrame(payload);
  const chunks = Array.from({ length: 31 }, (_, i) => stream.subarray(i * 10_000, (i + 1) * 10_000));
  assert.deepEqual(readAll(new FrameReader(), chunks), [payload]);
});

test("FrameReader keeps a payload apart from the chunk it came in", () => {
  const chunk = encodeFrame(new Uint8Array([1, 2, 3]));
  const [payload] = readAll(new FrameReader(), [chunk]);
  chunk.fill(0);
  assert.deepEqual([...(payload as Uint8Array)], [1, 2, 3]);
});

test("FrameReader knows whether it is inside a frame", () => {
  const reader = new FrameReader();
  readAll(reader, [new Uint8Array([0, 0])]);
  assert.equal(reader.isBetweenFrames, false);
  readAll(reader, [new Uint8Array([0, 1, 9])]);
  assert.equal(reader.isBetweenFrames, true);
});

test("FrameReader throws at the length, before any of its bytes: 2 GiB", () => {
  const reader = new FrameReader();
  assert.throws(
    () => readAll(reader, [new Uint8Array([0x80, 0, 0, 0])]),
    (error) => error instanceof FrameError && /2147483648 bytes is over the limit of 16777216/.test(error.message),
  );
});

test("FrameReader.setLimit() holds from the next frame on", () => {
  const reader = new FrameReader(2);
  const small = encodeFrame(new Uint8Array(2));
  const large = encodeFrame(new Uint8Array(3));
  assert.equal(readAll(reader, [small]).length, 1);
  reader.setLimit(3);
  assert.equal(readAll(reader, [large]).length, 1);
  reader.setLimit(2);
  assert.throws(() => readAll(reader, [large]), FrameError);
});

for (
  const [what, start, words] of [
    ["an HTTP request", "GET / HTTP/1.1\r\n", /HTTP request/],
    ["a TLS hello", "\x16\x03\x01\x02\x00\x01", /TLS hello.*--master-tls-cert/],
    ["a ZeroMQ greeting", "\xff\0\0\0\0\0\0\0\x01\x7f", /ZeroMQ greeting/],
    ["an SSH greeting", "SSH-2.0-x\r\n", /SSH greeting/],
    ["anything else", "hello there", /over the limit/],
  ] as const
) {
  test(`FrameReader says what came instead of a frame: ${what}`, () => {
    const bytes = Uint8Array.from(start, (character) => character.charCodeAt(0));
    assert.throws(() => readAll(new FrameReader(), [bytes]), words);
  });
}
