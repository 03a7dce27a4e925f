/**
 * Checks the measures of a delta as a whole, before any is counted: histograms that can be read, counts that are whole
 * numbers.
 */
import { LocustError } from "../../base/errors.ts";
import type { MeasureDelta } from "../../protocol/measures_message.ts";
import { createDecodedHistogram, decodeHistogram } from "../histogram/packed_histogram.ts";

/** Shared: checking is synchronous and never nested. */
const decoded = createDecodedHistogram();

/** Throws a `LocustError` (`bad_stats`) unless all of it can be counted. */
export function checkMeasures(deltas: readonly MeasureDelta[]): void {
  for (const delta of deltas) {
    switch (delta.kind) {
      case "check":
      case "rate":
        checkCounts(delta.name, delta.passes, delta.fails, delta.droppedTags ?? 0);
        for (const { passes, fails } of delta.tagged ?? []) checkCounts(delta.name, passes, fails);
        break;
      case "counter":
        checkCounts(delta.name, delta.count);
        checkNumbers(delta.name, delta.sum);
        break;
      case "gauge":
        checkCounts(delta.name, delta.count, delta.lastAgeMs);
        checkNumbers(delta.name, delta.last, delta.min, delta.max);
        break;
      case "trend":
        countOf(delta.values);
        break;
      case "transaction":
        checkTransaction(delta);
    }
  }
}

function checkTransaction(delta: Extract<MeasureDelta, { kind: "transaction" }>): void {
  checkCounts(delta.name, delta.failures, delta.cutOff);
  const count = countOf(delta.times);
  if (countOf(delta.busyTimes) !== count || delta.failures > count) {
    throw bad(`the counts of the transaction "${delta.name}" do not add up`);
  }
}

function countOf(packed: Uint8Array): number {
  decoded.room.clear();
  decodeHistogram(packed, decoded);
  return decoded.count;
}

function checkCounts(name: string, ...counts: readonly number[]): void {
  const wrong = counts.find((count) => !Number.isSafeInteger(count) || count < 0);
  if (wrong !== undefined) throw bad(`a count of "${name}" is ${wrong}`);
}

function checkNumbers(name: string, ...values: readonly number[]): void {
  const wrong = values.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw bad(`a value of "${name}" is ${wrong}`);
}

function bad(what: string): LocustError {
  return new LocustError(`Cannot count a statistics message: ${what}; sender and receiver may differ in version`, {
    code: "bad_stats",
  });
}
