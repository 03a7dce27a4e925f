import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SnapshotMessage } from "../../../src/protocol/snapshot_message.ts";
import { ageDelta } from "../../../src/stats/delta/delta.ts";
import { Ledger, type SnapshotContext } from "../../../src/stats/ledger/ledger.ts";
import { deltaOf, type Sample, samples } from "../../support/deltas.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const CONTEXT: SnapshotContext = {
  state: "running",
  userCount: 1,
  targetUserCount: 1,
  usersByClass: { A: 1 },
  workers: [],
};

function plain(name: string, changes: Partial<Sample> = {}): Sample {
  return { method: "GET", name, ms: 10, bytes: 100, failure: undefined, intervalMs: 0, ...changes };
}

function startLedger() {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock });
  ledger.start();
  return { clock, ledger };
}

/** A snapshot as JSON has it, without what is only of the moment. */
function totals(snapshot: SnapshotMessage): unknown {
  return JSON.parse(JSON.stringify({
    total: snapshot.total,
    entries: snapshot.entries,
    failures: snapshot.failures,
    exceptions: snapshot.exceptions,
  }));
}

test("Ledger: the entries sum to the total", () => {
  fc.assert(fc.property(fc.array(samples, { minLength: 1, maxLength: 5 }), (lists) => {
    const { ledger } = startLedger();
    for (const list of lists) ledger.apply(deltaOf(list), "w");
    const { total, entries } = ledger.snapshot(CONTEXT);
    const sumOf = (key: "requests" | "failures" | "untimed" | "bytes") => entries.reduce((sum, e) => sum + e[key], 0);
    for (const key of ["requests", "failures", "untimed", "bytes"] as const) assert.equal(sumOf(key), total[key]);
    assert.equal(total.requests, lists.flat().length);
    const maxima = entries.map(({ maxMs }) => maxMs ?? -1);
    assert.equal(total.maxMs ?? -1, Math.max(...maxima));
  }));
});

test("Ledger.apply(): the order of deltas, and ticks between them, change no total", () => {
  fc.assert(fc.property(fc.array(samples, { minLength: 2, maxLength: 5 }), fc.nat(4), (lists, tickAfter) => {
    const a = startLedger().ledger;
    const b = startLedger().ledger;
    lists.forEach((list, i) => {
      a.apply(deltaOf(list), "w");
      if (i === tickAfter) b.rotate();
    });
    for (const list of [...lists].reverse()) b.apply(deltaOf(list), "w");
    const strip = (snapshot: SnapshotMessage) =>
      JSON.stringify(
        totals(snapshot),
        (key, value) => /current|window|PerSecond/.test(key) ? undefined : value,
      );
    assert.equal(strip(b.snapshot(CONTEXT)), strip(a.snapshot(CONTEXT)));
  }));
});

test("Ledger.apply(): a tick of one delta and the same samples in several give the same rows, windows and counts by second", async () => {
  const ticks = fc.array(fc.array(samples, { maxLength: 3 }), { minLength: 1, maxLength: 14 });
  await fc.assert(fc.asyncProperty(ticks, async (ticks) => {
    const [whole, parts] = [startLedger(), startLedger()];
    for (const lists of ticks) {
      if (lists.length > 0) whole.ledger.apply(deltaOf(lists.flat()), "w");
      for (const list of lists) parts.ledger.apply(deltaOf(list), "w");
      for (const { clock, ledger } of [whole, parts]) {
        await clock.advance(1000);
        ledger.rotate();
      }
    }
    const read = ({ ledger }: typeof whole) => ({
      span: ledger.takeSpan(),
      totals: totals(ledger.snapshot(CONTEXT)),
      details: ledger.details(),
    });
    assert.deepEqual(read(whole), read(parts));
  }));
});

test("Ledger.snapshot() sorts by name, then method, in code-point order", () => {
  const { ledger } = startLedger();
  const names = ["/b", "/a", "\u{1f600}", "\uff5e", "Z", "ä"];
  for (const name of names) ledger.apply(deltaOf([plain(name)]), "w");
  ledger.apply(deltaOf([plain("/a", { method: "DELETE" })]), "w");
  assert.deepEqual(ledger.snapshot(CONTEXT).entries.map(({ method, name }) => [method, name]), [
    ["DELETE", "/a"],
    ["GET", "/a"],
    ["GET", "/b"],
    ["GET", "Z"],
    ["GET", "ä"],
    ["GET", "\uff5e"],
    ["GET", "\u{1f600}"],
  ]);
});

