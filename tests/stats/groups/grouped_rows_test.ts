import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DeltaMessage } from "../../../src/protocol/delta_message.ts";
import type { SnapshotMessage } from "../../../src/protocol/snapshot_message.ts";
import { DeltaAccumulator } from "../../../src/stats/recording/delta_accumulator.ts";
import { MAX_ALIKE } from "../../../src/stats/groups/grouped_rows.ts";
import { Ledger, type SnapshotContext } from "../../../src/stats/ledger/ledger.ts";
import { Recorder } from "../../../src/stats/recording/recorder.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CONTEXT: SnapshotContext = {
  state: "running",
  userCount: 1,
  targetUserCount: 1,
  usersByClass: { A: 1 },
  workers: [],
};

interface Request {
  readonly name: string;
  readonly origin: "given" | "url";
  readonly ms: number;
  readonly failure?: string | undefined;
  readonly tags?: { readonly region: string } | undefined;
}

function record(recorder: Recorder, { name, origin, ms, failure, tags }: Request): void {
  const entry = origin === "url" ? recorder.urlEntry("GET", name) : recorder.entry("GET", name);
  recorder.record(entry, ms, 10, failure, 0, undefined, undefined, undefined, 0, tags);
}

/** Requests of `threads` threads in turn, each draining after so many, through one worker or none. */
function deltasOf(requests: readonly Request[], { threads, drainAfter }: { threads: number; drainAfter: number }) {
  const clock = new FakeClock();
  const recorders = Array.from({ length: threads }, () => new Recorder({ clock }));
  const deltas: DeltaMessage[] = [];
  const drain = () => {
    for (const recorder of recorders) {
      const delta = recorder.drain();
      if (delta !== undefined) deltas.push(delta);
    }
  };
  requests.forEach((request, i) => {
    record(recorders[i % threads] as Recorder, request);
    if ((i + 1) % drainAfter === 0) drain();
  });
  drain();
  return deltas;
}

function ledgerOf(deltas: readonly DeltaMessage[], rotateAfter = 2): Ledger {
  const ledger = new Ledger({ clock: new FakeClock() });
  deltas.forEach((delta, i) => {
    ledger.apply(delta, "w");
    if (i % rotateAfter === 1) ledger.rotate();
  });
  ledger.rotate();
  return ledger;
}

/** Figures of the run by row; the order of failures of the same moment is by name. */
function figures(snapshot: SnapshotMessage): unknown {
  const row = ({ method, name, requests, failures, bytes, times, windowTimes }: SnapshotMessage["total"]) =>
    [method, name, requests, failures, bytes, times, windowTimes].map(String);
  return {
    entries: snapshot.entries.map(row),
    total: row(snapshot.total),
    groups: snapshot.urlGroups,
    splits: snapshot.splits?.map(({ tag, values }) => [tag, values.map((each) => [each.value, each.entries.map(row)])]),
    failures: snapshot.failures.map(({ name, text, count }) => `${name} ${text} ${count}`).sort(),
  };
}

const request: fc.Arbitrary<Request> = fc.record({
  name: fc.oneof(
    fc.nat(60).map((id) => `/items/${id}`),
    fc.nat(10).map((id) => `/users/${id}`),
    fc.nat(30).map((id) => `/search?q=${id}`),
    fc.constantFrom("/", "/cart"),
  ),
  origin: fc.constant("url" as const),
  ms: fc.integer({ min: 1, max: 2000 }),
  failure: fc.constantFrom(undefined, undefined, "HttpError 500"),
  tags: fc.constantFrom(undefined, { region: "eu" }, { region: "us" }),
});
/** Their names are in no URL of the others: which samples of one name are explicit is told by the name alone. */
const explicit: fc.Arbitrary<Request> = request.map(({ name, ...rest }) => ({
  ...rest,
  name: `/given${name}`,
  origin: "given" as const,
}));
const requests = fc.array(fc.oneof({ weight: 5, arbitrary: request }, { weight: 1, arbitrary: explicit }), {
  minLength: 1,
  maxLength: 250,
});

