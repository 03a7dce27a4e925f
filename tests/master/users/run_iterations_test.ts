import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY_DELTA } from "../../../src/protocol/delta_message.ts";
import type { IterationPlan } from "../../../src/protocol/iterations_message.ts";
import type { IterationUsers } from "../../../src/master/users/iteration_users.ts";
import { RunIterations } from "../../../src/master/users/run_iterations.ts";
import { PLAN } from "../../support/pool_fixture.ts";
import { RunBench } from "../../support/run_bench.ts";

const EACH: IterationPlan = { name: "", userClasses: ["A", "B"], kind: "perUser", count: 5 };
const USERS: IterationUsers = {
  isOn: true,
  isSettled: true,
  hasEnded: false,
  running: {},
  wanted: { A: 2, B: 1 },
  target: 3,
  lost: [],
  leases: [],
  counts: {},
  elapsedMs: 0,
  isHere: () => true,
  arrivalsOf: () => undefined,
};

function iterationsOf(plan: IterationPlan, classes: readonly string[]) {
  let users = USERS;
  const iterations = new RunIterations({ plans: [plan], classes, users: () => users });
  const read = <T>(now: IterationUsers, value: () => T): T => {
    users = now;
    return value();
  };
  return {
    iterations,
    isOver: (now: IterationUsers) => read(now, () => iterations.isOver),
    planned: (now: IterationUsers) => read(now, () => iterations.planned()),
  };
}

test("RunIterations.isOver waits for the ramp, for each user, and for classes without a number", () => {
  const { isOver } = iterationsOf(EACH, ["A", "B"]);
  assert.equal(isOver({ ...USERS, isSettled: false }), false);
  assert.equal(isOver({ ...USERS, running: { B: 1 } }), false);
  assert.equal(isOver({ ...USERS, wanted: {} }), false);
  assert.equal(isOver(USERS), true);
  assert.equal(iterationsOf(EACH, ["A", "B", "C"]).isOver(USERS), false);
});

test("RunIterations.planned() asks for those of the most users there were, and knows what a lost worker may have started", () => {
  const { iterations, planned } = iterationsOf(EACH, ["A", "B"]);
  assert.deepEqual(planned({ ...USERS, wanted: { A: 1 }, target: 3 }), [
    { name: "", kind: "perUser", asked: 15, unknown: 0 },
  ]);
  iterations.count("w1", { "": { started: 3, ended: 3, interrupted: 0 } });
  iterations.count("w1", { "": { started: 1, ended: 0, interrupted: 0 } });
  const lost = [{ workerId: "w1", users: { A: 1, B: 1 } }];
  assert.deepEqual(planned({ ...USERS, wanted: { A: 1 }, target: 1, lost })[0], {
    name: "",
    kind: "perUser",
    asked: 15,
    unknown: 6,
  });
});

const LIMITED = { plan: { ...PLAN, iterations: [{ ...EACH, userClasses: ["Shopper"] }] } };

test("Run ends with the last user that has made its iterations", async () => {
  const bench = new RunBench(LIMITED);
  await bench.begin("w1");
  const { epoch } = bench.assignments("w1").at(-1) ?? { epoch: 0 };
  bench.run.hear("w1", { kind: "applied", runId: bench.run.id, epoch, users: { Shopper: 1 } });
  assert.equal(bench.run.state, "running");
  bench.run.hear("w1", { kind: "applied", runId: bench.run.id, epoch, users: {} });
  assert.equal(bench.run.state, "stopping");
  const delta = { ...EMPTY_DELTA, iterations: { "": { started: 20, ended: 20, interrupted: 0 } } };
  bench.run.hear("w1", { kind: "stats", runId: bench.run.id, seq: 1, spanMs: 1000, delta });
  bench.run.hear("w1", { kind: "stopped", runId: bench.run.id, lastSeq: 1, abandoned: 0 });
  await bench.run.drained;
  const { reason, snapshot } = bench.run.conclude();
  assert.deepEqual(reason, { kind: "iterations", count: 5, of: "eachUser" });
  assert.deepEqual(snapshot.iterations, [
    { name: "", kind: "perUser", asked: 20, unknown: 0, started: 20, ended: 20, interrupted: 0 },
  ]);
});

test("Run starts no user with a number of iterations in the place of one whose worker is gone", async () => {
  const bench = new RunBench(LIMITED);
  await bench.begin("w1", "w2");
  const before = bench.assignments("w1").length;
  bench.roster.leave("w2", "killed");
  bench.run.workersChanged();
  assert.equal(bench.assignments("w1").length, before);
  assert.equal(bench.run.snapshot().iterations?.[0]?.unknown, 10);
});

const SHARED: IterationPlan = { name: "buy", userClasses: ["A"], kind: "shared", count: 100 };

test("RunIterations.isOver knows by the counts that a shared number is done, whatever its users still wait for", () => {
  const { iterations, isOver } = iterationsOf(SHARED, ["A"]);
  const users = { ...USERS, isSettled: false, running: { A: 5 } };
  assert.equal(isOver({ ...users, counts: { buy: { started: 100, ended: 99, interrupted: 0 } } }), false);
  assert.equal(isOver({ ...users, counts: { buy: { started: 100, ended: 99, interrupted: 1 } } }), true);
  assert.equal(isOver({ ...USERS, wanted: { A: 5 } }), true, "all users have ended");
  assert.deepEqual(iterations.reason, { kind: "iterations", count: 100, of: "all" });
});

