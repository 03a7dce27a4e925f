import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ArrivalShare, type DueArrival, usersOfShare } from "../../src/load/arrivals/arrival_share.ts";
import { ArrivalDispatch, type MemberOrder, type StreamSettings } from "../../src/master/arrival_dispatch.ts";

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
    cluster.take(cluster.dispatch.begin(members(...ids), 0));
    for (const { action, ms } of list) {
      if (action === "join") ids = [...ids, `w${next++}`];
      if (action === "kill" && ids.length > 1) {
        const [gone] = ids;
        cluster.kill(gone as string);
        ids = ids.slice(1);
      }
      if (action !== "wait") {
        cluster.take(cluster.dispatch.setMembers(members(...ids), cluster.nowMs, () => cluster.nowMs));
      }
      cluster.pass(ms);
    }
    cluster.pass(2000.5); // not at the time of an arrival
    assert.deepEqual(cluster.indexes(), Array.from({ length: Math.ceil(cluster.nowMs / 10) }, (_, i) => i));
  }));
});

test("ArrivalDispatch lets the others start what a silent worker has not", () => {
  const cluster = new Cluster();
  cluster.take(cluster.dispatch.begin(members("a", "b"), 0));
  cluster.pass(1000);
  cluster.kill("a");
  cluster.pass(1000); // no one knows yet
  cluster.take(cluster.dispatch.setMembers(members("b"), 2000, () => 1000));
  cluster.pass(1000);
  assert.deepEqual(cluster.indexes(), Array.from({ length: 300 }, (_, i) => i));
});

test("ArrivalDispatch changes the rate in mid-run without a jump in the count", () => {
  const cluster = new Cluster();
  cluster.take(cluster.dispatch.begin(members("a", "b"), 0));
  cluster.pass(1005);
  cluster.take(cluster.dispatch.setRate({ countBefore: 0, points: [[0, 1000]] }, 1005));
  cluster.take(cluster.dispatch.setMembers(members("a", "b", "c"), 1105, () => 0)); // before the new rate is on
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
  cluster.take(cluster.dispatch.begin(members("a"), 0));
  cluster.take(cluster.dispatch.endAt(1000, 0));
  cluster.pass(3000);
  assert.equal(cluster.started.length, 100);
  assert.equal(cluster.dispatch.plannedUntil(3000), 100);
  cluster.take(cluster.dispatch.endAt(4000, 3000));
  cluster.pass(2000);
  assert.equal(cluster.started.length, 400);
});

test("ArrivalDispatch leaves few users to as many threads, and gives users' numbers apart by stream", () => {
  const few = { ...SETTINGS, maxUsers: 3 };
  const dispatch = new ArrivalDispatch([few, SETTINGS], { seed: 1, firstUserIndex: 500 });
  const orders = dispatch.begin([member("a", 2), member("b", 4)], 0);
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
  cluster.take(cluster.dispatch.begin(members("a"), 5003, 5000));
  cluster.pass(6000);
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
  const turnsOf = (orders: readonly MemberOrder[]) =>
    Object.fromEntries(orders.map(({ workerId, streams }) => {
      const leg = streams.find(({ kind }) => kind === "target")?.legs.at(-1);
      return [workerId, leg === undefined ? undefined : `${leg.slots.length}/${leg.of}`];
    }));
  assert.deepEqual(turnsOf(dispatch.begin(members("a", "b"), 0)), { a: "3/3", b: "0/3" });
  assert.deepEqual(dispatch.divideTargets(1000), [], "nothing has changed");
  users.b = 2;
  const orders = dispatch.divideTargets(1000);
  assert.deepEqual(turnsOf(orders), { a: "3/5", b: "2/5" });
  const begins = orders[0]?.streams[1]?.legs.at(-1)?.fromIndex ?? 0;
  assert.ok(begins >= RATE * 1.3 && begins <= RATE * 1.5, `in the near future, not from ${begins} on`);
  assert.deepEqual(turnsOf(dispatch.setMembers(members("b"), 2000, () => 2000)), { b: "2/2" });
  const old = { ...member("old"), knows: "arrivals" as const };
  users.old = 7;
  assert.deepEqual(turnsOf(dispatch.setMembers([member("b"), old], 3000, () => 3000)), { b: "2/2", old: undefined });
});

test("ArrivalDispatch counts a target rate to no open load, and leaves it as it is when the rate changes", () => {
  const dispatch = new ArrivalDispatch([SETTINGS, { ...SETTINGS, kind: "target" }], {
    seed: 1,
    firstUserIndex: 0,
    countUsers: () => 1,
  });
  dispatch.begin(members("a"), 0);
  assert.equal(dispatch.plannedUntil(1000), RATE);
  dispatch.setRate({ countBefore: 0, points: [[0, 10]] }, 1000);
  assert.deepEqual(dispatch.classesAt(2000), [
    { name: "Buyer", kind: "arrivals", plannedPerSecond: 10 },
    { name: "Buyer", kind: "target", plannedPerSecond: RATE },
  ]);
  dispatch.setRate({ countBefore: 0, points: [[0, 30]] }, 2000, "targets");
  assert.deepEqual(dispatch.classesAt(3000).map(({ plannedPerSecond }) => plannedPerSecond), [10, 30]);
});

test("ArrivalDispatch begins a stream whose start was not known, on its curve and for whoever is there then", () => {
  const cluster = new Cluster([{ ...SETTINGS, curve: { countBefore: 0, points: [[0, 0]] } }]);
  const { dispatch } = cluster;
  cluster.take(dispatch.begin(members("a"), 0));
  cluster.pass(3000);
  cluster.take(dispatch.setMembers(members("a", "b"), cluster.nowMs, () => 0));
  cluster.pass(2000);
  assert.equal(cluster.started.length, 0);
  cluster.take(dispatch.beginStream(0, { countBefore: 0, points: [[5400, RATE]], endMs: 7400 }, 5000));
  cluster.pass(10_000);
  assert.deepEqual(cluster.indexes(), Array.from({ length: 200 }, (_, index) => index));
  assert.equal(cluster.started[0]?.atMs, 5400);
  assert.equal(dispatch.plannedUntil(1e9), 200);
});

test("ArrivalDispatch.endStream() tells every worker that the stream is over, and no other one is", () => {
  const dispatch = new ArrivalDispatch([SETTINGS, SETTINGS], { seed: 1, firstUserIndex: 0 });
  dispatch.begin(members("a", "b"), 0);
  const orders = dispatch.endStream(1, 1000);
  assert.deepEqual(orders.map(({ workerId, streams }) => [workerId, streams.map(({ isOver }) => isOver)]), [
    ["a", [undefined, true]],
    ["b", [undefined, true]],
  ]);
});

test("ArrivalDispatch.begin() of a resumed run gives orders that are newer than those of the earlier master", () => {
  const earlier = new ArrivalDispatch([SETTINGS], { seed: 1, firstUserIndex: 0 });
  earlier.begin(members("a"), 0);
  let last = 0;
  for (let at = 100; at < 3000; at += 100) {
    last = earlier.setMembers(members("a", `b${at}`), at, () => at)[0]?.epoch ?? 0;
  }
  const resumed = new ArrivalDispatch([SETTINGS], { seed: 1, firstUserIndex: 0 });
  assert.ok((resumed.begin(members("a"), 3000, 3000)[0]?.epoch ?? 0) > last);
});