/** What must come of requests, by the rule alone. */
function expectedRows(list: readonly Request[]): Map<string, number> {
  const groupOf = (name: string) =>
    name.startsWith("/given") ? name : name.replace(/\/\d+$/, "/[id]").replace(/q=\d+/, "q=[value]");
  const kinds = new Map<string, Set<string>>();
  for (const { name } of list) kinds.set(groupOf(name), (kinds.get(groupOf(name)) ?? new Set()).add(name));
  const rows = new Map<string, number>();
  for (const { name } of list) {
    const group = groupOf(name);
    const row = (kinds.get(group)?.size ?? 0) > MAX_ALIKE ? group : name;
    rows.set(row, (rows.get(row) ?? 0) + 1);
  }
  return rows;
}

test("GroupedRows: more than 20 URLs of a kind are one row, whatever thread counted them and when it was sent", () => {
  fc.assert(
    fc.property(
      requests,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 60 }),
      (list, threads, drainAfter) => {
        const { entries, total, failures } = ledgerOf(deltasOf(list, { threads, drainAfter })).snapshot(CONTEXT);
        const expected = expectedRows(list);
        assert.deepEqual(new Map(entries.map(({ name, requests }) => [name, requests])), expected);
        assert.equal(total.requests, list.length);
        for (const { name } of failures) assert.ok(expected.has(name), `a failure of ${name}, which is no row`);
        assert.equal(
          failures.reduce((sum, { count }) => sum + count, 0),
          list.filter(({ failure }) => failure).length,
        );
      },
    ),
  );
});

test("GroupedRows: rows, histograms, failures and splits are the same however the requests were spread", () => {
  fc.assert(
    fc.property(
      requests,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 60 }),
      (list, threads, drainAfter) => {
        const spread = ledgerOf(deltasOf(list, { threads, drainAfter }), Infinity).snapshot(CONTEXT);
        const alone = ledgerOf(deltasOf(list, { threads: 1, drainAfter: Infinity }), Infinity).snapshot(CONTEXT);
        const { groups: _spread, ...a } = figures(spread) as { groups: unknown };
        const { groups: _alone, ...b } = figures(alone) as { groups: unknown };
        assert.deepEqual(a, b);
      },
    ),
  );
});

test("GroupedRows: a worker in between, and deltas in another order, change nothing", () => {
  fc.assert(
    fc.property(
      requests,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 40 }),
      (list, threads, drainAfter) => {
        const deltas = deltasOf(list, { threads, drainAfter });
        const worker = new DeltaAccumulator();
        for (const delta of deltas) worker.add(delta, 0);
        const direct = ledgerOf(deltas, Infinity).snapshot(CONTEXT);
        assert.deepEqual(figures(ledgerOf([...deltas].reverse(), Infinity).snapshot(CONTEXT)), figures(direct));
        const { groups: _direct, ...a } = figures(direct) as { groups: unknown };
        const { groups: _worker, ...b } = figures(ledgerOf([worker.take(0) as DeltaMessage]).snapshot(CONTEXT)) as {
          groups: unknown;
        };
        assert.deepEqual(b, a);
      },
    ),
  );
});

test("GroupedRows: a record of what came makes the same ledger again, examples included", () => {
  fc.assert(
    fc.property(
      requests,
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 60 }),
      (list, threads, drainAfter) => {
        const deltas = deltasOf(list, { threads, drainAfter });
        const journal = new DeltaAccumulator({ grouping: "off" });
        for (const delta of deltas) journal.add(delta, 0);
        assert.deepEqual(
          figures(ledgerOf([journal.take(0) as DeltaMessage]).snapshot(CONTEXT)),
          figures(ledgerOf(deltas, Infinity).snapshot(CONTEXT)),
        );
      },
    ),
  );
});

test("Ledger.restore() continues groups, and kinds that are not full yet", () => {
  fc.assert(fc.property(requests, requests, (before, after) => {
    const clock = new FakeClock();
    const one = new Ledger({ clock });
    for (const delta of deltasOf(before, { threads: 2, drainAfter: 50 })) one.apply(delta, "w");
    const two = Ledger.restore(JSON.parse(JSON.stringify(one.save())), { clock, awayMs: 0 });
    for (const ledger of [one, two]) {
      for (const delta of deltasOf(after, { threads: 3, drainAfter: 20 })) ledger.apply(delta, "w");
    }
    const rows = (ledger: Ledger) =>
      ledger.snapshot(CONTEXT).entries.map(({ name, requests, times }) => `${name} ${requests} ${times}`);
    assert.deepEqual(rows(two), rows(one));
    assert.deepEqual(
      two.snapshot(CONTEXT).urlGroups?.map(({ name }) => name),
      one.snapshot(CONTEXT).urlGroups?.map(({ name }) => name),
    );
  }));
});