test("Ledger.snapshot() current rates are the mean of the last 10 whole ticks", async () => {
  const { clock, ledger } = startLedger();
  for (let second = 0; second < 15; second++) {
    const list = Array.from({ length: second < 5 ? 100 : 20 }, () => plain("/"));
    ledger.apply(deltaOf(list), "w");
    await clock.advance(1000);
    ledger.rotate();
  }
  ledger.apply(deltaOf(Array.from({ length: 999 }, () => plain("/"))), "w");
  const { total, entries, tick } = ledger.snapshot(CONTEXT);
  assert.equal(tick, 15);
  assert.equal(total.currentPerSecond, 20);
  assert.equal(entries[0]?.currentPerSecond, 20);
  assert.equal(total.requests, 5 * 100 + 10 * 20 + 999);
  assert.equal(total.totalPerSecond, total.requests / 15);
});

test("Ledger.snapshot() current rates of a young run are over the whole ticks there are, else over its time", async () => {
  const { clock, ledger } = startLedger();
  ledger.apply(deltaOf([plain("/"), plain("/")]), "w");
  await clock.advance(500);
  assert.equal(ledger.snapshot(CONTEXT).total.currentPerSecond, 4);
  await clock.advance(500);
  ledger.rotate();
  assert.equal(ledger.snapshot(CONTEXT).total.currentPerSecond, 2);
  ledger.apply(deltaOf([plain("/"), plain("/"), plain("/"), plain("/")]), "w");
  await clock.advance(1000);
  ledger.rotate();
  assert.equal(ledger.snapshot(CONTEXT).total.currentPerSecond, 3);
});

test("Ledger.rotate() that comes late makes no rate too high", async () => {
  const { clock, ledger } = startLedger();
  ledger.apply(deltaOf(Array.from({ length: 50 }, () => plain("/"))), "w");
  await clock.advance(5000);
  ledger.rotate();
  const { total, tick } = ledger.snapshot(CONTEXT);
  assert.equal(total.currentPerSecond, 10);
  assert.equal(tick, 5);
});

test("Ledger.snapshot() window percentiles forget what is older than 10 ticks", async () => {
  const { clock, ledger } = startLedger();
  ledger.apply(deltaOf([plain("/", { ms: 5000 })]), "w");
  for (let second = 0; second < 11; second++) {
    await clock.advance(1000);
    ledger.rotate();
    ledger.apply(deltaOf([plain("/", { ms: 7 })]), "w");
  }
  const { total } = ledger.snapshot(CONTEXT);
  assert.equal(total.windowPercentilesMs.at(-1), 7);
  assert.equal(total.percentilesMs.at(-1), 5000);
  for (let second = 0; second < 12; second++) {
    await clock.advance(1000);
    ledger.rotate();
  }
  assert.deepEqual(new Set(ledger.snapshot(CONTEXT).total.windowPercentilesMs), new Set([null]));
});

test("Ledger.snapshot() shows what came after the last tick: the last second is in every file", () => {
  const { ledger } = startLedger();
  ledger.rotate();
  ledger.apply(deltaOf([plain("/")]), "w");
  assert.equal(ledger.snapshot(CONTEXT).total.requests, 1);
  ledger.apply(deltaOf([plain("/")]), "w");
  assert.equal(ledger.snapshot(CONTEXT).total.requests, 2);
});

test("Ledger dates follow the run's start and the monotonic clock, also when the date is set in mid-run", async () => {
  const { clock, ledger } = startLedger();
  const startWallMs = clock.wallMs();
  await clock.advance(60_000);
  clock.setWall(0);
  ledger.apply(ageDelta(deltaOf([plain("/", { failure: "no" })]), 20_000), "w");
  const { total, failures, wallMs } = ledger.snapshot(CONTEXT);
  assert.equal(wallMs, startWallMs + 60_000);
  assert.equal(total.lastWallMs, startWallMs + 40_000);
  assert.equal(failures[0]?.firstWallMs, startWallMs + 40_000);
});

