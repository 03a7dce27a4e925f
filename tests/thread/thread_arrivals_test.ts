import assert from "node:assert/strict";
import { test } from "node:test";
import { constant, User } from "../../mod.ts";
import {
  addArrivals,
  type ArrivalCounts,
  type ArrivalStream,
  NO_ARRIVALS,
} from "../../src/protocol/arrivals_message.ts";
import { Histogram } from "../../src/stats/histogram/histogram.ts";
import { ThreadFixture } from "../support/thread_fixture.ts";

/** A class whose iterations take `tookMs`, with the time of each start. */
function createBuyer(tookMs: number, statics: Partial<typeof User> = {}) {
  const starts: { readonly atMs: number; readonly index: number }[] = [];
  const life: string[] = [];
  class Buyer extends User {
    static override tasks = [async function buy(this: Buyer) {
      const { nowMs } = clock();
      starts.push({ atMs: nowMs, index: this.index });
      await this.sleep(tookMs / 1000);
      this.environment.events.request.fire({
        requestType: "GET",
        name: "/buy",
        responseTime: tookMs,
        responseLength: 1,
      });
    }];
    override onStart(): void {
      life.push(`start ${this.index}`);
    }
    override onStop(): void {
      life.push(`stop ${this.index}`);
    }
  }
  Object.assign(Buyer, statics);
  const fixture: ThreadFixture = new ThreadFixture({ Buyer });
  const clock = () => ({ nowMs: fixture.clock.nowMs() });
  return { fixture, starts, life };
}

function stream(perSecond: number, changes: Partial<ArrivalStream> = {}): ArrivalStream {
  return {
    id: 0,
    classes: [{ name: "Buyer", weight: 1 }],
    pattern: "even",
    seed: 1,
    maxUsers: 10,
    firstUserIndex: 0,
    userIndexStep: 1,
    legs: [{ fromIndex: 0, curve: { countBefore: 0, points: [[0, perSecond]] }, of: 1, slots: [0] }],
    owed: [],
    ...changes,
  };
}

async function begin(fixture: ThreadFixture, streams: readonly ArrivalStream[]): Promise<void> {
  await fixture.run({});
  await fixture.tell({ kind: "arrivals", order: { runId: "run-1", epoch: 1, runMs: 0, streams } });
}

/** Time passes, with the master's reading of the clock each second. */
async function pass(fixture: ThreadFixture, seconds: number, fromSecond = 0): Promise<void> {
  for (let second = 1; second <= seconds; second++) {
    await fixture.clock.advance(1000);
    await fixture.tell({ kind: "arrivals", order: { runId: "run-1", epoch: 1, runMs: (fromSecond + second) * 1000 } });
  }
}

function counted(fixture: ThreadFixture): ArrivalCounts {
  return fixture.of("delta").reduce((sum, { delta }) => addArrivals(sum, delta.arrivals ?? NO_ARRIVALS), NO_ARRIVALS);
}

test("Thread starts arrivals at their times, whatever the iterations take, on as few users as it can", async () => {
  const { fixture, starts, life } = createBuyer(150);
  await begin(fixture, [stream(10)]);
  await pass(fixture, 2);
  assert.deepEqual(starts.map(({ atMs }) => atMs), Array.from({ length: 21 }, (_, i) => i * 100));
  assert.deepEqual(life, ["start 0", "start 1"], "two users take turns");
  await fixture.tell({ kind: "stop", runId: "run-1" });
  await fixture.clock.advance(1000);
  assert.deepEqual(counted(fixture), { asked: 21, started: 21, dropped: 0, late: 0 });
  assert.equal(fixture.of("stopped")[0]?.leftBehind, 0);
  assert.deepEqual(life.slice(2).sort(), ["stop 0", "stop 1"]);
});

test("Thread starts arrivals by the machine's clock, however long their order was under way", async () => {
  const startsMs: number[] = [];
  class Buyer extends User {
    static override tasks = [() => void startsMs.push(fixture.clock.nowMs())];
  }
  const fixture: ThreadFixture = new ThreadFixture({ Buyer }, {
    machineClock: { id: "m", differenceMs: () => 70_000 },
  });
  await fixture.run({});
  await fixture.clock.advance(30);
  const reading = { clock: "m", atMs: 70_010 };
  await fixture.tell({
    kind: "arrivals",
    order: { runId: "run-1", epoch: 1, runMs: 5, reading, streams: [stream(10)] },
  });
  await fixture.clock.advance(300);
  // The run's time was 5 at 10 by this thread's clock, and 25 when the order came.
  assert.deepEqual(startsMs, [30, 105, 205, 305]);
});

