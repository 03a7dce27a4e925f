import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Clock } from "../../../src/base/clock.ts";
import { Roster } from "../../../src/master/workers/roster.ts";
import { describeIncidents, type RosterChange } from "../../../src/master/workers/roster_worker.ts";
import type { WorkerIntroduction } from "../../../src/protocol/worker_message.ts";

function createBench() {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs } as Clock;
  const roster = new Roster({ clock });
  const greet = (id: string) => roster.greet(helloOf(id));
  return {
    roster,
    greet,
    join(id: string) {
      greet(id);
      return roster.declare(id, { kind: "ready", locustfileHash: "h", userClasses: ["A"] });
    },
    /** `seconds` checks, one each second; the ids in `speaking` are heard before each. */
    watch(seconds: number, speaking: readonly string[] = []): RosterChange[] {
      const changes: RosterChange[] = [];
      for (let second = 0; second < seconds; second++) {
        nowMs += 1000;
        for (const id of speaking) roster.hear(id);
        changes.push(...roster.check());
      }
      return changes;
    },
    suspend: (ms: number) => (nowMs += ms),
  };
}

function helloOf(workerId: string): WorkerIntroduction {
  return { protocol: [1, 0], version: "0", workerId, host: "h", threads: 2 };
}

const told = (changes: readonly RosterChange[]) => changes.map((change) => `${change.kind} ${change.worker.id}`);

test("Roster.declare() tells of a new worker once and numbers workers by arrival", () => {
  const { roster, join } = createBench();
  assert.equal(join("a")?.kind, "joined");
  assert.equal(join("b")?.kind, "joined");
  assert.deepEqual(roster.list().map((worker) => [worker.id, worker.index, worker.state]), [
    ["a", 0, "ready"],
    ["b", 1, "ready"],
  ]);
});

test("Roster.check() makes a worker missing after 5 silent seconds and frees its users", () => {
  const { roster, join, watch } = createBench();
  join("a");
  join("b");
  roster.assign("a", 1, { A: 7 });
  roster.apply("a", 1, { A: 7 });
  assert.deepEqual(told(watch(4, ["b"])), []);
  const [change] = watch(1, ["b"]);
  assert.equal(change?.kind === "missing" && change.users, 7);
  assert.equal(change?.worker.id, "a");
  assert.deepEqual(roster.usersByClass(), {});
  assert.deepEqual(roster.placeable().map((worker) => worker.id), ["b"]);
});

test("Roster.hearPart(): a worker whose large message is on its way is not silent, and one that is missing is not back", () => {
  const { roster, join, watch } = createBench();
  join("w1");
  for (let second = 0; second < 20; second++) {
    assert.deepEqual(watch(1), []);
    roster.hearPart("w1");
  }
  assert.equal(roster.get("w1")?.incidents.longestSilenceMs, 0);
  assert.deepEqual(told(watch(5)), ["missing w1"]);
  roster.hearPart("w1");
  assert.equal(roster.get("w1")?.state, "missing");
  assert.equal(roster.hear("w1")?.kind, "returned");
});

test("Roster.hearPart(): a part within a second of a message is not one that is long on its way", () => {
  const { roster, join, watch } = createBench();
  join("w1");
  watch(1, ["w1"]);
  roster.hear("w1");
  roster.hearPart("w1");
  assert.equal(roster.get("w1")?.lastPartMs, undefined);
});

test("Roster.check() gives a worker with a broken link two seconds to dial again", () => {
  const { roster, join, watch } = createBench();
  join("a");
  join("b");
  roster.loseLink("a", "connection reset");
  roster.loseLink("b", "connection reset");
  watch(1);
  roster.greet(helloOf("b"));
  const changes = watch(1, ["b"]);
  assert.deepEqual(told(changes), ["missing a"]);
  assert.equal(changes[0]?.kind === "missing" && changes[0].brokenBy, "connection reset");
});