test("Run ends with the numbers that say that all iterations have ended, not with its next tick", async () => {
  const bench = new RunBench({ plan: { ...PLAN, iterations: [{ ...SHARED, userClasses: ["Shopper"] }] } });
  await bench.begin("w1");
  const tell = (seq: number, ended: number) => {
    const delta = { ...EMPTY_DELTA, iterations: { buy: { started: ended, ended, interrupted: 0 } } };
    bench.run.hear("w1", { kind: "stats", runId: bench.run.id, seq, spanMs: 1000, delta });
  };
  tell(1, 99);
  assert.notEqual(bench.run.state, "stopping");
  tell(2, 1);
  assert.equal(bench.run.state, "stopping");
});

test("RunIterations.planned() of a shared number: unknown is what a thread that is gone may have started", () => {
  const { planned } = iterationsOf(SHARED, ["A"]);
  const lease = { name: "iterations/buy", size: 100, used: 90, left: 10, unsure: 30 };
  const unknownOf = (started: number, unsure = 30) =>
    planned({
      ...USERS,
      leases: [{ ...lease, unsure }],
      counts: { buy: { started, ended: started, interrupted: 0 } },
    })[0]?.unknown;
  assert.equal(unknownOf(50), 30);
  assert.equal(unknownOf(85), 5, "the rest of what it was granted is known to be started");
  assert.equal(unknownOf(50, 0), 0);
  const counts = { buy: { started: 60, ended: 60, interrupted: 0 } };
  const [ended] = planned({ ...USERS, hasEnded: true, leases: [{ ...lease, unsure: 3 }], counts });
  assert.equal(ended?.unknown, 30, "used for certain is not counted yet: its worker was killed before it delivered");
});

test("RunIterations.isEnding when there is no number left for a user that takes its next one", () => {
  let left: number | null = 3;
  const users = () => ({
    ...USERS,
    wanted: { A: 2 },
    leases: [{ name: "iterations/buy", size: 100, used: 97, left, unsure: 0 }],
  });
  const iterations = new RunIterations({ plans: [SHARED], classes: ["A"], users });
  assert.equal(iterations.isEnding, false);
  left = 2;
  assert.equal(iterations.isEnding, true);
});

test("RunIterations of arrivals: over when each was started or dropped, or a moment after the last one if some are lost", () => {
  let users: IterationUsers = USERS;
  const iterations = new RunIterations({ plans: [SHARED], classes: [], openClasses: ["A"], users: () => users });
  const isOver = (now: Partial<IterationUsers>) => {
    users = { ...USERS, wanted: {}, ...now };
    return iterations.isOver;
  };
  const all = { planned: 100, notCounted: 0, asked: 100, started: 97, dropped: 3, late: 0 };
  const arrivalsOf = () => all;
  const counts = (ended: number) => ({ buy: { started: 97, ended, interrupted: 0 } });
  assert.equal(isOver({ arrivalsOf, counts: counts(96), running: { A: 1 } }), false);
  assert.equal(isOver({ arrivalsOf, counts: counts(97), running: { A: 1 } }), true);
  const lost = () => ({ ...all, asked: 90, started: 90, dropped: 0 });
  assert.equal(isOver({ arrivalsOf: lost, counts: counts(90), elapsedMs: 1000 }), false);
  assert.equal(isOver({ arrivalsOf: lost, counts: counts(90), elapsedMs: 4500, running: { A: 1 } }), false);
  iterations.count("w1", { buy: { started: 90, ended: 70, interrupted: 0 } });
  assert.equal(
    isOver({ arrivalsOf: lost, counts: counts(70), elapsedMs: 4500 }),
    false,
    "a busy worker's heartbeat is of before their start",
  );
  assert.equal(isOver({ arrivalsOf: lost, counts: counts(70), elapsedMs: 4500, isHere: () => false }), true);
  iterations.count("w1", { buy: { started: 0, ended: 20, interrupted: 0 } });
  assert.equal(isOver({ arrivalsOf: lost, counts: counts(90), elapsedMs: 4500 }), true);
  users = { ...users, hasEnded: true };
  assert.equal(iterations.planned()[0]?.unknown, 10);
  users = { ...users, arrivalsOf: () => ({ ...lost(), notCounted: 4 }) };
  assert.equal(iterations.planned()[0]?.unknown, 6, "those before a reset of the statistics are counted nowhere");
});

test("RunIterations of arrivals: those that waited on a killed worker hold up the end for a while, and not for ever", () => {
  let users: IterationUsers = USERS;
  const iterations = new RunIterations({ plans: [SHARED], classes: [], openClasses: ["A"], users: () => users });
  const arrivalsOf = () => ({ planned: 100, notCounted: 0, asked: 100, started: 80, dropped: 0, late: 0 });
  const counts = { buy: { started: 80, ended: 80, interrupted: 0 } };
  const isOverAt = (elapsedMs: number, running = {}) => {
    users = { ...USERS, wanted: {}, arrivalsOf, counts, elapsedMs, running };
    return iterations.isOver;
  };
  assert.equal(isOverAt(1000), false);
  assert.equal(isOverAt(9000, { A: 1 }), false);
  assert.equal(isOverAt(12_000), false, "one was in use 3 s ago");
  assert.equal(isOverAt(19_500), true);
});

test("RunIterations of scenarios end their scenarios, and never the run", () => {
  const done = { ...USERS, counts: { buy: { started: 100, ended: 100, interrupted: 0 } } };
  const iterations = new RunIterations({ plans: [SHARED], classes: [], of: "scenarios", users: () => done });
  assert.equal(iterations.isOver, false);
  assert.equal(iterations.isPlanDone("buy", true), true);
});
