// The laws of a cluster under random schedules of what networks, machines and operators do. A counterexample shrinks to a short list
// of steps that reads like a story: `{"do":"killMaster"}, {"do":"wait","ms":1000}, {"do":"startMaster"}`.
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import fc from "fast-check";
import { ModelCluster } from "../support/model_cluster.ts";

const USERS = 12;
const MAX_WORKERS = 5;

type Step =
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "cut" | "reset" | "killWorker" | "leaveWorker"; readonly worker: number }
  | { readonly do: "delay"; readonly worker: number; readonly ms: number }
  | { readonly do: "startWorker"; readonly threads: number }
  | { readonly do: "target"; readonly users: number }
  | { readonly do: "killMaster" | "startMaster" };

const worker = fc.nat(MAX_WORKERS - 1);
const wait: fc.Arbitrary<Step> = fc.record({
  do: fc.constant("wait" as const),
  ms: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 4000 }), fc.constant(8000)),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: wait },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom("cut" as const, "reset" as const), worker }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("killWorker" as const, "leaveWorker" as const), worker }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("delay" as const), worker, ms: fc.constantFrom(1, 200, 1500) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("startWorker" as const), threads: fc.constantFrom(1, 2, 4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("target" as const), users: fc.nat(USERS * 2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom("killMaster" as const, "startMaster" as const) }) },
);

async function take(cluster: ModelCluster, next: Step): Promise<void> {
  const named = "worker" in next ? cluster.workers[next.worker] : undefined;
  const living = named?.isKilled === false ? named : undefined;
  switch (next.do) {
    case "wait":
      return await cluster.clock.advance(next.ms);
    case "cut":
      return living && cluster.cut(living);
    case "reset":
      return living && cluster.reset(living);
    case "killWorker":
      return living && cluster.killWorker(living);
    case "leaveWorker":
      return living?.leave();
    case "delay":
      return living && cluster.setDelay(living, next.ms);
    case "startWorker":
      if (cluster.workers.length < MAX_WORKERS) await cluster.startWorker(next.threads);
      return;
    case "target":
      return cluster.run?.setTarget(next.users, 20);
    case "killMaster":
      return cluster.killMaster();
    case "startMaster":
      return await cluster.startMaster(USERS);
  }
}

/** What holds at any moment. */
function checkAlways(cluster: ModelCluster): void {
  assert.deepEqual(cluster.repeatedIndexes, [], "two users were started with one number");
  for (const row of cluster.master?.roster.list() ?? []) {
    assert.ok(row.users >= 0);
    assert.ok(row.appliedEpoch <= row.assignedEpoch || row.assignedEpoch === 0 || row.state === "ready");
    if (row.state === "missing" || row.state === "gone") assert.equal(row.users, 0, `${row.id} is away with users`);
  }
}

async function live(steps: readonly Step[], moves: "fewest" | "unmoved"): Promise<void> {
  using cluster = new ModelCluster(moves);
  await cluster.startMaster(USERS);
  await cluster.startWorker(1);
  await cluster.startWorker(2);
  await cluster.clock.advance(1500);
  for (const next of steps) {
    await take(cluster, next);
    checkAlways(cluster);
  }

  // The world calms down: the master is there, and so is everybody who lives.
  await cluster.startMaster(USERS);
  for (const each of cluster.workers) cluster.setDelay(each, 1);
  await cluster.clock.advance(25_000);
  const living = cluster.workers.filter((each) => !each.isKilled && !each.isLeaving);
  checkAlways(cluster);
  const run = cluster.run;
  assert.ok(run !== undefined);
  if (living.length > 0) {
    assert.equal(run.state, "running");
    assert.equal(living.reduce((sum, each) => sum + each.userCount, 0), run.targetUserCount, "users = target");
    const { usersByClass } = run.snapshot();
    assert.equal(Object.values(usersByClass).reduce((sum, count) => sum + count, 0), run.targetUserCount);
    for (const each of living) assert.equal(cluster.master?.roster.get(each.id)?.users, each.userCount);
  }

  const { snapshot } = await cluster.end();
  let counted = 0;
  for (const each of cluster.workers) {
    const requests = snapshot.workers.find(({ id }) => id === each.id)?.requests ?? 0;
    counted += requests;
    // One that left while no master was there had to go without delivering.
    const mayLose = each.isKilled || (each.isLeaving && steps.some((step) => step.do === "killMaster"));
    if (mayLose) assert.ok(requests <= each.made, `${each.id} made ${each.made}, ${requests} were counted`);
    else assert.equal(requests, each.made, `${each.id} made ${each.made}, ${requests} were counted`);
  }
  assert.equal(snapshot.total.requests, counted);
}

/** A worker that is given users on a link that is cut before they reach it: it must not stay without any when it is back. */
const NEVER_TOLD: Step[] = [
  { do: "startWorker", threads: 1 },
  { do: "delay", worker: 2, ms: 1500 },
  { do: "startWorker", threads: 1 },
  { do: "cut", worker: 2 },
];

test("cluster model: each request is counted once, users are the target when it is quiet, whatever happens", async () => {
  const moves = fc.constantFrom("fewest" as const, "unmoved" as const);
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), moves, live), {
    numRuns: Number(process.env["MODEL_RUNS"] ?? 25),
    examples: [[NEVER_TOLD, "fewest"], [NEVER_TOLD, "unmoved"]],
  });
});