test("Roster.greet() lets a worker that redials keep its users until its fresh assignment", () => {
  const { roster, join, greet } = createBench();
  join("a");
  roster.assign("a", 1, { A: 3 });
  roster.apply("a", 1, { A: 3 });
  roster.loseLink("a", "connection reset");
  assert.equal(greet("a").state, "running");
  const change = roster.declare("a", {
    kind: "ready",
    locustfileHash: "h",
    userClasses: ["A"],
    run: { runId: "r", epoch: 1, users: { A: 3 }, spareIndexes: {} },
  });
  assert.equal(change, undefined);
  assert.equal(roster.get("a")?.state, "ready");
  assert.deepEqual(roster.usersByClass(), { A: 3 });
});

test("Roster.hear() takes a silent worker in again on the same link", () => {
  const { roster, join, watch } = createBench();
  join("a");
  watch(9);
  assert.equal(roster.get("a")?.state, "missing");
  const change = roster.hear("a");
  assert.equal(change?.kind, "returned");
  assert.equal(change?.kind === "returned" && change.awayMs, 9000);
});

test("Roster.check(): a missing worker that is lost again before it is back is missing still, with the users it had", () => {
  const { roster, join, watch, greet } = createBench();
  join("a");
  roster.assign("a", 1, { A: 3 });
  roster.apply("a", 1, { A: 3 });
  assert.deepEqual(told(watch(5)), ["missing a"]);
  greet("a");
  roster.loseLink("a", "connection reset");
  assert.deepEqual(watch(2), [], "that is nothing new");
  assert.equal(roster.get("a")?.state, "missing");
  watch(3);
  greet("a");
  assert.deepEqual(watch(5), []);
  assert.equal(roster.get("a")?.state, "missing");
  const change = join("a");
  assert.ok(change?.kind === "returned");
  assert.deepEqual([change.awayMs, change.users], [15_000, 3]);
});

test("Roster.hear(): a missing worker that was lost while it joined is back when it has declared itself", () => {
  const { roster, join, watch, greet } = createBench();
  join("a");
  watch(5);
  greet("a");
  watch(5);
  assert.equal(roster.hear("a"), undefined);
  assert.equal(roster.get("a")?.state, "joining");
  assert.equal(join("a")?.kind, "returned");
  assert.deepEqual(told(watch(5)), ["missing a"]);
  assert.equal(roster.hear("a")?.kind, "returned", "on the same link");
});

test("Roster.check() forgets a missing worker that begins to join now and then a minute after its last sign of life", () => {
  const { roster, join, watch, greet } = createBench();
  join("a");
  watch(50);
  greet("a");
  watch(50);
  assert.equal(roster.get("a")?.state, "missing");
  watch(10);
  assert.equal(roster.get("a")?.state, "gone");
});

test("Roster.recall(): a worker of an earlier master that is lost while it joins is missing still", () => {
  const { roster, watch, greet } = createBench();
  roster.recall("a", "missing");
  greet("a");
  watch(5);
  assert.equal(roster.get("a")?.state, "missing");
});

test("Roster.check() forgets a worker after a minute, and takes it in when it comes even later", () => {
  const { roster, join, watch, greet } = createBench();
  join("a");
  assert.deepEqual(told(watch(70)), ["missing a", "forgotten a"]);
  assert.equal(roster.get("a")?.state, "gone");
  assert.equal(roster.hear("a"), undefined);
  assert.equal(greet("a").index, 0);
  const change = roster.declare("a", { kind: "ready", locustfileHash: "h", userClasses: [] });
  assert.deepEqual([change?.kind, change?.kind === "returned" && change.awayMs], ["returned", 70_000]);
});

test("Roster.check() does not take its own suspension for the workers' silence", () => {
  const { join, watch, suspend } = createBench();
  join("a");
  suspend(600_000);
  assert.deepEqual(told(watch(1)), []);
  assert.deepEqual(told(watch(5, ["a"])), []);
});

test("Roster.check() says nothing about a worker that never got as far as joining", () => {
  const { roster, greet, watch } = createBench();
  greet("a");
  assert.deepEqual(told(watch(6)), []);
  assert.equal(roster.get("a")?.state, "gone");
});

test("Roster.apply() completes only the latest epoch", () => {
  const { roster, join } = createBench();
  join("a");
  roster.assign("a", 1, { A: 1 });
  roster.assign("a", 2, { A: 2 });
  roster.apply("a", 1, { A: 1 });
  assert.equal(roster.get("a")?.state, "spawning");
  roster.apply("a", 2, { A: 2 });
  assert.equal(roster.get("a")?.state, "running");
});

