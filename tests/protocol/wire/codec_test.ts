import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { env } from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { LocustError } from "../../../src/base/errors.ts";
import { type Codec, createMasterCodec, createWorkerCodec } from "../../../src/protocol/wire/codec.ts";
import { FRAME_HEADER_BYTES } from "../../../src/protocol/wire/framing.ts";
import { MAX_TEXT } from "../../../src/protocol/wire/read_field.ts";
import { MessageError } from "../../../src/protocol/wire/scan_value.ts";
import type { ToMaster, ToWorker } from "../../../src/protocol/worker_message.ts";
import { SAMPLES_TO_MASTER, SAMPLES_TO_WORKER } from "../../support/wire_samples.ts";

const payloadOf = (frame: Uint8Array) => frame.subarray(FRAME_HEADER_BYTES);
const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Bytes as text, for golden files that a person can read. */
function toReadable(message: object): string {
  return JSON.stringify(
    message,
    (_, value) => value instanceof Uint8Array ? { $bytes: toHex(value) } : value,
  );
}

function testDirection<Message extends { kind: string }>(
  name: string,
  createEncoder: () => Codec<unknown, Message>,
  createDecoder: () => Codec<Message, unknown>,
  samples: readonly Message[],
): void {
  test(`codec round trip of every kind, ${name}`, () => {
    const encoder = createEncoder();
    const decoder = createDecoder();
    for (const message of [...samples, ...samples]) {
      assert.deepEqual(decoder.decode(payloadOf(encoder.encode(message))), message);
    }
  });

  test(`codec frames are the recorded ones, ${name}`, () => {
    const file = fileURLToPath(new URL(`../../golden/wire/${name}.txt`, import.meta.url));
    const encoder = createEncoder();
    const decoder = createDecoder();
    const written = samples.map((message) => `${toReadable(message)}\n${toHex(encoder.encode(message))}\n`).join("\n");
    if (env.UPDATE_GOLDEN === "1") writeFileSync(file, written);
    const recorded = readFileSync(file, "utf8");
    assert.equal(written, recorded);
    const frames = recorded.split("\n").filter((line) => /^[0-9a-f]+$/.test(line));
    assert.deepEqual(frames.map((hex) => decoder.decode(payloadOf(fromHex(hex)))), samples);
  });

  test(`codec ignores unknown fields, ${name}`, () => {
    const encoder = createEncoder();
    const decoder = createDecoder();
    for (const message of samples) {
      if (toReadable(message).includes(`"kind":"report"`)) continue; // its data is free
      const frame = encoder.encode({ ...message, fieldOfTomorrow: [1, { a: 2 }] });
      assert.deepEqual(decoder.decode(payloadOf(frame)), message);
    }
  });

  test(`codec answers any damage to a frame with a MessageError or a message, ${name}`, () => {
    const damaged = fc.record({
      sample: fc.constantFrom(...samples),
      at: fc.nat(),
      byte: fc.nat(255),
      cut: fc.nat(),
    });
    fc.assert(fc.property(damaged, ({ sample, at, byte, cut }) => {
      const payload = payloadOf(createEncoder().encode(sample)).slice();
      payload[at % payload.length] = byte;
      const bytes = cut % 3 === 0 ? payload.subarray(0, cut % payload.length) : payload;
      try {
        assert.equal(typeof createDecoder().decode(bytes).kind, "string");
      } catch (error) {
        assert.ok(error instanceof MessageError, String(error));
      }
    }));
  });
}

testDirection<ToMaster>("to_master", createWorkerCodec, createMasterCodec, SAMPLES_TO_MASTER);
testDirection<ToWorker>("to_worker", createMasterCodec, createWorkerCodec, SAMPLES_TO_WORKER);

test("codec answers random bytes with a MessageError", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    assert.throws(() => createMasterCodec().decode(bytes), MessageError);
  }));
});

const encodeToMaster = (message: unknown) => payloadOf(createWorkerCodec().encode(message as ToMaster));

for (
  const [what, message, words] of [
    ["an unknown kind", { kind: "launch" }, /no message of kind "launch"/],
    ["a kind of the other direction", { kind: "welcome" }, /no message of kind "welcome"/],
    ["a kind that every object has", { kind: "constructor" }, /no message of kind "constructor"/],
    ["a missing field", { kind: "bye" }, /in "bye" the field "reason" is not text/],
    ["a negative count", { kind: "stopped", runId: "r", lastSeq: -1, abandoned: 0 }, /"lastSeq" is not a whole number/],
    ["a number that is none", { kind: "applied", runId: "r", epoch: NaN, users: {} }, /"epoch" is not a whole number/],
    ["a list where a map belongs", { kind: "applied", runId: "r", epoch: 1, users: [1] }, /"users" is not a map/],
    [
      "sequence number 0",
      { kind: "stats", runId: "r", seq: 0, spanMs: 1, delta: { entries: [] } },
      /"seq" is not a whole number/,
    ],
    ["an empty id", { kind: "applied", runId: "", epoch: 1, users: {} }, /"runId" is not text of 1 to 256/],
  ] as const
) {
  test(`codec refuses ${what} and says so`, () => {
    assert.throws(() => createMasterCodec().decode(encodeToMaster(message)), (error) => {
      assert.ok(error instanceof MessageError);
      assert.match(error.message, words);
      return true;
    });
  });
}

test("codec shortens text that a target or user chose instead of refusing it for ever", () => {
  const decoded = createMasterCodec().decode(encodeToMaster({ kind: "bye", reason: "x".repeat(MAX_TEXT + 5) }));
  assert.equal(decoded.kind === "bye" && decoded.reason.length, MAX_TEXT);
});

test("codec keeps a map key that names the prototype as data", () => {
  const users = JSON.parse('{"__proto__": 3, "A": 1}');
  const decoded = createMasterCodec().decode(encodeToMaster({ kind: "applied", runId: "r", epoch: 1, users }));
  assert.equal(decoded.kind, "applied");
  assert.equal(({} as Record<string, unknown>).A, undefined);
  assert.equal(Object.getPrototypeOf(decoded.kind === "applied" ? decoded.users : undefined), Object.prototype);
});

test("codec brings user data into plain types by JSON's rules, with bytes", () => {
  const data = {
    date: new Date(0),
    set: new Set([1, 2]),
    map: new Map([["a", 1]]),
    big: 12n,
    huge: 2n ** 80n,
    floats: new Float32Array([1]),
    bytes: new Uint8Array([1, 2]),
    gone: undefined,
    run: () => 1,
    list: [undefined, 1],
  };
  const decoded = createMasterCodec().decode(
    encodeToMaster({ kind: "userMessage", message: { kind: "custom", type: "t", data } }),
  );
  assert.deepEqual(
    decoded.kind === "userMessage" && decoded.message.kind === "custom" &&
      JSON.parse(toReadable(decoded.message.data as object)),
    {
      date: "1970-01-01T00:00:00.000Z",
      set: [1, 2],
      map: { a: 1 },
      big: 12,
      huge: "1208925819614629174706176",
      floats: { $bytes: "0000803f" },
      bytes: { $bytes: "0102" },
      list: [null, 1],
    },
  );
});

test("codec refuses to send data in a circle", () => {
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  assert.throws(
    () => createWorkerCodec().encode({ kind: "userMessage", message: { kind: "custom", type: "t", data: circle } }),
    (error) => error instanceof LocustError && error.code === "data_too_deep",
  );
});
