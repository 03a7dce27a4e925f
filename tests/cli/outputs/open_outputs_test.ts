import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvent } from "../../../src/master/run_event.ts";
import type { Output } from "../../../src/report/files/output.ts";
import { openOutputs } from "../../../src/cli/outputs/open_outputs.ts";
import type { OutputEntry } from "../../../src/cli/outputs/output_list.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { recordRun } from "../../support/recorded_run.ts";

const { ended } = await recordRun();
const RESET: RunEvent = { kind: "statsReset" };

function entry(output: Partial<Output> & Pick<Output, "sink">, shown: "now" | "last" = "now"): OutputEntry<object> {
  return { option: "any", open: () => ({ failed: false, close() {}, ...output }), shown };
}

function open(entries: readonly OutputEntry<object>[], clock = new FakeClock(), errors: string[] = []) {
  const context = {
    clock,
    details: () => [],
    reportError: (text: string) => errors.push(text),
    env: {},
    log: () => {},
    warn: () => {},
    print: () => {},
  };
  return openOutputs({ entries, options: {}, fixed: [], context, run: "run of shop.ts", alsoWritten: [] });
}

test("openOutputs() shows what is shown last only when the run is concluded, and once", async () => {
  const seen: string[] = [];
  await using outputs = await open([
    entry({ sink: ({ kind }) => seen.push(`last ${kind}`) }, "last"),
    entry({ sink: ({ kind }) => seen.push(kind) }),
  ]);
  outputs.sink(RESET);
  outputs.sink(ended);
  assert.deepEqual(seen, ["statsReset", "last statsReset", "runEnded"]);
  outputs.conclude();
  outputs.conclude();
  assert.deepEqual(seen.slice(3), ["last runEnded"]);
});

test("openOutputs() reports an output that throws once, feeds the others, and has failed", async () => {
  const errors: string[] = [];
  let count = 0;
  await using outputs = await open(
    [
      entry({
        sink: () => {
          throw new Error("no toner");
        },
      }),
      entry({ sink: () => count++ }),
    ],
    new FakeClock(),
    errors,
  );
  assert.equal(outputs.failed, false);
  outputs.sink(RESET);
  outputs.sink(RESET);
  assert.equal(count, 2);
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? "", /^An output failed: Error: no toner/);
  assert.equal(outputs.failed, true);
});

test("openOutputs() names a full disk once, however many files are on it", async () => {
  const errors: string[] = [];
  const full = (path: string): OutputEntry<object> => ({
    option: path,
    open: (_, { reportError }) => ({
      sink: () => reportError(`Cannot write "${path}": Error: ENOSPC: no space left on device; the file is behind`),
      failed: true,
      close() {},
    }),
    shown: "now",
  });
  await using outputs = await open([full("a.json"), full("b.json")], new FakeClock(), errors);
  outputs.sink(RESET);
  assert.equal(errors.length, 1);
  assert.match(errors[0] ?? "", /"a\.json"/);
});

test("openOutputs() closes what it has opened when a later one cannot be opened", async () => {
  const closed: string[] = [];
  const refused: OutputEntry<object> = {
    option: "bad",
    open: () => {
      throw new Error("refused");
    },
    shown: "now",
  };
  await assert.rejects(open([entry({ sink: () => {}, close: () => void closed.push("first") }), refused]), /refused/);
  assert.deepEqual(closed, ["first"]);
});

test("settle() waits for an output's last data, and not longer than its limit", async () => {
  const clock = new FakeClock();
  const delivered = Promise.withResolvers<void>();
  await using quick = await open([entry({ sink: () => {}, settle: () => delivered.promise })], clock);
  let isSettled = false;
  const settled = quick.settle().then(() => isSettled = true);
  await clock.advance(1000);
  assert.equal(isSettled, false);
  delivered.resolve();
  await settled;

  let isAborted = false;
  await using slow = await open([entry({
    sink: () => {},
    settle: (signal) => {
      signal.addEventListener("abort", () => isAborted = true);
      return new Promise(() => {});
    },
  })], clock);
  const limited = slow.settle();
  await clock.advance(5000);
  await limited;
  assert.equal(isAborted, true);
});