test("Ledger.details() counts by second of the master's clock, one point per tick that had requests", async () => {
  const { clock, ledger } = startLedger();
  const second = Math.floor(clock.wallMs() / 1000);
  for (const count of [3, 0, 2]) {
    if (count > 0) {
      ledger.apply(
        deltaOf(Array.from({ length: count }, () => plain("/", { failure: count === 2 ? "no" : undefined }))),
        "w",
      );
    }
    await clock.advance(1003);
    ledger.rotate();
  }
  const [row] = ledger.details();
  assert.deepEqual(row?.requestsBySecond, [[second, 3], [second + 2, 2]]);
  assert.deepEqual(row?.failuresBySecond, [[second + 2, 2]]);
});

test("Ledger groups exceptions over workers and names them", () => {
  const { ledger } = startLedger();
  const exception = { message: "boom", stack: "at x", where: "A.t", count: 2 };
  const delta = { ...deltaOf([plain("/")]), exceptions: [exception] };
  ledger.apply(delta, "w2");
  ledger.apply(delta, "w1");
  assert.deepEqual(ledger.snapshot(CONTEXT).exceptions, [{ ...exception, count: 4, workers: ["w1", "w2"] }]);
  assert.equal(ledger.byWorker.requestsOf("w1"), 1);
  assert.equal(ledger.byWorker.requestsOf("w9"), 0);
});

test("Ledger.apply() of a malformed delta throws bad_stats and counts nothing of it", () => {
  const { ledger } = startLedger();
  const good = deltaOf([plain("/a"), plain("/b")]);
  const entries = good.entries.map((entry, i) => i === 1 ? { ...entry, times: Uint8Array.of(9, 9) } : entry);
  assert.throws(() => ledger.apply({ ...good, entries }, "w"), { code: "bad_stats" });
  assert.equal(ledger.snapshot(CONTEXT).entries.length, 0);
  assert.equal(ledger.byWorker.requestsOf("w"), 0);
});

test("Ledger bounds the names of all workers together", () => {
  const clock = new FakeClock();
  const ledger = new Ledger({ clock, maxNames: 2 });
  ledger.apply(deltaOf([plain("/a"), plain("/b")]), "w1");
  ledger.apply(deltaOf([plain("/c"), plain("/d"), plain("/a")]), "w2");
  assert.equal(ledger.counts().overflowedRequests, 2);
  assert.deepEqual(ledger.snapshot(CONTEXT).entries.map(({ name }) => name), ["(other)", "/a", "/b"]);
});

test("Ledger.snapshot() dates the start of a row before its first request, however late that is delivered", async () => {
  const { clock, ledger } = startLedger();
  const startWallMs = clock.wallMs();
  await clock.advance(2500);
  ledger.apply(deltaOf([plain("/late")]), "w");
  const row = ledger.snapshot(CONTEXT).entries[0]!;
  assert.equal(row.startWallMs, startWallMs);
  assert.ok(row.lastWallMs !== null && row.lastWallMs > row.startWallMs);
});

test("Ledger.reset() zeroes everything and leaves the rows listed; the run's own time goes on", async () => {
  const { clock, ledger } = startLedger();
  ledger.apply(deltaOf([plain("/", { failure: "no" })]), "w");
  await clock.advance(3000);
  ledger.rotate();
  ledger.reset();
  const { total, entries, failures, elapsedMs, loadMs, resetMs, tick } = ledger.snapshot(CONTEXT);
  assert.deepEqual([total.requests, total.failures, failures.length], [0, 0, 0]);
  assert.deepEqual([elapsedMs, loadMs, resetMs, tick], [3000, 0, 3000, 3]);
  assert.deepEqual(entries.map(({ name, requests }) => [name, requests]), [["/", 0]]);
  assert.equal(total.startWallMs, clock.wallMs());
});

