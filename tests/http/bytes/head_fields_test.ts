import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING, WireResponse } from "../../../src/http/engine/wire_response.ts";
import { toBytes } from "../../support/memory_socket.ts";

function responseOf(head: string, offset = 0): WireResponse {
  const bytes = toBytes("#".repeat(offset) + head + "X-Body: no field\r\n\r\n");
  const times = { startMs: 0, sentMs: 0, firstByteMs: 0, retried: false, setup: undefined };
  const summary = { status: 200, hasSetCookie: /^set-cookie/im.test(head), hasContentEncoding: false };
  return new WireResponse(times, 1, summary, { bytes, from: offset, to: offset + head.length }, NOTHING);
}

const HEAD = "HTTP/1.1 200 All right\r\nContent-Type: text/plain; charset=latin1\r\nSet-Cookie: a=1\r\n" +
  "X-Empty:\r\nset-cookie:b=2\r\nX-Long:   padded \t\r\nX-Fold: one\r\n  two\r\n\tthree\r\nX-High: caf\xe9 \x80\r\n" +
  'no field\r\n(odd): name\r\nETag : "x"\r\n\r\n';

for (const offset of [0, 7]) {
  const where = offset === 0 ? "" : ", also behind other bytes";

  test(`WireResponse.get() finds fields in any case and trims them${where}`, () => {
    const response = responseOf(HEAD, offset);
    assert.equal(response.get("content-type"), "text/plain; charset=latin1");
    assert.equal(response.get("x-empty"), "");
    assert.equal(response.get("x-long"), "padded");
    assert.equal(response.get("etag"), '"x"');
    assert.equal(response.get("x-body"), null);
    assert.equal(response.get("content"), null);
    assert.equal(response.get("http/1.1 200 all right"), null);
  });

  test(`WireResponse.get() joins fields of one name, getAll() does not${where}`, () => {
    const response = responseOf(HEAD, offset);
    assert.equal(response.get("set-cookie"), "a=1, b=2");
    assert.deepEqual(response.getAll("set-cookie"), ["a=1", "b=2"]);
    assert.deepEqual(response.getAll("x-none"), []);
  });

  test(`WireResponse.get() joins folded lines by one space, and reads Latin-1${where}`, () => {
    const response = responseOf(HEAD, offset);
    assert.equal(response.get("x-fold"), "one two three");
    assert.equal(response.get("x-high"), "caf\xe9 \x80");
  });

  test(`WireResponse.entries() gives all fields in order, and no line that is none${where}`, () => {
    const response = responseOf(HEAD, offset);
    assert.deepEqual(response.entries().map(([name]) => name), [
      "content-type",
      "set-cookie",
      "x-empty",
      "set-cookie",
      "x-long",
      "x-fold",
      "x-high",
      "etag",
    ]);
    assert.deepEqual(response.entries().find(([name]) => name === "x-fold"), ["x-fold", "one two three"]);
  });

  test(`WireResponse knows version, reason and its own bytes${where}`, () => {
    const response = responseOf(HEAD, offset);
    assert.equal(response.httpVersion, "1.1");
    assert.equal(response.reason, "All right");
    assert.equal(new TextDecoder("latin1").decode(response.headBytes).length, HEAD.length);
    assert.equal(response.has("x-empty"), true);
    assert.equal(response.has("x-body"), false);
  });
}

test("WireResponse works without fields, without a reason and with bare line feeds", () => {
  const response = responseOf("HTTP/1.0 200\n\n");
  assert.equal(response.reason, "");
  assert.equal(response.httpVersion, "1.0");
  assert.deepEqual(response.entries(), []);
  assert.equal(responseOf("HTTP/1.1 404 Not Found\nA: b\n\n").get("a"), "b");
});

test("WireResponse.get() reads long Latin-1 values like short ones", () => {
  const value = Array.from({ length: 128 }, (_, i) => String.fromCharCode(0x80 + i)).join("");
  const head = `HTTP/1.1 200 OK\r\nX: ${value}\r\n\r\n`;
  // U+0085 and U+00A0 are spaces to JavaScript, but bytes of a value to HTTP.
  assert.equal(responseOf(head).get("x"), value);
});