test("GroupedRows: a name that is given stays a row, also among the URLs of a kind that is one", () => {
  const list: Request[] = Array.from(
    { length: 50 },
    (_, i) => ({ name: `/items/${i}`, origin: "url" as const, ms: 1 }),
  );
  for (const first of [true, false]) {
    const named = { name: "/items/7", origin: "given" as const, ms: 5, failure: "no" };
    const all = first ? [named, ...list] : [...list, named];
    const { entries, failures } = ledgerOf(deltasOf(all, { threads: 1, drainAfter: 60 })).snapshot(CONTEXT);
    const counts = new Map(entries.map(({ name, requests }) => [name, requests]));
    assert.deepEqual([...counts.keys()], ["/items/7", "/items/[id]"]);
    assert.equal((counts.get("/items/7") ?? 0) + (counts.get("/items/[id]") ?? 0), 51);
    assert.deepEqual(failures.map(({ name }) => name), ["/items/7"]);
  }
});

test("GroupedRows: exactly 20 stay apart, the 21st groups them", () => {
  const list: Request[] = Array.from(
    { length: 21 },
    (_, i) => ({ name: `/items/${i}`, origin: "url" as const, ms: 1 }),
  );
  const rows = (count: number) =>
    ledgerOf(deltasOf(list.slice(0, count), { threads: 1, drainAfter: 5 })).snapshot(CONTEXT).entries.length;
  assert.deepEqual([rows(20), rows(21)], [20, 1]);
});

test("GroupedRows: a million URLs take one row and no place of other names", () => {
  const recorder = new Recorder({ clock: new FakeClock() });
  const ledger = new Ledger({ clock: new FakeClock() });
  for (let i = 0; i < 1_000_000; i++) {
    recorder.record(recorder.urlEntry("GET", `/items/${i}?q=${i % 77}`), 5, 1, undefined, 0, 0);
    if (i % 100_000 === 99_999) ledger.apply(recorder.drain() as DeltaMessage, "w");
  }
  for (let i = 0; i < 1999; i++) recorder.record(recorder.entry("GET", `row ${i}`), 5, 1, undefined, 0, 0);
  ledger.apply(recorder.drain() as DeltaMessage, "w");
  const { entries, urlGroups } = ledger.snapshot(CONTEXT);
  assert.equal(entries.length, 2000);
  assert.equal(entries.find(({ name }) => name === "/items/[id]?q=[value]")?.requests, 1_000_000);
  assert.equal(entries.some(({ name }) => name === "(other)"), false);
  assert.deepEqual(urlGroups, [{
    method: "GET",
    name: "/items/[id]?q=[value]",
    examples: ["/items/0?q=0", "/items/10?q=10", "/items/11?q=11"],
  }]);
});

test("Recorder: with urlGrouping off each URL is a row as it was", () => {
  const recorder = new Recorder({ clock: new FakeClock(), urlGrouping: "off" });
  for (let i = 0; i < 100; i++) recorder.record(recorder.urlEntry("GET", `/items/${i}`), 5, 1, undefined, 0, 0);
  const delta = recorder.drain() as DeltaMessage;
  assert.equal(delta.entries.length, 100);
  assert.ok(delta.entries.every(({ origin }) => origin === undefined));
  assert.equal(ledgerOf([delta]).snapshot(CONTEXT).entries.length, 100);
});

test("Recorder: URLs without anything like an id are sent as any name", () => {
  const recorder = new Recorder({ clock: new FakeClock() });
  recorder.record(recorder.urlEntry("GET", "/cart"), 5, 1, undefined, 0, 0);
  recorder.record(recorder.urlEntry("GET", "/items/1"), 5, 1, undefined, 0, 0);
  assert.deepEqual(recorder.drain()?.entries.map(({ origin }) => origin), [undefined, "url"]);
});