test("Ledger.apply() after a reset drops deltas of before it and counts those that carry its mark", async () => {
  const { clock, ledger } = startLedger();
  await clock.advance(5000);
  ledger.reset();
  assert.equal(ledger.apply(deltaOf([plain("/"), plain("/")]), "w"), false);
  assert.equal(ledger.apply({ ...deltaOf([plain("/")]), resets: 1 }, "w"), true);
  await clock.advance(2000);
  const { total } = ledger.snapshot(CONTEXT);
  assert.deepEqual([total.requests, total.totalPerSecond, ledger.byWorker.requestsOf("w")], [1, 0.5, 1]);
});

test("Ledger.apply() counts users that ended, before a reset and in a delta of before it, across save() and restore()", () => {
  const { clock, ledger } = startLedger();
  ledger.apply({ ...deltaOf([plain("/")]), failedStarts: 1, lostUsers: 2 }, "w");
  ledger.reset();
  assert.equal(ledger.apply({ ...deltaOf([plain("/")]), retries: 1, lostUsers: 3, quitUsers: 4 }, "w"), false);
  const { failedStarts, lostUsers, quitUsers, retries } = ledger.counts();
  assert.deepEqual([failedStarts, lostUsers, quitUsers, retries], [1, 5, 4, 0]);
  assert.deepEqual(Ledger.restore(ledger.save(), { clock }).counts(), ledger.counts());
});

test("Ledger.rotate() shortly after a reset ends no whole tick: current rates are over the time since the reset", async () => {
  const { clock, ledger } = startLedger();
  await clock.advance(4800);
  ledger.reset();
  await clock.advance(200);
  ledger.rotate();
  ledger.apply({ ...deltaOf(Array.from({ length: 24 }, () => plain("/"))), resets: 1 }, "w");
  await clock.advance(1000);
  ledger.rotate();
  const { total, tick } = ledger.snapshot(CONTEXT);
  assert.deepEqual([total.currentPerSecond, total.totalPerSecond, tick], [20, 20, 6]);
});

test("Ledger.apply() of a reset that an earlier master did not write down makes it again", () => {
  const { ledger } = startLedger();
  ledger.apply(deltaOf([plain("/"), plain("/")]), "w");
  ledger.apply({ ...deltaOf([plain("/")]), resets: 1 }, "w");
  assert.deepEqual([ledger.snapshot(CONTEXT).total.requests, ledger.resets], [1, 1]);
});

test("Ledger.endLoad(): what comes after the stop is counted and lowers or raises no rate", async () => {
  const { clock, ledger } = startLedger();
  for (let second = 0; second < 5; second++) {
    ledger.apply(deltaOf(Array.from({ length: 20 }, () => plain("/"))), "w");
    await clock.advance(1000);
    if (second < 4) ledger.rotate();
  }
  ledger.endLoad();
  const drained = deltaOf([plain("/"), plain("/", { failure: "no" })]);
  const drain = { ended: 2, started: 1, startedFailures: 1 };
  ledger.apply({ ...drained, entries: drained.entries.map((entry) => ({ ...entry, drain })) }, "w");
  for (let second = 0; second < 12; second++) {
    await clock.advance(1000);
    ledger.rotate();
  }
  const { total, elapsedMs, loadMs, loadEndedMs, tick } = ledger.snapshot(CONTEXT);
  assert.deepEqual([elapsedMs, loadMs, loadEndedMs, tick], [17_000, 5000, 5000, 17]);
  assert.deepEqual([total.requests, total.failures, total.drain], [102, 1, drain]);
  assert.deepEqual([total.totalPerSecond, total.totalFailuresPerSecond], [101 / 5, 0]);
  assert.deepEqual([total.currentPerSecond, total.currentFailuresPerSecond], [20, 0]);
});

