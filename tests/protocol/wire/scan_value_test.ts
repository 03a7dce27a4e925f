import assert from "node:assert/strict";
import { test } from "node:test";
import { Packr } from "msgpackr/pack";
import fc from "fast-check";
import { MAX_DEPTH, MessageError, scanValue } from "../../../src/protocol/wire/scan_value.ts";

const packr = new Packr({ useRecords: false });

test("scanValue() accepts every plain value that msgpackr writes", () => {
  const leaf = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array({ maxLength: 70_000, size: "max" }),
    fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      leaf,
      fc.array(tie("value"), { maxLength: 20 }),
      fc.dictionary(fc.string(), tie("value"), { maxKeys: 20 }),
    ),
  }));
  fc.assert(fc.property(value, (each) => scanValue(packr.pack(each))), { numRuns: 200 });
});

for (
  const [what, bytes, words] of [
    ["nothing", [], /ends in the middle/],
    ["two values", [0xc0, 0xc0], /bytes after its end/],
    ["half a string", [0xa3, 0x61], /ends in the middle/],
    ["half a length", [0xdb, 0, 0], /ends in the middle/],
    ["a list of 4 billion", [0xdd, 0xff, 0xff, 0xff, 0xff], /more values than it holds/],
    ["a map of 4 billion", [0xdf, 0xff, 0xff, 0xff, 0xff], /more values than it holds/],
    ["the unused type", [0xc1], /type 0xc1/],
    ["an extension, as msgpackr's own error type", [0xd4, 0x65, 0x00], /type 0xd4/],
    ["a long extension", [0xc7, 0x00, 0x01], /type 0xc7/],
  ] as const
) {
  test(`scanValue() refuses ${what}`, () => {
    assert.throws(() => scanValue(new Uint8Array(bytes)), (error) => {
      assert.ok(error instanceof MessageError);
      assert.match(error.message, words);
      return true;
    });
  });
}

test("scanValue() allows the deepest nesting and refuses one level more, and a million", () => {
  const nested = (depth: number) => new Uint8Array([...new Uint8Array(depth).fill(0x91), 0xc0]);
  scanValue(nested(MAX_DEPTH));
  assert.throws(() => scanValue(nested(MAX_DEPTH + 1)), /nested deeper than 64/);
  const million = new Uint8Array(1_000_001).fill(0x91);
  million[1_000_000] = 0xc0;
  assert.throws(() => scanValue(million), MessageError);
});
