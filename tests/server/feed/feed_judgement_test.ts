import assert from "node:assert/strict";
import { test } from "node:test";
import type { ThresholdStatus } from "../../../src/protocol/threshold_message.ts";
import { FeedJudgement } from "../../../src/server/feed/feed_judgement.ts";

const status = (state: ThresholdStatus["state"], measured: number | null): ThresholdStatus => ({
  expression: "p95<300ms",
  scope: "Aggregated",
  metric: "response_time",
  statistic: "p95",
  operator: "<",
  limit: 300,
  unit: "ms",
  measured,
  state,
  crossedAtSeconds: state === "broken" ? 7 : null,
  windowSeconds: null,
  aborts: false,
});

function open() {
  const published: string[] = [];
  const marks: string[] = [];
  const log = { add: (name: string, data: unknown) => void published.push(`${name} ${stateOf(data)}`) };
  return { published, marks, judgement: new FeedJudgement(log, (text) => void marks.push(text)) };
}

function stateOf(data: unknown): string {
  const { state, kind } = data as { readonly state?: string; readonly kind?: string };
  return state ?? kind ?? "";
}

test("FeedJudgement.takeThresholds() publishes a threshold when its state changes, and marks when it breaks", () => {
  const { published, marks, judgement } = open();
  judgement.takeThresholds([status("pending", null)]);
  assert.deepEqual(published, [], "nothing has been measured yet");
  judgement.takeThresholds([status("met", 120)]);
  judgement.takeThresholds([status("met", 130)]);
  judgement.takeThresholds([status("broken", 412)]);
  judgement.takeThresholds([status("broken", 420)]);
  judgement.takeThresholds([status("met", 250)]);
  assert.deepEqual(published, ["threshold met", "threshold broken", "threshold met"]);
  assert.deepEqual(marks, ["p95<300ms: p95 = 412 ms, limit 300 ms"]);
  assert.deepEqual(judgement.statuses.map(({ measured }) => measured), [250]);
  assert.deepEqual(judgement.thresholds.map(({ passed, row }) => [passed, row]), [[true, null]]);
});

test("FeedJudgement.takeVerdict() publishes a verdict that is another one, and keeps the last", () => {
  const { published, judgement } = open();
  assert.equal(judgement.verdict, null);
  judgement.takeVerdict({ kind: "valid", doubts: [] });
  judgement.takeVerdict({ kind: "valid", doubts: [] });
  judgement.takeVerdict(undefined);
  judgement.takeVerdict({ kind: "invalid", doubts: [] });
  assert.deepEqual(published, ["verdict valid", "verdict invalid"]);
  assert.deepEqual(judgement.verdict, { kind: "invalid", doubts: [], notes: [] });
});
