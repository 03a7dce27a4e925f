import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMasterCodec, createWorkerCodec } from "../../../src/protocol/wire/codec.ts";
import { type EntryDelta, PHASES } from "../../../src/protocol/delta_message.ts";
import { FRAME_HEADER_BYTES, MAX_FRAME_BYTES } from "../../../src/protocol/wire/framing.ts";
import { MAX_KNOWN_LENGTH, MAX_KNOWN_NAMES, ReceivedNames, SentNames } from "../../../src/protocol/wire/known_names.ts";
import { packEntries, unpackEntries } from "../../../src/protocol/wire/packed_entries.ts";
import { MessageError } from "../../../src/protocol/wire/scan_value.ts";
import type { ToMaster } from "../../../src/protocol/worker_message.ts";

const histogram = fc.uint8Array({ maxLength: 300 });
const entry: fc.Arbitrary<EntryDelta> = fc.record({
  method: fc.constantFrom("GET", "POST", "", "ÄÖ"),
  name: fc.oneof(
    fc.constantFrom("/", "/cart", "/items/[id]", "constructor", "__proto__"),
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.integer({ min: 250, max: 300 }).map((length) => "x".repeat(length)),
  ),
  requests: fc.maxSafeNat(),
  failures: fc.maxSafeNat(),
  untimed: fc.nat(200),
  bytes: fc.maxSafeNat(),
  lastAgeMs: fc.nat(100_000),
  times: histogram,
}).chain((plain) =>
  fc.record({
    corrected: fc.option(histogram, { nil: undefined }),
    phases: fc.option(
      fc.dictionary(fc.constantFrom(...PHASES), histogram, { minKeys: 1, noNullPrototype: true }),
      { nil: undefined },
    ),
    drain: fc.option(
      fc.record({ ended: fc.nat(), started: fc.nat(), startedFailures: fc.nat() }, { noNullPrototype: true }),
      { nil: undefined },
    ),
  }).map(({ corrected, phases, drain }) => ({
    ...plain,
    ...(corrected === undefined ? {} : { corrected }),
    ...(phases === undefined ? {} : { phases }),
    ...(drain === undefined ? {} : { drain }),
  }))
);
const deltas = fc.array(fc.array(entry, { maxLength: 8 }), { maxLength: 6 });

test("unpackEntries() reads what packEntries() wrote, delta after delta of one connection", () => {
  fc.assert(fc.property(deltas, (list) => {
    const sent = new SentNames();
    const received = new ReceivedNames();
    for (const entries of list) assert.deepEqual(unpackEntries(packEntries(entries, sent), received), entries);
    assert.equal(received.size, sent.size);
  }));
});

test("packEntries() sends a name once", () => {
  const sent = new SentNames();
  const plain = { requests: 1, failures: 0, untimed: 1, bytes: 0, lastAgeMs: 0, times: new Uint8Array(0) };
  const entries = Array.from({ length: 50 }, (_, i) => ({ ...plain, method: "GET", name: `/api/category-${i}` }));
  assert.ok(packEntries(entries, sent).length > 50 * 20);
  assert.equal(packEntries(entries, sent).length, 50 * 9); // size, number, five numbers, no times, no parts
});

test("packEntries() of more names, and of longer ones, than are kept still tells them all", () => {
  const plain = {
    method: "GET",
    requests: 1,
    failures: 0,
    untimed: 1,
    bytes: 0,
    lastAgeMs: 0,
    times: new Uint8Array(0),
  };
  const long = { ...plain, name: "y".repeat(MAX_KNOWN_LENGTH) };
  const entries = [
    long,
    ...Array.from({ length: MAX_KNOWN_NAMES + 10 }, (_, i) => ({ ...plain, name: `/${i}` })),
    long,
  ];
  const sent = new SentNames();
  const received = new ReceivedNames();
  for (let i = 0; i < 2; i++) assert.deepEqual(unpackEntries(packEntries(entries, sent), received), entries);
  assert.equal(received.size, MAX_KNOWN_NAMES);
});

test("unpackEntries() skips what a newer version appends to an entry", () => {
  const one = [...packEntries([{
    method: "GET",
    name: "/",
    requests: 1,
    failures: 0,
    untimed: 1,
    bytes: 0,
    lastAgeMs: 0,
    times: new Uint8Array(0),
  }], new SentNames())];
  const [size = 0, ...body] = one;
  const newer = Uint8Array.from([size + 2, ...body, 7, 7, ...one]);
  assert.deepEqual(unpackEntries(newer, new ReceivedNames()).map(({ name }) => name), ["/", "/"]);
});

for (
  const [what, bytes, words] of [
    ["a number that stands for no name", [8, 2, 1, 0, 1, 0, 0, 0, 0], /no name with the number 2/],
    ["an entry that is longer than the bytes", [9, 0, 1, 65], /in the middle of a block/],
    [
      "an entry that is shorter than what it holds",
      [3, 0, 1, 65, 1, 66, 1, 0, 1, 0, 0, 0, 0],
      /shorter than what it holds/,
    ],
    ["half a number", [1, 128], /in the middle of a number/],
    ["a name to keep that is too long", [
      ...[130, 2, 1, 0, 129, 2, ...new Uint8Array(MAX_KNOWN_LENGTH + 1)],
      ...[1, 0, 1, 0, 0, 0, 0],
    ], /longer names to keep than agreed/],
  ] as const
) {
  test(`unpackEntries() refuses ${what}`, () => {
    assert.throws(() => unpackEntries(Uint8Array.from(bytes), new ReceivedNames()), (error) => {
      assert.ok(error instanceof MessageError);
      assert.match(error.message, words);
      return true;
    });
  });
}

test("unpackEntries() takes any bytes for entries or throws a MessageError", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
    try {
      unpackEntries(bytes, new ReceivedNames());
    } catch (error) {
      assert.ok(error instanceof MessageError, String(error));
    }
  }));
});

/** A delta of one name; `text` makes its frame as long as one likes. */
function statsOf(seq: number, name: string, text: string): ToMaster {
  const sums = { retries: 0, abandoned: 0, failedStarts: 0, unfilteredNames: 0 };
  const plain = { requests: 1, failures: 0, untimed: 1, bytes: 0, lastAgeMs: 0, times: new Uint8Array(0) };
  const failures = [{ method: "GET", name, text, count: 1, firstAgeMs: 0, lastAgeMs: 0 }];
  const delta = { ...sums, entries: [{ ...plain, method: "GET", name }], failures, exceptions: [] };
  return { kind: "stats", runId: "run", seq, spanMs: 1000, delta };
}

test("a codec takes numbers of names back when their message could not be sent", () => {
  const worker = createWorkerCodec();
  const master = createMasterCodec();
  const deliver = (message: ToMaster) => {
    assert.deepEqual(master.decode(worker.encode(message).subarray(FRAME_HEADER_BYTES)), message);
  };
  deliver(statsOf(1, "/first", "no"));
  assert.throws(() => worker.encode(statsOf(2, "/never", "x".repeat(MAX_FRAME_BYTES))), { code: "bad_frame" });
  deliver(statsOf(2, "/second", "no"));
  deliver(statsOf(3, "/never", "no"));
  deliver(statsOf(4, "/second", "no"));
});

test("a new connection knows no names: what was unacknowledged goes in full", () => {
  const message = statsOf(7, "/cart", "no");
  const cut = createWorkerCodec();
  cut.encode(message);
  cut.encode(message);
  const again = createWorkerCodec().encode(message);
  assert.deepEqual(createMasterCodec().decode(again.subarray(FRAME_HEADER_BYTES)), message);
});
