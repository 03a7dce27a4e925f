import assert from "node:assert/strict";
import { test } from "node:test";
import { createMasterCodec, createWorkerCodec } from "../../../src/protocol/wire/codec.ts";
import { decodeCustomData, encodeCustomData } from "../../../src/protocol/wire/custom_data.ts";
import { FRAME_HEADER_BYTES } from "../../../src/protocol/wire/framing.ts";

/** As it arrives over a network. */
function overTheWire(data: unknown): unknown {
  const message = { kind: "custom", type: "t", data: encodeCustomData(data) } as const;
  const frame = createMasterCodec().encode(message);
  const arrived = createWorkerCodec().decode(frame.subarray(FRAME_HEADER_BYTES));
  return arrived.kind === "custom" ? decodeCustomData(arrived.data) : arrived;
}

/** As it arrives from another thread of this process. */
function betweenThreads(data: unknown): unknown {
  return decodeCustomData(structuredClone(encodeCustomData(data)));
}

const INTACT: Readonly<Record<string, unknown>> = {
  nothing: null,
  undefined: undefined,
  text: "grüße 🦗",
  numbers: [0, -0, 1.5, NaN, Infinity, -Infinity, 2 ** 60, -(2 ** 40)],
  bigints: [0n, -5n, 2n ** 80n],
  dates: [new Date(0), new Date(NaN)],
  map: new Map<unknown, unknown>([["a", 1], [{ key: 1 }, new Map([[1n, new Set([undefined])]])]]),
  set: new Set([1, "1", new Date(5)]),
  bytes: new Uint8Array([1, 2, 3]),
  floats: new Float64Array([1.5, NaN]),
  shorts: new Int16Array([-1, 300]),
  longs: new BigInt64Array([2n ** 40n]),
  part: new Uint16Array([1, 2, 3, 4]).subarray(1, 3),
  buffer: new Uint8Array([9, 8]).buffer,
  pattern: /a+/giu,
  tagged: { $: ["Date", 5], more: { $: 1 } },
  prototype: JSON.parse('{"__proto__": {"x": 1}}'),
  missing: { a: undefined, list: [undefined, 1] },
  nested: [[[{ a: [{ b: new Set([[1]]) }] }]]],
};

for (const [what, data] of Object.entries(INTACT)) {
  test(`custom data arrives intact, between threads and over the wire: ${what}`, () => {
    assert.deepEqual(betweenThreads(data), data);
    assert.deepEqual(overTheWire(data), data);
  });
}

test("custom data: instances arrive as their fields or as what toJSON says, errors as errors", () => {
  class Order {
    readonly id = 7;
    readonly #secret = 1;
    get doubled() {
      return this.#secret * 2;
    }
  }
  const error = new TypeError("no stock");
  const data = { order: new Order(), url: new URL("http://shop/x"), error };
  for (const arrived of [betweenThreads(data), overTheWire(data)]) {
    const { order, url, error: arrivedError } = arrived as { order: unknown; url: unknown; error: Error };
    assert.deepEqual([order, url], [{ id: 7 }, "http://shop/x"]);
    assert.ok(arrivedError instanceof Error);
    assert.deepEqual([arrivedError.name, arrivedError.message, arrivedError.stack], [
      "TypeError",
      "no stock",
      error.stack,
    ]);
  }
});

const circle: Record<string, unknown> = {};
circle["self"] = { circle };

for (
  const [what, data, words] of [
    ["a function", { items: [1, { call: () => {} }] }, /^data\.items\[1\]\.call is a function$/],
    ["a symbol", [Symbol("x")], /^data\[0\] is a symbol$/],
    ["a promise", { later: Promise.resolve() }, /^data\.later is a Promise$/],
    ["a weak map", new Map([["w", new WeakMap()]]), /^data\.get\("w"\) is a WeakMap$/],
    ["a circle", circle, /^data\.self\.circle is an object that contains itself$/],
    ["too many levels", JSON.parse("[".repeat(80) + "]".repeat(80)), /is nested too deeply$/],
    ["too many bytes", ["x".repeat(9_000_000), new Uint8Array(9_000_000)], /^data is larger than \d+ bytes$/],
  ] as const
) {
  test(`encodeCustomData() refuses ${what} and names its place`, () => {
    assert.throws(() => encodeCustomData(data), (error) => error instanceof Error && words.test(error.message));
  });
}

test("custom data: one object in two places is sent twice", () => {
  const shared = { n: 1 };
  assert.deepEqual(overTheWire([shared, shared]), [{ n: 1 }, { n: 1 }]);
});

test("decodeCustomData() leaves what is no form of ours", () => {
  for (
    const form of [
      ["Teapot", 1],
      ["Date", "x"],
      ["BigInt", "0x1"],
      ["Map", [[1]]],
      ["Float64Array", new Uint8Array(3)],
      ["RegExp", "(", ""],
    ]
  ) assert.deepEqual(decodeCustomData({ $: form }), { $: form });
  assert.deepEqual(decodeCustomData({ $: 5 }), { $: 5 });
});