test("Roster.announceLeave(): no users any more, also after the last one has ended or a silence is over", () => {
  const { roster, join, watch } = createBench();
  const placeable = () => roster.placeable().map((worker) => worker.id);
  join("a");
  join("b");
  roster.assign("a", 1, { A: 1 });
  roster.announceLeave("a");
  assert.deepEqual(placeable(), ["b"]);
  roster.stopped("a");
  assert.deepEqual(placeable(), ["b"]);
  assert.deepEqual(told(watch(6, ["b"])), ["missing a"]);
  assert.equal(roster.hear("a")?.kind, "returned");
  assert.deepEqual(placeable(), ["b"]);
  join("a"); // on a new link: it says again that it leaves
  assert.deepEqual(placeable(), ["a", "b"]);
  assert.equal(roster.leave("a", "SIGTERM")?.kind, "left");
});

test("Roster.leave() tells of a goodbye once", () => {
  const { roster, join } = createBench();
  join("a");
  assert.equal(roster.leave("a", "SIGTERM")?.kind, "left");
  assert.equal(roster.leave("a", "SIGTERM"), undefined);
  assert.equal(roster.readyCount, 0);
});

test("Roster.check() remembers a bounded number of gone workers and never drops a living one", () => {
  const clock = { nowMs: () => 0 } as Clock;
  const roster = new Roster({ clock, limits: { maxRemembered: 2 } });
  for (const id of ["a", "b", "c", "d"]) roster.greet(helloOf(id));
  for (const id of ["b", "d"]) roster.leave(id, "done");
  roster.check();
  assert.deepEqual(roster.list().map((worker) => worker.id), ["a", "c"]);
});

test("Roster tells what a worker got over, and keeps it for the tables until the next run", () => {
  const { roster, join, watch, greet } = createBench();
  join("a");
  assert.equal(roster.loseLink("a", "connection reset")?.kind, "troubled");
  greet("a");
  watch(3);
  const silence = roster.hear("a");
  assert.deepEqual(silence?.kind === "troubled" && silence.trouble, { kind: "wasSilent", silentMs: 3000 });
  assert.equal(roster.hear("a"), undefined);
  const health = { cpuPercent: 1, machineCpuPercent: 1, rssBytes: 1, loopLagP99Ms: 0, latenessP99Ms: 0 };
  const hung = (silentMs: number) => ({ ...health, hung: [{ thread: 1, silentMs, doing: "A.t" }] });
  assert.equal(roster.beat("a", { users: 1 }, hung(2000))?.kind, "troubled");
  assert.equal(roster.beat("a", { users: 1 }, hung(4000)), undefined);
  watch(7);
  roster.hear("a");
  const incidents = () => describeIncidents(roster.get("a")!.incidents);
  assert.deepEqual(incidents(), ["away 7 s", "1 link broke", "silent for 3 s", "hung for 4 s"]);
  roster.forgetIncidents();
  assert.deepEqual(incidents(), []);
  roster.leave("a", "SIGTERM");
  assert.deepEqual(incidents(), ["left: SIGTERM"]);
});

test("Roster.loseLink() is not a change for a worker that never joined or is gone", () => {
  const { roster, greet, join } = createBench();
  greet("a");
  assert.equal(roster.loseLink("a", "connection reset"), undefined);
  join("b");
  roster.leave("b", "SIGTERM");
  assert.equal(roster.loseLink("b", "the other side closed the connection"), undefined);
});

test("Roster.beat() takes the users of each class: those told to stop end after their assignment was applied", () => {
  const { roster, join } = createBench();
  join("a");
  roster.assign("a", 1, { A: 2 });
  roster.apply("a", 1, { A: 5 });
  const health = { cpuPercent: 1, machineCpuPercent: 1, rssBytes: 1, loopLagP99Ms: 0, latenessP99Ms: 0, hung: [] };
  roster.beat("a", { users: 2, usersByClass: { A: 2 } }, health);
  assert.deepEqual([roster.usersByClass(), roster.userCount], [{ A: 2 }, 2]);
});