test("Thread starts the last arrivals of a run that is stopped at its end, also where its own time is behind", async () => {
  const { fixture, starts } = createBuyer(1);
  const curve = { countBefore: 0, points: [[0, 100]] as const, endMs: 1000 };
  await fixture.run({});
  await fixture.clock.advance(30); // the order was under way for so long
  const legs = [{ fromIndex: 0, curve, of: 1, slots: [0] }];
  await fixture.tell({
    kind: "arrivals",
    order: { runId: "run-1", epoch: 1, runMs: 0, streams: [stream(100, { legs })] },
  });
  await fixture.clock.advance(970);
  assert.equal(starts.length, 98);
  await fixture.tell({ kind: "stop", runId: "run-1" });
  await fixture.clock.advance(1000);
  assert.equal(starts.length, 100);
  assert.equal(counted(fixture).started, 100);
});

test("Thread lets arrivals wait where all users are in use, and the wait is in the corrected latency", async () => {
  const { fixture, starts } = createBuyer(300, { maxUsers: 1 });
  await begin(fixture, [stream(10, { maxUsers: 1 })]);
  await pass(fixture, 1);
  assert.deepEqual(starts.map(({ atMs }) => atMs), [0, 300, 600, 900]);
  await fixture.tell({ kind: "stop", runId: "run-1" });
  await fixture.clock.advance(2000);
  const { asked, started, dropped, late } = counted(fixture);
  assert.deepEqual([asked, started, dropped, late], [11, 4, 0, 3]);
  const warnings = fixture.user("log").filter(({ message }) => /find all users in use/.test(message));
  assert.deepEqual(
    warnings.map(({ repeats }) => repeats),
    ["counted"],
    "of all threads and workers the master logs one",
  );
});

test("Thread drops arrivals that find all users in use where the class says so", async () => {
  const { fixture, starts } = createBuyer(350, { whenLate: "drop" });
  await begin(fixture, [stream(10, { maxUsers: 1 })]);
  await pass(fixture, 1);
  assert.deepEqual(starts.map(({ atMs }) => atMs), [0, 400, 800]);
  await fixture.tell({ kind: "stop", runId: "run-1" });
  await fixture.clock.advance(2000);
  assert.deepEqual(counted(fixture), { asked: 11, started: 3, dropped: 8, late: 0 });
});

test("Thread gives each arrival a user of its own where the class says so", async () => {
  const { fixture, life } = createBuyer(10, { freshUsers: true });
  await begin(fixture, [stream(2)]);
  await pass(fixture, 1);
  assert.deepEqual(life, ["start 0", "stop 0", "start 1", "stop 1", "start 2"]);
});

test("Thread runs all tasks of a class in their order for one arrival, with its wait time between them", async () => {
  const order: string[] = [];
  const note = (name: string) =>
    Object.defineProperty(() => void order.push(`${name} ${fixture.clock.nowMs()}`), "name", { value: name });
  class Buyer extends User {
    static override tasks = [note("login"), note("order"), note("logout")];
    static override iteration = "sequence" as const;
    override waitTime = constant(0.1);
  }
  const fixture: ThreadFixture = new ThreadFixture({ Buyer });
  await begin(fixture, [stream(1)]);
  await pass(fixture, 1);
  await fixture.clock.advance(300);
  const once = (from: number) => [`login ${from}`, `order ${from + 100}`, `logout ${from + 200}`];
  assert.deepEqual(order, [...once(0), ...once(1000)]);
});

test("Thread adds how late an iteration began to the corrected latency of its requests alone", async () => {
  const samples: (number | null)[] = [];
  class Buyer extends User {
    static override tasks = [async function buy(this: Buyer) {
      const { recorder } = lifecycle(this);
      await this.sleep(0.2);
      recorder.record(
        recorder.entry("GET", "/"),
        200,
        1,
        undefined,
        0,
        fixture.clock.nowMs(),
        200,
        undefined,
        heldBack(this),
      );
    }];
  }
  const lifecycle = (user: User) => requestsOf(user);
  const heldBack = (user: User) => requestsOf(user).heldBackMs;
  const fixture: ThreadFixture = new ThreadFixture({ Buyer });
  await begin(fixture, [stream(10, { maxUsers: 1 })]);
  await pass(fixture, 1);
  const [entry] = fixture.of("delta")[0]?.delta.entries ?? [];
  const times = Histogram.unpack(entry?.times ?? new Uint8Array());
  const corrected = Histogram.unpack(entry?.corrected ?? new Uint8Array());
  samples.push(times.maxUs, corrected.minUs, corrected.maxUs);
  // Starts at 0, 200, 400 and 600 where 0, 100, 200 and 300 were asked for; the last one had not ended at the report.
  assert.deepEqual(samples, [200_000, 200_000, 500_000]);
  assert.equal(corrected.count, times.count);
});

