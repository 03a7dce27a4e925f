import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { RunEvent } from "../../../src/master/run_event.ts";
import type { RunSummary, SummaryEntry } from "../../../src/report/summary/summary.ts";
import { SummaryBuilder } from "../../../src/report/summary/summary_builder.ts";
import type { Recorder } from "../../../src/stats/recording/recorder.ts";
import { recordTimedRun, type TimedRunOptions } from "../../support/timed_run.ts";

function summarise(events: readonly RunEvent[]): RunSummary {
  const builder = new SummaryBuilder();
  for (const event of events) builder.take(event);
  const summary = builder.conclude(0);
  assert.ok(summary !== undefined, "the run has ended");
  return summary;
}

/** Response times that grow with the second: 10 requests, the last of which fails. */
function busySecond(recorder: Recorder, second: number): void {
  for (let i = 0; i < 10; i++) {
    const failure = i === 9 ? "HttpError 500" : undefined;
    recorder.record(recorder.entry("GET", "/cart"), 5 + second * 3 + i, 100, failure, second > 3 ? 8 : 0);
  }
  if (second === 4) recorder.record(recorder.entry("GET", "/slow <script>"), 1500, 10, undefined, 0);
}

async function run(options: Partial<TimedRunOptions> = {}): Promise<RunSummary> {
  const { events } = await recordTimedRun({ seconds: 12, second: busySecond, ...options });
  return summarise(events);
}

const schema = JSON.parse(await readFile(new URL("../../../docs/summary.schema.json", import.meta.url), "utf8"));
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
(addFormats as unknown as { default?: (ajv: Ajv2020) => void } & ((ajv: Ajv2020) => void))(ajv);
const validate = ajv.compile(schema);

for (
  const [title, options] of [
    ["a usual run", {}],
    ["a run with a warm-up", { warmUpSeconds: 5 }],
    ["a run without a request", { second: () => {} }],
    ["a run of one request", {
      seconds: 1,
      second: (recorder: Recorder, second: number) => second === 0 && busySecond(recorder, 0),
    }],
    ["a run with checks, metrics and transactions", {
      second: (recorder: Recorder, second: number) => {
        recorder.measures.check("is ok").take(second % 2);
        for (const kind of ["trend", "counter", "rate", "gauge"] as const) {
          recorder.measures.metric(kind, `a ${kind}`, "ms").take(second, second);
        }
        recorder.measures.transaction("pay").finish(second * 100, 50, "failure");
        recorder.measures.transaction("hang").cutOff++;
      },
    }],
    ["a run that ends in its ramp", { seconds: 3, rampSeconds: 10, warmUpSeconds: 1 }],
  ] as readonly (readonly [string, Partial<TimedRunOptions>])[]
) {
  test(`SummaryBuilder fits its schema: ${title}`, async () => {
    const summary = JSON.parse(JSON.stringify(await run(options)));
    assert.ok(validate(summary), JSON.stringify(validate.errors, null, 1));
  });
}

test("SummaryBuilder: the history adds up to the total, times included", async () => {
  const summary = await run();
  const sum = (read: (span: RunSummary["history"][number]) => number) =>
    summary.history.reduce((a, b) => a + read(b), 0);
  assert.equal(sum((span) => span.requests), summary.total.requests);
  assert.equal(sum((span) => span.failures), summary.total.failures);
  assert.equal(sum((span) => span.bytes), summary.total.bytes);
  const counts = new Map<number, number>();
  for (const [bound, count] of summary.history.flatMap((span) => span.times)) {
    counts.set(bound, (counts.get(bound) ?? 0) + count);
  }
  const { upperBounds, counts: ofTotal } = summary.total.histogram;
  assert.deepEqual([...counts].sort((a, b) => a[0] - b[0]), upperBounds.map((bound, i) => [bound, ofTotal[i]]));
});

