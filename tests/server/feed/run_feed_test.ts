import assert from "node:assert/strict";
import { test } from "node:test";
import type { CapacityProgress } from "../../../src/protocol/capacity_message.ts";
import type { ThresholdStatus } from "../../../src/protocol/threshold_message.ts";
import { SpanCounter } from "../../../src/stats/ledger/span_counter.ts";
import type { ApiTick } from "../../../src/server/answers/api_snapshot.ts";
import { searchSimulated } from "../../support/simulated_search.ts";
import { createCurve } from "../../support/simulated_system.ts";
import { recordRun, STARTED } from "../../support/recorded_run.ts";
import { createWebFixture } from "../../support/web_fixture.ts";

const VALID = { kind: "valid", doubts: [] } as const;

test("while a run is being started, nothing is told of the one before; if the start fails, all of it is", async () => {
  const { ask, feed } = createWebFixture();
  const { ended } = await recordRun();
  feed.sink(STARTED);
  feed.sink(ended);
  const read = async (path: string) => await (await ask(path)).json();
  const paths = ["/api/v1/snapshot", "/api/v1/failures", "/api/v1/history", "/api/v1/workers"];
  const before = await Promise.all(paths.map(read));
  feed.startAsked(null);
  const { run, total, rows, failures, thresholds, markers } = feed.snapshot();
  assert.deepEqual(
    [run.state, run.runId, run.users, run.elapsedMs, run.stopReason, run.verdict, run.plan],
    ["spawning", null, 0, 0, null, null, null],
  );
  assert.deepEqual([total.requests, rows, failures, thresholds, markers], [0, [], [], [], []]);
  assert.deepEqual(await read("/api/v1/failures"), { failures: [] });
  assert.deepEqual(await read("/api/v1/history"), { history: [] });
  assert.equal((await read("/stats/requests") as { user_count: number }).user_count, 0);
  feed.startAsked("Cannot load shop.ts", "stopped");
  const [snapshot, ...others] = await Promise.all(paths.map(read)) as [{ run: { problem: string } }, ...unknown[]];
  assert.equal(snapshot.run.problem, "Cannot load shop.ts");
  assert.deepEqual([{ ...snapshot, run: { ...snapshot.run, problem: null } }, ...others], before);
});

test("after a reset the counts are 0 at once, and those of the next tick after it", async () => {
  const { ask, feed } = createWebFixture();
  const { snapshots } = await recordRun();
  const [first, second] = snapshots.slice(4) as [typeof snapshots[0], typeof snapshots[0]];
  feed.sink(STARTED);
  feed.sink({ kind: "ticked", snapshot: first });
  assert.ok(feed.snapshot().total.requests > 0);
  feed.sink({ kind: "statsReset" });
  const { run, total, rows, failures } = feed.snapshot();
  assert.deepEqual([total.requests, total.p95Ms, rows, failures], [0, null, [], []]);
  assert.deepEqual([run.runId, run.users], ["r1", first.userCount]);
  const { stats } = await (await ask("/stats/requests")).json() as { stats: readonly { num_requests: number }[] };
  assert.deepEqual(stats.map(({ num_requests }) => num_requests), [0]);
  feed.sink({ kind: "ticked", snapshot: second });
  assert.equal(feed.snapshot().total.requests, second.total.requests);
  assert.equal(feed.snapshot().rows.length, second.entries.length);
});

test("checks, metrics and transactions are in the snapshot, in a tick that changed them, and gone after a reset", async () => {
  const { ask, feed } = createWebFixture();
  const { snapshots } = await recordRun();
  const [first] = snapshots.slice(4) as [typeof snapshots[0]];
  const withCheck = (passes: number) => ({
    ...first,
    measures: { checks: [{ name: "is ok", passes, fails: 1 }], metrics: [], transactions: [] },
  });
  feed.sink(STARTED);
  feed.sink({ kind: "ticked", snapshot: withCheck(1) });
  const shown = { checks: [{ name: "is ok", passes: 1, fails: 1, passRate: 0.5 }] };
  assert.deepEqual(feed.snapshot().measures, shown);
  assert.deepEqual((await (await ask("/api/v1/snapshot")).json() as { measures: unknown }).measures, shown);
  feed.sink({ kind: "ticked", snapshot: withCheck(3) });
  assert.deepEqual(feed.snapshot().measures.checks?.[0]?.passRate, 0.75);
  feed.sink({ kind: "statsReset" });
  assert.deepEqual(feed.snapshot().measures, {});
});

