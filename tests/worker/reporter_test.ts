import assert from "node:assert/strict";
import { test } from "node:test";
import { MAX_FRAME_BYTES } from "../../src/protocol/wire/framing.ts";
import { createWorkerCodec } from "../../src/protocol/wire/codec.ts";
import type { Clock } from "../../src/base/clock.ts";
import { type DeltaMessage, EMPTY_DELTA } from "../../src/protocol/delta_message.ts";
import { type DeltaStore, Reporter } from "../../src/worker/reporter.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** A delta that stands for `retries` samples: enough to see what is delivered. */
function deltaOf(retries: number): DeltaMessage {
  const entry = {
    method: "GET",
    name: "/",
    requests: retries,
    failures: 0,
    untimed: 0,
    bytes: 0,
    lastAgeMs: 5,
    times: new Uint8Array(),
  };
  return {
    entries: [entry],
    failures: [],
    exceptions: [],
    retries,
    abandoned: 0,
    failedStarts: 0,
    unfilteredNames: 0,
  };
}

class SumStore implements DeltaStore {
  #sum = 0;
  add(delta: DeltaMessage): void {
    this.#sum += delta.retries;
  }
  take(): DeltaMessage | undefined {
    if (this.#sum === 0) return undefined;
    const delta = deltaOf(this.#sum);
    this.#sum = 0;
    return delta;
  }
}

function createBench() {
  let nowMs = 0;
  const clock = { nowMs: () => nowMs } as Clock;
  const machineClock = { id: "this machine", differenceMs: () => 7000 };
  const reporter = new Reporter({ runId: "r1", clock, store: new SumStore(), machineClock });
  return { reporter, pass: (ms: number) => (nowMs += ms) };
}

test("Reporter.take() waits for the interval, then numbers deltas from 1", () => {
  const { reporter, pass } = createBench();
  reporter.add(deltaOf(3));
  assert.equal(reporter.take("due"), undefined);
  pass(1000);
  const message = reporter.take("due");
  assert.equal(message?.seq, 1);
  assert.equal(message?.spanMs, 1000);
  assert.equal(message?.delta.retries, 3);
  assert.deepEqual(message?.reading, { clock: "this machine", atMs: 8000 });
  pass(500);
  const again = reporter.again();
  assert.deepEqual([again?.delta.entries[0]?.lastAgeMs, again?.reading?.atMs], [505, 8500]);
});

test("Reporter.take() gives nothing while a delta is on its way and merges what comes meanwhile", () => {
  const { reporter, pass } = createBench();
  reporter.add(deltaOf(1));
  pass(1000);
  reporter.take("due");
  for (let second = 0; second < 20; second++) {
    reporter.add(deltaOf(10));
    pass(1000);
    assert.equal(reporter.take("due"), undefined);
  }
  reporter.acknowledge("r1", 1);
  const message = reporter.take("due");
  assert.equal(message?.seq, 2);
  assert.equal(message?.delta.retries, 200);
});

test("Reporter.again() repeats number and content, with ages that have grown", () => {
  const { reporter, pass } = createBench();
  reporter.add(deltaOf(4));
  const first = reporter.take("now");
  pass(20_000);
  const again = reporter.again();
  assert.equal(again?.seq, first?.seq);
  assert.equal(again?.delta.retries, 4);
  assert.equal(again?.delta.entries[0]?.lastAgeMs, 20_005);
});

test("Reporter.acknowledge() ignores other numbers and other runs", () => {
  const { reporter } = createBench();
  reporter.add(deltaOf(1));
  reporter.take("now");
  reporter.acknowledge("r1", 2);
  reporter.acknowledge("r0", 1);
  assert.equal(reporter.isWaiting, true);
  reporter.acknowledge("r1", 1);
  reporter.acknowledge("r1", 1);
  assert.equal(reporter.isWaiting, false);
  assert.equal(reporter.again(), undefined);
});

test("Reporter: a delta says up to when the threads have counted, one that was late included, and its repetition says the same time", () => {
  const { reporter, pass } = createBench();
  pass(900);
  reporter.add(deltaOf(30), { thread: 0, atMs: 850 });
  reporter.add(deltaOf(10), { thread: 1, atMs: 800 }); // a quarter of the load, 50 ms behind
  pass(100);
  const reachMs = (30 + 10) / (30 / 850 + 10 / 800);
  assert.equal(reporter.take("due")?.reachAgeMs, Math.round(1000 - reachMs));
  pass(300);
  assert.equal(reporter.again()?.reachAgeMs, Math.round(1300 - reachMs));
});

test("Reporter.take() says that threads have counted nothing, but not with the last delta", () => {
  const { reporter, pass } = createBench();
  pass(1000);
  reporter.add(deltaOf(0), { thread: 0, atMs: 850 });
  const message = reporter.take("due");
  assert.deepEqual([message?.seq, message?.reachAgeMs, message?.delta], [1, 150, EMPTY_DELTA]);
  reporter.acknowledge("r1", 1);
  pass(1000);
  assert.equal(reporter.take("due"), undefined, "nobody has said anything");
  reporter.add(deltaOf(0), { thread: 0, atMs: 1990 });
  assert.equal(reporter.take("now"), undefined);
});

test("Reporter: a thread that has died is not waited for", () => {
  const { reporter, pass } = createBench();
  for (const thread of [0, 1]) reporter.add(deltaOf(10), { thread, atMs: 850 });
  pass(2000);
  reporter.add(deltaOf(10), { thread: 0, atMs: 1850 });
  reporter.forget(1);
  assert.equal(reporter.take("due")?.reachAgeMs, 150);
});

test("Reporter.take() uses no number for an empty interval", () => {
  const { reporter, pass } = createBench();
  pass(5000);
  assert.equal(reporter.take("due"), undefined);
  assert.equal(reporter.lastSeq, 0);
});

test("Reporter.take() cuts what no frame holds, and lastSeq counts the parts that are still to come", () => {
  const names = Array.from({ length: 2000 }, (_, i) => `/${"ü".repeat(2000)}${i}`);
  const { entries: [entry], ...sums } = deltaOf(1);
  assert.ok(entry !== undefined);
  let held: DeltaMessage | undefined = { ...sums, entries: names.map((name) => ({ ...entry, name })) };
  const store: DeltaStore = {
    add() {},
    take() {
      const taken = held;
      held = undefined;
      return taken;
    },
  };
  const reporter = new Reporter({ runId: "run", clock: new FakeClock(), store });
  const seen: string[] = [];
  let last = 0;
  for (let part = reporter.take("now"); part !== undefined; part = reporter.take("now")) {
    assert.ok(createWorkerCodec().encode(part).length < MAX_FRAME_BYTES);
    seen.push(...part.delta.entries.map((entry) => entry.name));
    assert.equal(part.seq, ++last);
    assert.ok(reporter.lastSeq >= 2);
    reporter.acknowledge("run", part.seq);
  }
  assert.equal(last, reporter.lastSeq);
  assert.ok(last > 1);
  assert.deepEqual(seen.sort(), [...names].sort());
});