test("Roster.userCount and isSettled say what its list says, whatever happens to the workers", () => {
  const id = fc.constantFrom("a", "b", "c", "d");
  const users = fc.nat(9);
  const step = fc.oneof(
    fc.record({ act: fc.constant("join" as const), id, users }),
    fc.record({ act: fc.constant("assign" as const), id, users }),
    fc.record({ act: fc.constant("apply" as const), id, users }),
    fc.record({ act: fc.constant("beat" as const), id, users }),
    fc.record({
      act: fc.constantFrom("loseLink" as const, "leave" as const, "stopped" as const, "wait" as const),
      id,
      users,
    }),
  );
  const health = { cpuPercent: 0, machineCpuPercent: 0, rssBytes: 0, loopLagP99Ms: 0, latenessP99Ms: 0, hung: [] };
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let nowMs = 0;
      const roster = new Roster({
        clock: { nowMs: () => nowMs } as Clock,
        limits: { maxRemembered: 2, forgetAfterMs: 3000 },
      });
      for (const [epoch, { act, id, users }] of steps.entries()) {
        if (act === "join") {
          roster.greet(helloOf(id));
          roster.declare(id, { kind: "ready", locustfileHash: "h", userClasses: ["A"] });
        } else if (act === "assign") roster.assign(id, epoch, { A: users });
        else if (act === "apply") roster.apply(id, roster.get(id)?.assignedEpoch ?? 0, { A: users });
        else if (act === "beat") roster.beat(id, { users }, health);
        else if (act === "loseLink") roster.loseLink(id, "reset");
        else if (act === "leave") roster.leave(id, "bye");
        else if (act === "stopped") roster.stopped(id);
        else {
          nowMs += 1000 * users;
          roster.check();
        }
        const list = roster.list();
        assert.deepEqual(list.map(({ index }) => index), list.map(({ index }) => index).sort((a, b) => a - b));
        assert.equal(roster.userCount, list.reduce((sum, worker) => sum + worker.users, 0));
        const placeable = roster.placeable();
        const isSettled = placeable.length > 0 && placeable.every((each) => each.appliedEpoch >= each.assignedEpoch);
        assert.equal(roster.isSettled, isSettled);
      }
    }),
    { numRuns: 500 },
  );
});

test("Roster.isAwaited until the workers of an earlier master have dialled in, or are given up", () => {
  const { roster, greet, join, watch } = createBench();
  roster.recall("gone", "gone");
  assert.equal(roster.isAwaited, false);
  roster.recall("a", "missing");
  roster.recall("b", "missing");
  greet("a");
  assert.equal(roster.isAwaited, true);
  join("a");
  assert.equal(roster.isAwaited, true, "the other one");
  watch(61, ["a"]);
  assert.equal(roster.isAwaited, false);
});

test("Roster.recall() goes on with the wait for a worker that an earlier master had called missing", () => {
  const { roster, greet, join, watch } = createBench();
  roster.recall("cut", "missing", { silentMs: 40_000, users: 3, brokenBy: undefined });
  roster.recall("dead", "missing", { silentMs: 20_000, users: 2, brokenBy: "the process ended" });
  roster.recall("old", "missing", { silentMs: 60_000, users: 1, brokenBy: undefined });
  assert.equal(roster.isAwaited, false, "the earlier one did not wait for what they run");
  assert.deepEqual(["cut", "dead", "old"].map((id) => roster.get(id)?.state), ["missing", "missing", "gone"]);
  assert.deepEqual([roster.get("dead")?.lostBecause, roster.get("dead")?.usersWhenLost], ["the process ended", 2]);
  watch(21, []);
  assert.equal(roster.get("cut")?.state, "gone", "60 s in all");
  greet("dead");
  join("dead");
  assert.deepEqual([roster.get("dead")?.silentMs, roster.get("dead")?.lostBecause], [0, undefined]);
});

test("Roster.older() are those here that cannot take part", () => {
  const { roster, greet, join } = createBench();
  roster.neededMinor = 2;
  join("old");
  greet("joining");
  roster.greet({ ...helloOf("new"), protocol: [1, 2] });
  roster.declare("new", { kind: "ready", locustfileHash: "h", userClasses: ["A"] });
  assert.deepEqual(roster.older().map(({ id }) => id), ["old"]);
  assert.deepEqual(roster.placeable().map(({ id }) => id), ["new"]);
});
