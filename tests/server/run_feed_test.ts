import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvent } from "../../src/master/run_event.ts";
import { recordRun } from "../support/recorded_run.ts";
import { createWebFixture } from "../support/web_fixture.ts";

const STARTED: Extract<RunEvent, { kind: "runStarted" }> = {
  kind: "runStarted",
  runId: "r1",
  wallMs: 1_790_000_000_000,
  version: "1",
  locustfile: "shop.ts",
  userClasses: ["Shopper"],
  targetUsers: 10,
  spawnRate: 1,
  runTimeSeconds: 12,
  seed: 1,
};

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
