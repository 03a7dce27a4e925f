import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HeadInfo, parseHead } from "../../../src/http/bytes/head_parser.ts";
import { KnownHeads } from "../../../src/http/engine/known_heads.ts";
import { toBytes, toText } from "../../support/memory_socket.ts";

const LIMITS = { maxHeadBytes: 1000, maxHeadFields: 10 };

/** Looks for the head of an answer, and keeps it if it is not known. Whether it was known. */
function look(heads: KnownHeads, wire: string, limits = LIMITS): boolean {
  const bytes = toBytes(`##${wire}##`);
  const [from, to] = [2, 2 + wire.length];
  const known = heads.find(bytes, from, to, limits);
  const info = new HeadInfo();
  const end = parseHead(bytes, from, to, limits, info);
  if (known === undefined) heads.keep(info, limits, bytes, from, end, to);
  else {
    assert.deepEqual(known.info, info);
    assert.equal(
      toText(known.range.bytes.subarray(known.range.from, known.range.to)),
      toText(bytes.subarray(from, end)),
    );
  }
  return known !== undefined;
}

const answer = (date: string, body = "ok") =>
  `HTTP/1.1 200 OK\r\nDate: ${date}\r\nSet-Cookie: a=b\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test("KnownHeads.find() knows a head that came before, whatever its body is", () => {
  const heads = new KnownHeads();
  assert.deepEqual([look(heads, answer("1")), look(heads, answer("1")), look(heads, answer("1", "no"))], [
    false,
    true,
    true,
  ]);
});

test("KnownHeads.find() takes no head for another one that differs in one byte, or is longer", () => {
  const heads = new KnownHeads();
  look(heads, answer("1"));
  assert.equal(look(heads, answer("2")), false);
  assert.equal(look(heads, answer("2").slice(0, -2)), false);
});

test("KnownHeads.find() knows no head that was parsed within other limits", () => {
  const heads = new KnownHeads();
  look(heads, answer("1"));
  assert.equal(look(heads, answer("1"), { ...LIMITS, maxHeadFields: 9 }), false);
  assert.equal(look(heads, answer("1"), { ...LIMITS, maxHeadFields: 9 }), true);
});

test("KnownHeads.keep() gives up on a server whose heads differ each time, and finds out when that is over", () => {
  const heads = new KnownHeads();
  for (let turn = 1000; turn < 1020; turn++) assert.equal(look(heads, answer(String(turn))), false);
  let asked = 0;
  while (!look(heads, answer("over"))) asked++;
  assert.ok(asked > 1 && asked < 100, `${asked}`);
  assert.equal(look(heads, answer("over")), true);
});

test("KnownHeads.find() finds what parsing would find, for any series of heads", () => {
  const wire = fc.tuple(fc.constantFrom("a", "b", "cc"), fc.constantFrom("", "x", "yy", "zzz"), fc.boolean()).map((
    [date, body, closes],
  ) => closes ? answer(date, body).replace("Set-Cookie: a=b", "Connection: close") : answer(date, body));
  fc.assert(fc.property(fc.array(wire, { maxLength: 100 }), (wires) => {
    const heads = new KnownHeads();
    for (const each of wires) look(heads, each);
  }));
});
