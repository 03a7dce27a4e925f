import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { charsetOf } from "../../../src/http/bytes/charset.ts";
import { type ByteRange, type SharedHead, WireResponse } from "../../../src/http/engine/wire_response.ts";

const TIMES = { startMs: 0, sentMs: 0, firstByteMs: 0, retried: false, setup: undefined };
const INFO = { status: 200, hasSetCookie: true, hasContentEncoding: false };

function rangeOf(text: string): ByteRange {
  const bytes = new TextEncoder().encode(text);
  return { bytes, from: 0, to: bytes.length };
}

test("WireResponse gives the fields of a head that others share as those of its own", () => {
  const names = Array.from({ length: 40 }, (_, at) => `x-${at}`);
  const lines = names.map((name, at) => `${name}: ${at}\r\n`).join("");
  const head = rangeOf(`HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n${lines}\r\n`);
  const shared: SharedHead = { ...head, values: new Map() };
  for (const range of [head, shared, shared]) {
    const response = new WireResponse(TIMES, 1, INFO, range, rangeOf(""));
    assert.deepEqual(response.getAll("set-cookie"), ["a=1", "b=2"]);
    assert.deepEqual(names.map((name) => response.get(name)), names.map((_, at) => String(at)));
    assert.deepEqual([response.get("x-none"), response.getAll("x-none")], [null, []]);
  }
  assert.ok(shared.values.size <= 16, String(shared.values.size));
});

test("WireResponse.body is the bytes of the body alone, whether or not they have memory of their own", () => {
  const whole = rangeOf("HTTP/1.1 200 OK\r\n\r\nbody");
  const bodies: readonly ByteRange[] = [
    rangeOf("body"),
    { bytes: whole.bytes, from: whole.to - 4, to: whole.to },
    { bytes: Buffer.from("body"), from: 0, to: 4 },
  ];
  for (const body of bodies) {
    const response = new WireResponse(TIMES, 1, INFO, whole, body);
    assert.equal(new TextDecoder().decode(response.body), "body");
    assert.equal(response.body.constructor, Uint8Array);
  }
  assert.equal(new WireResponse(TIMES, 1, INFO, whole, rangeOf("")).body.length, 0);
});

test("charsetOf() reads each Content-Type, also when two of them take turns", () => {
  for (let turn = 0; turn < 3; turn++) {
    assert.equal(charsetOf("text/html; charset=ISO-8859-1"), "iso-8859-1");
    assert.equal(charsetOf("application/json"), undefined);
    assert.equal(charsetOf('text/plain; charset="utf-8"'), "utf-8");
    assert.equal(charsetOf(null), undefined);
  }
});
