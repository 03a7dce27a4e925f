/** What can be done with a delta message as such: check it, and let it grow older. Pure. */
import { LocustError } from "../base/errors.ts";
import { type DeltaMessage, type EntryDelta, PHASES } from "../protocol/delta_message.ts";
import { createDecodedHistogram, decodeHistogram } from "./packed_histogram.ts";

const decoded = createDecodedHistogram();
/** Deltas never change: a master counts the same one in its ledger and for its journal, and need not look twice. */
const checked = new WeakSet<DeltaMessage>();

/**
 * Throws a `LocustError` (`bad_stats`) unless all of the delta can be counted: packed histograms that can be read, counts that are
 * whole numbers and agree with each other. After it, adding the delta cannot fail half-way.
 */
export function checkDelta(delta: DeltaMessage): void {
  if (checked.has(delta)) return;
  for (const entry of delta.entries) checkEntry(entry);
  for (const failure of delta.failures) {
    checkCount(failure.count, "failures");
    checkAge(failure.firstAgeMs);
    checkAge(failure.lastAgeMs);
  }
  for (const exception of delta.exceptions) checkCount(exception.count, "exceptions");
  checkCount(delta.retries, "retries");
  checkCount(delta.abandoned, "abandoned requests");
  checkCount(delta.failedStarts, "failed starts");
  checkCount(delta.unfilteredNames, "unfiltered names");
  checked.add(delta);
}

function checkEntry(entry: EntryDelta): void {
  checkCount(entry.requests, "requests");
  checkCount(entry.failures, "failures");
  checkCount(entry.untimed, "untimed requests");
  checkCount(entry.bytes, "bytes");
  checkAge(entry.lastAgeMs);
  decodeHistogram(entry.times, decoded);
  if (decoded.count + entry.untimed !== entry.requests) throw bad("timed and untimed requests do not add up");
  if (entry.corrected !== undefined) {
    decodeHistogram(entry.corrected, decoded);
    if (decoded.count + entry.untimed < entry.requests) throw bad("corrected times are fewer than the times");
  }
  for (const phase of PHASES) {
    const packed = entry.phases?.[phase];
    if (packed !== undefined) decodeHistogram(packed, decoded);
  }
}

function checkCount(count: number, what: string): void {
  if (!Number.isSafeInteger(count) || count < 0) throw bad(`the number of ${what} is ${count}`);
}

function checkAge(ageMs: number): void {
  if (!Number.isFinite(ageMs) || ageMs < 0) throw bad(`an age is ${ageMs} ms`);
}

function bad(what: string): LocustError {
  return new LocustError(`Cannot count a statistics message: ${what}; sender and receiver may differ in version`, {
    code: "bad_stats",
  });
}

/** The same delta, packed `byMs` ago: what is sent again after a cut says how old it is by now. */
export function ageDelta(delta: DeltaMessage, byMs: number): DeltaMessage {
  if (!(byMs > 0)) return delta;
  const by = Math.round(byMs);
  return {
    ...delta,
    entries: delta.entries.map((entry) => ({ ...entry, lastAgeMs: entry.lastAgeMs + by })),
    failures: delta.failures.map((failure) => ({
      ...failure,
      firstAgeMs: failure.firstAgeMs + by,
      lastAgeMs: failure.lastAgeMs + by,
    })),
  };
}
