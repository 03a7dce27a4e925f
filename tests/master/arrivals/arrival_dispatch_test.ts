import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ArrivalShare, type DueArrival, usersOfShare } from "../../../src/load/arrivals/arrival_share.ts";
import {
  ArrivalDispatch,
  type ArrivalMember,
  type MemberOrder,
} from "../../../src/master/arrivals/arrival_dispatch.ts";
import type { ChangeTimes, StreamSettings } from "../../../src/master/arrivals/divided_stream.ts";

const RATE = 100;
const SETTINGS: StreamSettings = {
  classes: [{ name: "Buyer", weight: 1 }],
  pattern: "even",
  maxUsers: 1000,
  curve: { countBefore: 0, points: [[0, RATE]] },
};

/** Workers that take in their orders at once, and start what is due when time passes. */
class Cluster {
  readonly dispatch: ArrivalDispatch;
  readonly started: DueArrival[] = [];
  readonly #shares = new Map<string, ArrivalShare>();
  #nowMs = 0;

  constructor(settings: readonly StreamSettings[] = [SETTINGS]) {
    this.dispatch = new ArrivalDispatch(settings, { seed: 1, firstUserIndex: 0 });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  take(orders: readonly MemberOrder[]): void {
    for (const { workerId, streams } of orders) {
      let share = this.#shares.get(workerId);
      if (share === undefined) this.#shares.set(workerId, share = new ArrivalShare({ pattern: "even", seed: 1 }));
      share.update(streams[0] as typeof streams[0] & object);
    }
  }

  begin(list: readonly ArrivalMember[], fromMs = 0): void {
    this.dispatch.begin(list, fromMs);
    this.#nowMs = fromMs;
    this.take(this.dispatch.orders(fromMs));
  }

  /** A change that takes effect soon. */
  change(apply: (times: ChangeTimes) => void): void {
    apply(timesOf(this.#nowMs));
    this.take(this.dispatch.orders(this.#nowMs));
  }

  /** Others take part; those that are gone have started nothing since a time. */
  setMembers(list: readonly ArrivalMember[], gone: readonly string[] = [], sinceMs = this.#nowMs): void {
    this.change((times) => {
      this.dispatch.setMembers(list, times);
      for (const id of gone) this.dispatch.settle(id, { sinceMs, nowMs: times.nowMs });
    });
  }

  kill(workerId: string): void {
    this.#shares.delete(workerId);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const share of this.#shares.values()) {
      while (share.nextMs < this.#nowMs) this.started.push(share.take());
    }
  }

  indexes(): number[] {
    return this.started.map(({ index }) => index).sort((a, b) => a - b);
  }
}

const timesOf = (nowMs: number): ChangeTimes => ({ nowMs, atMs: nowMs + 400 });
const member = (id: string, threads = 2) => ({ id, threads });
const members = (...ids: string[]) => ids.map((id) => member(id));

test("ArrivalDispatch gives every arrival to one worker, while workers come, go, and are killed", () => {
  const steps = fc.array(
    fc.record({ action: fc.constantFrom("join", "kill", "wait"), ms: fc.integer({ min: 1, max: 900 }) }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(fc.property(steps, (list) => {
    const cluster = new Cluster();
    let ids = ["w0", "w1"];
    let next = 2;
    cluster.begin(members(...ids));
    cluster.pass(0.5); // never at the time of an arrival
    for (const { action, ms } of list) {
      const gone = action === "kill" && ids.length > 1 ? ids.slice(0, 1) : [];
      if (action === "join") ids = [...ids, `w${next++}`];
      for (const id of gone) cluster.kill(id);
      ids = ids.filter((id) => !gone.includes(id));
      if (action !== "wait") cluster.setMembers(members(...ids), gone);
      cluster.pass(ms);
    }
    cluster.pass(2000);
    assert.deepEqual(cluster.indexes(), Array.from({ length: Math.ceil(cluster.nowMs / 10) }, (_, i) => i));
  }));
});

test("ArrivalDispatch lets the others start what a silent worker has not", () => {
  const cluster = new Cluster();
  cluster.begin(members("a", "b"));
  cluster.pass(1000);
  cluster.kill("a");
  cluster.pass(1000); // no one knows yet
  cluster.setMembers(members("b"), ["a"], 999);
  cluster.pass(1000);
  assert.deepEqual(cluster.indexes(), Array.from({ length: 300 }, (_, i) => i));
});

test("ArrivalDispatch changes the rate in mid-run without a jump in the count", () => {
  const cluster = new Cluster();
  cluster.begin(members("a", "b"));
  cluster.pass(1005);
  cluster.change((times) => cluster.dispatch.setRate({ countBefore: 0, points: [[0, 1000]] }, times));
  cluster.setMembers(members("a", "b", "c")); // before the new rate is on
  cluster.pass(3000);
  const times = cluster.started.map(({ atMs }) => atMs).sort((a, b) => a - b);
  assert.deepEqual(cluster.indexes(), times.map((_, i) => i));
  const gaps = times.slice(1).map((time, i) => time - (times[i] as number));
  assert.ok(gaps.every((gap) => gap > 0.999 && gap < 10.001), "between the two rates");
  assert.equal(cluster.dispatch.rateAt(3000), 1000);
  assert.equal(cluster.dispatch.plannedUntil(4005), times.length);
});

test("ArrivalDispatch ends at the time it is told, and goes on when that is taken back", () => {
  const cluster = new Cluster();
  cluster.begin(members("a"));
  cluster.change(() => cluster.dispatch.endAt(1000));
  cluster.pass(3000);
  assert.equal(cluster.started.length, 100);
  assert.equal(cluster.dispatch.plannedUntil(3000), 100);
  cluster.change(() => cluster.dispatch.endAt(4000));
  cluster.pass(2000);
  assert.equal(cluster.started.length, 400);
});

test("ArrivalDispatch leaves few users to as many threads, and gives users' numbers apart by stream", () => {
  const few = { ...SETTINGS, maxUsers: 3 };
  const dispatch = new ArrivalDispatch([few, SETTINGS], { seed: 1, firstUserIndex: 500 });
  dispatch.begin([member("a", 2), member("b", 4)]);
  const orders = dispatch.orders(0);
  const parts = orders.map(({ streams }) => streams[0]?.legs[0]);
  assert.deepEqual(parts.map((leg) => leg?.slots), [[0, 1], [2]]);
  assert.equal(parts.reduce((sum, leg) => sum + (leg === undefined ? 0 : usersOfShare(3, leg)), 0), 3);
  assert.deepEqual(orders[0]?.streams.map(({ firstUserIndex, userIndexStep }) => [firstUserIndex, userIndexStep]), [
    [500, 2],
    [501, 2],
  ]);
});

test("ArrivalDispatch continues where a resumed run is", () => {
  const cluster = new Cluster();
  cluster.begin(members("a"), 5000);
  cluster.pass(1000);
  assert.deepEqual(cluster.indexes(), Array.from({ length: 100 }, (_, i) => 500 + i));
});

test("ArrivalDispatch divides a target rate by users, and again when they come and go", () => {
  const users: Record<string, number> = { a: 3, b: 0 };
  const target: StreamSettings = { ...SETTINGS, kind: "target" };
  const dispatch = new ArrivalDispatch([SETTINGS, target], {
    seed: 1,
    firstUserIndex: 0,
    countUsers: (id) => users[id] ?? 0,
  });
  const turnsOf = (orders: readonly MemberOrder[] = dispatch.orders(0)) =>
    Object.fromEntries(orders.map(({ workerId, streams }) => {
      const leg = streams.find(({ kind }) => kind === "target")?.legs.at(-1);
      return [workerId, leg === undefined ? undefined : `${leg.slots.length}/${leg.of}`];
    }));
  dispatch.begin(members("a", "b"));
  assert.deepEqual(turnsOf(), { a: "3/3", b: "0/3" });
  assert.equal(dispatch.hasOtherTargets, false);
  users.b = 2;
  assert.equal(dispatch.hasOtherTargets, true);
  dispatch.divideTargets(timesOf(1000));
  const orders = dispatch.orders(1000);
  assert.deepEqual(turnsOf(orders), { a: "3/5", b: "2/5" });
  const begins = orders[0]?.streams[1]?.legs.at(-1)?.fromIndex ?? 0;
  assert.ok(begins >= RATE * 1.3 && begins <= RATE * 1.5, `in the near future, not from ${begins} on`);
  dispatch.setMembers(members("b"), timesOf(2000));
  assert.deepEqual(turnsOf(), { b: "2/2" });
  const old = { ...member("old"), knows: "arrivals" as const };
  users.old = 7;
  dispatch.setMembers([member("b"), old], timesOf(3000));
  assert.deepEqual(turnsOf(), { b: "2/2", old: undefined });
});

test("ArrivalDispatch counts a target rate to no open load, and leaves it as it is when the rate changes", () => {
  const dispatch = new ArrivalDispatch([SETTINGS, { ...SETTINGS, kind: "target" }], {
    seed: 1,
    firstUserIndex: 0,
    countUsers: () => 1,
  });
  dispatch.begin(members("a"));
  assert.equal(dispatch.plannedUntil(1000), RATE);
  dispatch.setRate({ countBefore: 0, points: [[0, 10]] }, timesOf(1000));
  assert.deepEqual(dispatch.classesAt(2000), [
    { name: "Buyer", kind: "arrivals", plannedPerSecond: 10 },
    { name: "Buyer", kind: "target", plannedPerSecond: RATE },
  ]);
  dispatch.setRate({ countBefore: 0, points: [[0, 30]] }, timesOf(2000), "targets");
  assert.deepEqual(dispatch.classesAt(3000).map(({ plannedPerSecond }) => plannedPerSecond), [10, 30]);
});

test("ArrivalDispatch begins a stream whose start was not known, on its curve and for whoever is there then", () => {
  const cluster = new Cluster([{ ...SETTINGS, curve: { countBefore: 0, points: [[0, 0]] } }]);
  const { dispatch } = cluster;
  cluster.begin(members("a"));
  cluster.pass(3000);
  cluster.setMembers(members("a", "b"));
  cluster.pass(2000);
  assert.equal(cluster.started.length, 0);
  cluster.change((times) => dispatch.beginStream(0, { countBefore: 0, points: [[5400, RATE]], endMs: 7400 }, times));
  cluster.pass(10_000);
  assert.deepEqual(cluster.indexes(), Array.from({ length: 200 }, (_, index) => index));
  assert.equal(cluster.started[0]?.atMs, 5400);
  assert.equal(dispatch.plannedUntil(1e9), 200);
});

test("ArrivalDispatch.endStream() tells every worker that the stream is over, and no other one is", () => {
  const dispatch = new ArrivalDispatch([SETTINGS, SETTINGS], { seed: 1, firstUserIndex: 0 });
  dispatch.begin(members("a", "b"));
  dispatch.endStream(1);
  assert.deepEqual(
    dispatch.orders(1000).map(({ workerId, streams }) => [workerId, streams.map(({ isOver }) => isOver)]),
    [
      ["a", [undefined, true]],
      ["b", [undefined, true]],
    ],
  );
});

test("ArrivalDispatch.begin() of a resumed run gives orders that are newer than those of the earlier master", () => {
  const earlier = new ArrivalDispatch([SETTINGS], { seed: 1, firstUserIndex: 0 });
  earlier.begin(members("a"));
  let last = 0;
  for (let at = 100; at < 3000; at += 100) {
    earlier.setMembers(members("a", `b${at}`), timesOf(at));
    last = earlier.orders(at)[0]?.epoch ?? 0;
  }
  const resumed = new ArrivalDispatch([SETTINGS], { seed: 1, firstUserIndex: 0 });
  resumed.begin(members("a"), 3000);
  assert.ok((resumed.orders(3000)[0]?.epoch ?? 0) > last);
});

test("ArrivalDispatch.orders() says to a worker that takes part no more which arrivals it has until then", () => {
  const dispatch = new ArrivalDispatch([SETTINGS], { seed: 1, firstUserIndex: 0 });
  dispatch.begin(members("a", "b"));
  dispatch.setMembers(members("b"), timesOf(1000));
  const legs = dispatch.orders(1000, ["a"]).find(({ workerId }) => workerId === "a")?.streams[0]?.legs ?? [];
  assert.deepEqual(legs.map(({ fromIndex, slots }) => [fromIndex, slots]), [[0, [0, 1]], [141, []]]);
});

test("ArrivalDispatch.orders() divides debts over several orders where one cannot hold them", () => {
  const dispatch = new ArrivalDispatch([SETTINGS], { seed: 1, firstUserIndex: 0 });
  const [heir = "", ...gone] = Array.from({ length: 40 }, (_, i) => `w${i}`);
  dispatch.begin(members(heir, ...gone));
  dispatch.setMembers(members(heir), timesOf(1000));
  for (const id of gone) dispatch.settle(id, { sinceMs: 1000, nowMs: 1000 });
  const orders = dispatch.orders(1000);
  assert.ok(orders.length > 2 && orders.every(({ streams }) => (streams[0]?.owed.length ?? 0) <= 16));
  assert.ok(orders.every(({ streams }) => (streams[0]?.legs.length ?? 0) <= 16));
  assert.deepEqual(orders.map(({ epoch }) => epoch), orders.map((_, i) => (orders[0]?.epoch ?? 0) + i));
  const ids = orders.flatMap(({ streams }) => streams[0]?.owed.map(({ id }) => id) ?? []);
  assert.ok(ids.every((id, i) => i === 0 || (id ?? 0) > (ids[i - 1] ?? 0)), "each has a number of its own");
});

test("ArrivalDispatch keeps what was due while nobody was there for those that come, but not for long", () => {
  const cluster = new Cluster();
  cluster.begin(members("a"));
  cluster.pass(1000.5);
  cluster.kill("a");
  cluster.setMembers([], ["a"]);
  cluster.pass(2000);
  cluster.setMembers(members("b"));
  cluster.pass(2000);
  assert.deepEqual(cluster.indexes(), Array.from({ length: 501 }, (_, i) => i));
  cluster.kill("b");
  cluster.setMembers([], ["b"]);
  cluster.pass(10_000);
  cluster.setMembers(members("c"));
  cluster.pass(1000);
  const missing = Array.from({ length: 1601 }, (_, i) => i).filter((i) => !cluster.indexes().includes(i));
  assert.deepEqual([missing.length, missing[0], missing.at(-1)], [400, 501, 900], "those of the last 6 s are started");
});