test("SummaryBuilder: histogram counts are the timed requests, and the total is the sum of the rows", async () => {
  const { total, entries } = await run({
    second(recorder, second) {
      busySecond(recorder, second);
      recorder.record(recorder.entry("CUSTOM", "untimed"), null, 0, undefined, 0);
    },
  });
  for (const entry of [total, ...entries]) {
    assert.equal(entry.histogram.counts.reduce((a, b) => a + b, 0), entry.requests - entry.untimed);
  }
  assert.equal(entries.reduce((sum, { requests }) => sum + requests, 0), total.requests);
});

test("SummaryBuilder: spans cover the run without a gap from second 0", async () => {
  const { history } = await run();
  let next = 0;
  for (const { second, seconds } of history) {
    assert.equal(second, next);
    next = second + seconds;
  }
  assert.equal(next, 13); // 12 s and what was finished after the stop
});

test("SummaryBuilder: phases are contiguous from 0 to the end", async () => {
  const { phases, run: { durationSeconds } } = await run({ warmUpSeconds: 5 });
  assert.deepEqual(phases.map(({ kind }) => kind), ["ramp", "warmUp", "steady", "coolDown"]);
  assert.deepEqual(phases.map(({ fromSeconds }) => fromSeconds), [0, 2, 5, 12]);
  assert.deepEqual(phases.map(({ toSeconds }) => toSeconds), [2, 5, 12, durationSeconds]);
});

test("SummaryBuilder: a warm-up that is shorter than the ramp has no phase of its own", async () => {
  const { phases } = await run({ warmUpSeconds: 1, rampSeconds: 4 });
  assert.deepEqual(phases.map(({ kind }) => kind), ["ramp", "steady", "coolDown"]);
});

test("SummaryBuilder: the steady part is what a run of that part alone counts", async () => {
  const { steady } = await run({ warmUpSeconds: 5 });
  const alone = await run({ second: (recorder, second) => second >= 5 && second < 12 && busySecond(recorder, second) });
  assert.ok(steady !== null);
  const cart = (entries: readonly SummaryEntry[]) => entries.find(({ name }) => name === "/cart") as SummaryEntry;
  const [part, whole] = [cart(steady.entries), cart(alone.entries)];
  assert.equal(part.requests, 70);
  assert.equal(part.failures, 7);
  assert.equal(part.perSecond, 10);
  assert.deepEqual(part.histogram, whole.histogram);
  assert.equal(part.meanMs, whole.meanMs);
  for (const percent of ["50", "95", "99"] as const) {
    assert.equal(part.percentilesMs[percent], whole.percentilesMs[percent], percent);
  }
  assert.deepEqual(part.correctedPercentilesMs, whole.correctedPercentilesMs);
});

test("SummaryBuilder: without a warm-up there is no steady part beside the whole", async () => {
  assert.equal((await run()).steady, null);
});

test("SummaryBuilder: figures that do not exist are null", async () => {
  const { total, history } = await run({ second: () => {} });
  assert.equal(total.failureRatio, null);
  assert.equal(total.meanMs, null);
  assert.equal(total.percentilesMs["50"], null);
  assert.equal(history[0]?.p50Ms, null);
});

test("SummaryBuilder has the users of a ramp that no tick has seen", async () => {
  const { events } = await recordTimedRun({ seconds: 1, second: busySecond });
  const ramped: RunEvent = { kind: "rampCompleted", users: 900, usersByClass: { A: 900 } };
  const { users } = summarise(
    events.flatMap((event): readonly RunEvent[] => event.kind === "runStarted" ? [event, ramped] : [event]),
  );
  assert.deepEqual([users.peak, users.byClass.A], [900, 900]);
});

test("SummaryBuilder has the users of a run that was stopped before its ramp was over", async () => {
  const { events } = await recordTimedRun({ seconds: 1, second: busySecond });
  const { users } = summarise(
    events.map((event) => event.kind === "stopping" ? { ...event, users: 900, usersByClass: { A: 900 } } : event),
  );
  assert.deepEqual([users.peak, users.byClass.A], [900, 900]);
});