test("a capacity search is in the snapshot and the ticks: its steps when there is a new one, its sentence with each", async () => {
  const { feed, log } = createWebFixture();
  const { snapshots } = await recordRun();
  const report = searchSimulated(createCurve({ medianMs: (load) => load > 40 ? 400 : 20, seed: 1 }), {
    unit: "users",
    start: 30,
    slo: ["p99<100ms"],
  });
  const progress: CapacityProgress = {
    unit: "users",
    number: 2,
    purpose: "rise",
    load: 60,
    part: "settling",
    low: 30,
    high: null,
    figures: [],
  };
  const [step] = report.steps;
  assert.ok(step !== undefined);
  feed.sink({ ...STARTED, capacity: { unit: "users", start: 30, max: 1000, slo: ["p99<100ms"] } });
  const before = log.lastId;
  assert.equal(feed.snapshot().capacity?.steps.length, 0);
  feed.sink({ kind: "ticked", snapshot: snapshots[3] as typeof snapshots[0], capacity: progress });
  assert.equal(feed.snapshot().search, "search: step 2 (rise), 60 users, settling  (30 users held)");
  feed.sink({ kind: "capacityStep", step, elapsedMs: 5000 });
  feed.sink({ kind: "ticked", snapshot: snapshots[4] as typeof snapshots[0], capacity: progress });
  feed.sink({ kind: "ticked", snapshot: snapshots[5] as typeof snapshots[0], capacity: progress });
  const texts = (log.since(before) ?? []).map((event) => new TextDecoder().decode(event.bytes("plain")));
  const ticks = texts.filter((text) => /^event: ?tick$/m.test(text)).map((text) =>
    JSON.parse(/^data: ?(.*)$/m.exec(text)?.[1] ?? "null") as ApiTick
  );
  assert.ok(ticks.length >= 2);
  assert.deepEqual(ticks.map(({ capacity }) => capacity?.steps.length).slice(-2), [1, undefined]);
  assert.ok(ticks.every(({ search }) => search !== undefined));
  assert.match(feed.snapshot().markers.findLast(({ kind }) => kind === "step")?.text ?? "", /^Step 1: 30 users /);
  const { snapshot } = { snapshot: snapshots[5] as typeof snapshots[0] };
  const { seconds: _, ...capacity } = report;
  feed.sink({ kind: "runEnded", reason: { kind: "searchEnded", end: "found" }, snapshot, verdict: VALID, capacity });
  assert.equal(feed.snapshot().search, undefined);
  assert.equal(feed.snapshot().capacity?.sentence, report.sentence);
});

test("the first tick of a run brings its thresholds, also where they stand as those of the run before at its end", async () => {
  const { feed, log } = createWebFixture();
  const { ended, snapshots } = await recordRun();
  const thresholds: readonly ThresholdStatus[] = [{
    expression: "failures_count<10",
    scope: "Aggregated",
    metric: "failures",
    statistic: "failures_count",
    operator: "<",
    limit: 10,
    unit: "",
    measured: 0,
    state: "met",
    crossedAtSeconds: null,
    windowSeconds: null,
    aborts: false,
  }];
  const [first, second] = snapshots as [typeof snapshots[0], typeof snapshots[0]];
  feed.sink(STARTED);
  feed.sink({ ...ended, thresholds });
  feed.sink({ ...STARTED, runId: "r2" });
  const before = log.lastId;
  feed.sink({ kind: "ticked", snapshot: first, thresholds });
  feed.sink({ kind: "ticked", snapshot: second, thresholds });
  const ticks = (log.since(before) ?? []).map((event) => new TextDecoder().decode(event.bytes("plain")))
    .filter((text) => /^event: tick$/m.test(text))
    .map((text) => JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "null") as ApiTick);
  assert.deepEqual(ticks.map((tick) => tick.thresholds?.map(({ state }) => state)), [["met"], undefined]);
});

test("a run that ends before its first tick has its users, at their peak and in the history of each row", async () => {
  const { ask, feed } = createWebFixture();
  const { ended } = await recordRun();
  const [row] = ended.snapshot.entries;
  assert.ok(row !== undefined);
  feed.sink(STARTED);
  feed.sink({ kind: "rampCompleted", users: 5, usersByClass: { Shop: 5 } });
  const span = { ...new SpanCounter().take(), fromSecond: 0, toSecond: 1, elapsedMs: 400, users: 5 };
  feed.sink({ ...ended, snapshot: { ...ended.snapshot, userCount: 0, usersByClass: {} }, span });
  assert.deepEqual([feed.run().users, feed.run().peakUsers], [0, 5]);
  const path = `/api/v1/history?entry=${encodeURIComponent(`${row.method} ${row.name}`)}`;
  const { history } = await (await ask(path)).json() as { history: { users: number }[] };
  assert.deepEqual(history.map(({ users }) => users), [5]);
});