test("Ledger.endLoad(): current figures have the samples of before the stop that workers deliver after it", async () => {
  const cases = [
    { at: "shortly after a tick", lastMs: 200 },
    { at: "shortly before a tick", lastMs: 800 },
  ];
  for (const { at, lastMs } of cases) {
    const { clock, ledger } = startLedger();
    for (let second = 0; second < 4; second++) {
      await clock.advance(1000);
      // A worker delivers each second, what it made in the half of a second before this moment is on its way.
      ledger.apply(deltaOf(Array.from({ length: second === 0 ? 10 : 20 }, () => plain("/"))), "w");
      ledger.rotate();
    }
    await clock.advance(lastMs);
    ledger.endLoad();
    await clock.advance(300);
    const late = deltaOf([
      ...Array.from({ length: 8 + lastMs / 50 }, () => plain("/")),
      plain("/", { failure: "no" }),
      plain("/", { failure: "no" }),
      plain("/"), // the last one ended after the stop
    ]);
    const drain = { ended: 1, started: 0, startedFailures: 0 };
    ledger.apply({ ...late, entries: late.entries.map((entry) => ({ ...entry, drain })) }, "w");
    for (let second = 0; second < 12; second++) {
      ledger.rotate();
      await clock.advance(1000);
    }
    const { total } = ledger.snapshot(CONTEXT);
    const loadSeconds = 4 + lastMs / 1000;
    assert.equal(total.currentPerSecond, 20, at);
    assert.equal(total.currentFailuresPerSecond, 2 / loadSeconds, at);
  }
});

test("Ledger.restore() keeps the reset and the stop of the run", async () => {
  const { clock, ledger } = startLedger();
  await clock.advance(1000);
  ledger.reset();
  await clock.advance(2000);
  ledger.endLoad();
  await clock.advance(3000);
  const later = new FakeClock({ nowMs: 77, wallMs: clock.wallMs() + 4000 });
  const restored = Ledger.restore(JSON.parse(JSON.stringify(ledger.save())), { clock: later });
  const { elapsedMs, loadMs, loadEndedMs, resetMs } = restored.snapshot(CONTEXT);
  assert.deepEqual([elapsedMs, loadMs, loadEndedMs, resetMs, restored.resets], [10_000, 2000, 3000, 1000, 1]);
});

test("Ledger.restore() goes on where save() was, through JSON", async () => {
  await fc.assert(fc.asyncProperty(fc.array(samples, { minLength: 1, maxLength: 4 }), async (lists) => {
    const { clock, ledger } = startLedger();
    for (const list of lists) {
      ledger.apply({ ...deltaOf(list), exceptions: [{ message: "m", stack: "s", where: "w", count: 1 }] }, "w1");
      await clock.advance(1000);
      ledger.rotate();
    }
    const state = JSON.parse(JSON.stringify(ledger.save()));
    const later = new FakeClock({ nowMs: 5, wallMs: clock.wallMs() });
    const restored = Ledger.restore(state, { clock: later });
    // The window is not kept: one empty tick makes both have none.
    for (const one of [ledger, restored]) for (let i = 0; i < 11; i++) one.rotate();
    const strip = (snapshot: SnapshotMessage) =>
      JSON.stringify(totals(snapshot), (key, value) => key.startsWith("current") ? undefined : value);
    assert.equal(strip(restored.snapshot(CONTEXT)), strip(ledger.snapshot(CONTEXT)));
    assert.deepEqual(restored.details(), ledger.details());
    assert.deepEqual(restored.counts(), ledger.counts());
    assert.equal(restored.byWorker.requestsOf("w1"), ledger.byWorker.requestsOf("w1"));
    assert.ok(restored.snapshot(CONTEXT).tick >= lists.length);
  }));
});

test("Ledger.restore() counts the time that the master was away", async () => {
  const { clock, ledger } = startLedger();
  ledger.apply(deltaOf([plain("/")]), "w");
  await clock.advance(10_000);
  const state = ledger.save();
  const later = new FakeClock({ nowMs: 1_000_000, wallMs: clock.wallMs() + 30_000 });
  const { elapsedMs, wallMs, total } = Ledger.restore(state, { clock: later }).snapshot(CONTEXT);
  assert.deepEqual([elapsedMs, wallMs], [40_000, later.wallMs()]);
  assert.equal(total.lastWallMs, clock.wallMs() - 10_000);
});

test("Ledger.restore() refuses the state of another version", () => {
  const { clock, ledger } = startLedger();
  assert.throws(() => Ledger.restore({ ...ledger.save(), version: 99 }, { clock }), { code: "bad_state" });
});
