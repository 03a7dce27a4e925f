import assert from "node:assert/strict";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { test } from "node:test";
import fc from "fast-check";
import { packRows, unpackRows } from "../../../src/master/journal/journal_rows.ts";
import { type EntryDelta, PHASES } from "../../../src/protocol/delta_message.ts";
import { type KnownName, ReceivedNames, SentNames } from "../../../src/protocol/wire/known_names.ts";
import { Histogram } from "../../../src/stats/histogram/histogram.ts";

const durations = fc.array(fc.oneof(fc.nat(300), fc.nat(80_000), fc.nat(3 * 3_600_000_000)), { maxLength: 30 });
const histogram = durations.map((values) => {
  const times = new Histogram();
  for (const value of values) times.record(value);
  return times;
});
const row = fc.record({
  name: fc.oneof(fc.constantFrom("/a", "/b", "/c", "/d"), fc.string()),
  method: fc.constantFrom("GET", "POST"),
  times: histogram,
  corrected: fc.option(histogram),
  phases: fc.array(fc.tuple(fc.constantFrom(...PHASES), histogram), { maxLength: 2 }),
  untimed: fc.oneof(fc.constant(0), fc.nat(1000)),
  failures: fc.nat(9),
  bytes: fc.oneof(fc.nat(3000), fc.maxSafeNat()),
  lastAgeMs: fc.nat(70_000),
  drain: fc.option(fc.record({ ended: fc.nat(9), started: fc.nat(9), startedFailures: fc.nat(9) })),
});

function toEntry(
  { times, corrected, phases, untimed, drain, ...rest }: typeof row extends fc.Arbitrary<infer T> ? T : never,
): EntryDelta {
  return {
    ...rest,
    requests: times.count + untimed,
    untimed,
    times: times.pack(),
    ...(corrected === null ? {} : { corrected: corrected.pack() }),
    ...(phases.length === 0 ? {} : { phases: Object.fromEntries(phases.map(([phase, of]) => [phase, of.pack()])) }),
    ...(drain === null ? {} : { drain: { ...drain } }),
  };
}

/** Both ends of a journal that knows these names. */
function bothNames(known: readonly KnownName[]): readonly [SentNames, ReceivedNames] {
  const [sent, received] = [new SentNames(), new ReceivedNames()];
  for (const { method, name } of known) {
    if (sent.numberOf(method, name) !== undefined) continue;
    sent.add(method, name);
    received.add({ method, name });
  }
  return [sent, received];
}

/** The same values may be written in several ways. */
const withTimes = ({ times, ...rest }: EntryDelta) => {
  const { count, sumUs, minUs, maxUs, clamped } = Histogram.unpack(times);
  return { ...rest, times: { count, sumUs, minUs, maxUs, clamped, buckets: Histogram.unpack(times).buckets() } };
};

const key = ({ method, name }: KnownName) => `${method} ${name}`;

test("unpackRows() gives back what packRows() took, with numbers for some names and without", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(row, { maxLength: 20, selector: key }),
      fc.array(fc.record({ method: fc.constantFrom("GET", "POST"), name: fc.constantFrom("/a", "/b", "/x") })),
      (rows, known) => {
        const entries = rows.map(toEntry);
        const [sent, received] = bothNames(known);
        const read = unpackRows(packRows(entries, sent), received);
        const byKey = (a: EntryDelta, b: EntryDelta) => key(a) < key(b) ? -1 : 1;
        assert.deepEqual(read.toSorted(byKey).map(withTimes), entries.toSorted(byKey).map(withTimes));
      },
    ),
  );
});

test("packRows() keeps the order of rows without a number behind that of the numbers", () => {
  const [sent, received] = bothNames([{ method: "GET", name: "/1" }, { method: "GET", name: "/2" }]);
  const entries = ["/new", "/2", "/other", "/1"].map((name): EntryDelta => ({
    ...{ method: "GET", name, requests: 1, failures: 0, untimed: 1, bytes: 5, lastAgeMs: 0 },
    times: new Uint8Array(0),
  }));
  const names = unpackRows(packRows(entries, sent), received).map(({ name }) => name);
  assert.deepEqual(names, ["/1", "/2", "/new", "/other"]);
});

test("unpackRows() takes any bytes for rows or throws", () => {
  const [sent, received] = bothNames([{ method: "GET", name: "/a" }]);
  const times = new Histogram();
  for (const us of [5, 900, 31_000]) times.record(us);
  const good = inflateRawSync(packRows([{
    ...{ method: "GET", name: "/a", requests: 3, failures: 0, untimed: 0, bytes: 70_000, lastAgeMs: 300 },
    times: times.pack(),
  }], sent));
  fc.assert(fc.property(fc.nat(good.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
    const bytes = good.slice(0, isCut ? at : good.length);
    if (!isCut) bytes[at] = byte;
    try {
      for (const entry of unpackRows(new Uint8Array(deflateRawSync(bytes)), received)) {
        assert.equal(entry.requests - entry.untimed, Histogram.unpack(entry.times).count);
      }
    } catch (thrown) {
      assert.match(String((thrown as { code?: string }).code), /^(journal|bad_stats)$/);
    }
  }));
});

test("unpackRows() of a number without a name is an error and no guess", () => {
  const [sent] = bothNames([{ method: "GET", name: "/a" }]);
  const packed = packRows([{
    ...{ method: "GET", name: "/a", requests: 1, failures: 0, untimed: 1, bytes: 0, lastAgeMs: 0 },
    times: new Uint8Array(0),
  }], sent);
  assert.throws(() => unpackRows(packed, new ReceivedNames()), {
    code: "journal",
    message: /no name with the number 2/,
  });
});