test("Thread starts nothing while its master is away, and leaves out what came meanwhile", async () => {
  const { fixture, starts } = createBuyer(1);
  await begin(fixture, [stream(10)]);
  await pass(fixture, 1);
  await fixture.tell({ kind: "pauseArrivals", runId: "run-1" });
  await fixture.clock.advance(2000);
  assert.equal(starts.length, 11);
  const leg = { fromIndex: 35, curve: { countBefore: 0, points: [[0, 10]] as const }, of: 1, slots: [0] };
  const streams = [stream(10, { legs: [leg] })];
  await fixture.tell({ kind: "arrivals", order: { runId: "run-1", epoch: 2, runMs: 3000, streams } });
  await fixture.clock.advance(600);
  assert.deepEqual(starts.slice(11).map(({ atMs }) => atMs), [3500, 3600]);
});

test("Thread starts nothing without a word of its master for longer than a while", async () => {
  const { fixture, starts } = createBuyer(1);
  await begin(fixture, [stream(10)]);
  await fixture.clock.advance(20_000);
  assert.equal(starts.at(-1)?.atMs, 3900);
  await fixture.tell({ kind: "arrivals", order: { runId: "run-1", epoch: 1, runMs: 20_000 } });
  await fixture.clock.advance(150);
  assert.deepEqual(starts.slice(-2).map(({ atMs }) => atMs), [20_000, 20_100]);
});

test("Thread counts arrivals that wait anew after a reset of the statistics", async () => {
  const { fixture } = createBuyer(900, { maxUsers: 1 });
  await begin(fixture, [stream(10, { maxUsers: 1 })]);
  await fixture.clock.advance(500);
  await fixture.tell({ kind: "resetStats", runId: "run-1", resets: 1 });
  await fixture.tell({ kind: "stop", runId: "run-1" });
  await fixture.clock.advance(8000);
  const { asked, started } = counted(fixture);
  assert.deepEqual([asked, started], [5, 0]);
});

test("Thread reports users in use as its users", async () => {
  const { fixture } = createBuyer(250);
  await begin(fixture, [stream(10)]);
  await fixture.clock.advance(860);
  assert.deepEqual(fixture.of("delta")[0]?.health.users, { Buyer: 3 });
});

function requestsOf(user: User) {
  const key = Object.getOwnPropertySymbols(user).find(({ description }) => description === "lifecycle") as symbol;
  const { requests } = Reflect.get(user, key) as {
    readonly requests: {
      readonly recorder: import("../../src/stats/recording/recorder.ts").Recorder;
      readonly heldBackMs: number;
    };
  };
  return { recorder: requests.recorder, heldBackMs: requests.heldBackMs };
}

test("Thread reports the end of its last iteration at once where a number of them was asked for", async () => {
  for (const isAsked of [true, false]) {
    const { fixture, starts } = createBuyer(150);
    const iterations = [{ name: "", userClasses: ["Buyer"], kind: "shared" as const, count: 5 }];
    await fixture.run({}, isAsked ? { iterations } : {});
    await fixture.tell({
      kind: "arrivals",
      order: { runId: "run-1", epoch: 1, runMs: 0, streams: [stream(10, { count: 5 })] },
    });
    await fixture.clock.advance(549);
    const prompt = () => fixture.of("delta").filter(({ pace }) => pace === "now");
    assert.deepEqual([starts.length, prompt().length], [5, 0]);
    await fixture.clock.advance(20);
    assert.deepEqual(
      prompt().map(({ delta }) => delta.iterations),
      isAsked ? [{ "": { started: 5, ended: 5, interrupted: 0 } }] : [],
    );
    await fixture.tell({ kind: "stop", runId: "run-1" });
    await fixture.clock.advance(1000);
  }
});
