/** Checks a decoded statistics delta. Pure; the bytes of histograms are checked by `stats/histogram.ts` when they are added. */
import type { DeltaMessage, EntryDelta, ExceptionDelta, FailureDelta, Phase } from "./delta_message.ts";
import { PHASES } from "./delta_message.ts";
import {
  type Fields,
  has,
  MAX_NAME,
  MAX_STACK,
  readAmount,
  readBytes,
  readCount,
  readList,
  readText,
  toFields,
} from "./read_field.ts";

/** Bounds with room over what a recorder keeps (2,000 names and 500 failure groups per thread). */
const MAX_ENTRIES = 100_000;
/** A packed histogram with every bucket in use stays well below. */
const MAX_HISTOGRAM_BYTES = 256 * 1024;

export function parseDelta(value: unknown): DeltaMessage {
  const fields = toFields(value, "delta");
  return {
    entries: readList(fields, "entries", MAX_ENTRIES, parseEntry),
    failures: readList(fields, "failures", MAX_ENTRIES, parseFailure),
    exceptions: readList(fields, "exceptions", MAX_ENTRIES, parseException),
    retries: readCount(fields, "retries"),
    abandoned: readCount(fields, "abandoned"),
    failedStarts: readCount(fields, "failedStarts"),
    unfilteredNames: readCount(fields, "unfilteredNames"),
  };
}

function parseEntry(value: unknown): EntryDelta {
  const fields = toFields(value, "entry");
  return {
    method: readText(fields, "method", MAX_NAME),
    name: readText(fields, "name", MAX_NAME),
    requests: readCount(fields, "requests"),
    failures: readCount(fields, "failures"),
    untimed: readCount(fields, "untimed"),
    bytes: readCount(fields, "bytes"),
    lastAgeMs: readAmount(fields, "lastAgeMs"),
    times: readBytes(fields, "times", MAX_HISTOGRAM_BYTES),
    ...(has(fields, "corrected") ? { corrected: readBytes(fields, "corrected", MAX_HISTOGRAM_BYTES) } : {}),
    ...(has(fields, "phases") ? { phases: parsePhases(toFields(fields.phases, "phases")) } : {}),
  };
}

function parsePhases(fields: Fields): Partial<Record<Phase, Uint8Array>> {
  const phases: Partial<Record<Phase, Uint8Array>> = {};
  for (const phase of PHASES) {
    if (has(fields, phase)) phases[phase] = readBytes(fields, phase, MAX_HISTOGRAM_BYTES);
  }
  return phases;
}

function parseFailure(value: unknown): FailureDelta {
  const fields = toFields(value, "failure");
  return {
    method: readText(fields, "method", MAX_NAME),
    name: readText(fields, "name", MAX_NAME),
    text: readText(fields, "text"),
    count: readCount(fields, "count"),
    firstAgeMs: readAmount(fields, "firstAgeMs"),
    lastAgeMs: readAmount(fields, "lastAgeMs"),
  };
}

function parseException(value: unknown): ExceptionDelta {
  const fields = toFields(value, "exception");
  return {
    message: readText(fields, "message"),
    stack: readText(fields, "stack", MAX_STACK),
    where: readText(fields, "where", MAX_NAME),
    count: readCount(fields, "count"),
  };
}
