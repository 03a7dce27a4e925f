import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../src/base/clock.ts";
import type { DeltaMessage } from "../../src/protocol/delta_message.ts";
import { type DeltaStore, Reporter } from "../../src/worker/reporter.ts";

/** A delta that stands for `retries` samples: enough to see what is delivered. */
function deltaOf(retries: number): DeltaMessage {
  const entry = {
    method: "GET",
    name: "/",
    requests: retries,
    failures: 0,
    untimed: 0,
    sumUs: 0,
    minUs: -1,
    maxUs: -1,
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
  const reporter = new Reporter({ runId: "r1", clock, store: new SumStore() });
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

test("Reporter.take() uses no number for an empty interval", () => {
  const { reporter, pass } = createBench();
  pass(5000);
  assert.equal(reporter.take("due"), undefined);
  assert.equal(reporter.lastSeq, 0);
});
