/**
 * Checks a decoded statistics delta. Pure but for the names that its connection learns; the bytes of histograms are
 * checked by `stats/delta/decoded_delta.ts` before they are added.
 */
import {
  type AgedFailureSample,
  MAX_SAMPLE_BODY_BYTES,
  MAX_SAMPLE_HEADERS,
  MAX_SAMPLE_TEXT,
} from "../failure_sample_message.ts";
import type { ArrivalCounts, ClassArrivalCounts } from "../arrivals_message.ts";
import type {
  DeltaMessage,
  ExceptionDelta,
  ExemplarDelta,
  FailedTimesDelta,
  FailureDelta,
  SampleBatch,
  TaggedDelta,
} from "../delta_message.ts";
import { parseIterationCounts } from "./parse_iterations.ts";
import type { ReceivedNames } from "./known_names.ts";
import { MAX_MEASURE_DELTAS, parseMeasure } from "./parse_measures.ts";
import { MAX_ENTRIES, unpackEntries } from "./packed_entries.ts";
import { MAX_NAME, MAX_STACK, readAmount, readBytes, readCount, readList, readText, toFields } from "./read_field.ts";
import { MAX_FRAME_BYTES } from "./framing.ts";
import { MessageError } from "./scan_value.ts";

/** With room over what a sender keeps. */
const MAX_EXEMPLARS = 10_000;
const MAX_STATUSES = 10_000;
const MAX_TAG_GROUPS = 10_000;
const MAX_CLASSES = 10_000;

export function parseDelta(value: unknown, names: ReceivedNames): DeltaMessage {
  const fields = toFields(value, "delta");
  return {
    entries: unpackEntries(readBytes(fields, "entries", MAX_FRAME_BYTES), names),
    failures: readList(fields, "failures", MAX_ENTRIES, parseFailure),
    exceptions: readList(fields, "exceptions", MAX_ENTRIES, parseException),
    retries: readCount(fields, "retries"),
    abandoned: readCount(fields, "abandoned"),
    failedStarts: readCount(fields, "failedStarts"),
    unfilteredNames: readCount(fields, "unfilteredNames"),
    ...(fields.lostUsers === undefined ? {} : { lostUsers: readCount(fields, "lostUsers") }),
    ...(fields.quitUsers === undefined ? {} : { quitUsers: readCount(fields, "quitUsers") }),
    ...(fields.statuses === undefined ? {} : { statuses: parseStatuses(fields.statuses) }),
    ...(fields.arrivals === undefined ? {} : { arrivals: parseArrivalCounts(fields.arrivals) }),
    ...(fields.iterations === undefined ? {} : { iterations: parseIterationCounts(fields.iterations) }),
    ...(fields.measures === undefined
      ? {}
      : { measures: readList(fields, "measures", MAX_MEASURE_DELTAS, parseMeasure) }),
    ...(fields.classArrivals === undefined ? {} : { classArrivals: parseClassArrivals(fields.classArrivals) }),
    ...(fields.samples === undefined ? {} : { samples: parseSamples(fields.samples) }),
    ...(fields.exemplars === undefined
      ? {}
      : { exemplars: readList(fields, "exemplars", MAX_EXEMPLARS, parseExemplar) }),
    ...(fields.failedTimes === undefined
      ? {}
      : { failedTimes: readList(fields, "failedTimes", MAX_ENTRIES, parseFailedTimes) }),
    ...(fields.tagged === undefined
      ? {}
      : { tagged: readList(fields, "tagged", MAX_TAG_GROUPS, (group) => parseTagged(group, names)) }),
    ...(fields.droppedTags === undefined ? {} : { droppedTags: readCount(fields, "droppedTags") }),
    ...(fields.resets === undefined ? {} : { resets: readCount(fields, "resets") }),
  };
}

function parseStatuses(value: unknown): Readonly<Record<string, number>> {
  const fields = toFields(value, "statuses");
  const statuses = Object.keys(fields);
  if (statuses.length > MAX_STATUSES) throw new MessageError(`"statuses" has more than ${MAX_STATUSES} members`);
  return Object.fromEntries(statuses.map((status) => {
    if (!/^\d{1,9}$/.test(status)) throw new MessageError('"statuses" has a member that is no status');
    return [status, readCount(fields, status)];
  }));
}

function parseArrivalCounts(value: unknown): ArrivalCounts {
  const fields = toFields(value, "arrivals");
  return {
    asked: readCount(fields, "asked"),
    started: readCount(fields, "started"),
    dropped: readCount(fields, "dropped"),
    late: readCount(fields, "late"),
  };
}

function parseClassArrivals(value: unknown): ClassArrivalCounts {
  const fields = toFields(value, "classArrivals");
  const names = Object.keys(fields);
  if (names.length > MAX_CLASSES || names.some((name) => name.length > MAX_NAME)) {
    throw new MessageError(`"classArrivals" has more than ${MAX_CLASSES} members, or longer names than ${MAX_NAME}`);
  }
  return Object.fromEntries(names.map((name) => [name, parseArrivalCounts(fields[name])]));
}

function parseSamples(value: unknown): SampleBatch {
  const fields = toFields(value, "samples");
  return {
    text: readBytes(fields, "text", MAX_FRAME_BYTES),
    lines: readCount(fields, "lines"),
    dropped: readCount(fields, "dropped"),
  };
}

function parseTagged(value: unknown, names: ReceivedNames): TaggedDelta {
  const fields = toFields(value, "tagged");
  return {
    tag: readText(fields, "tag", MAX_NAME),
    value: readText(fields, "value", MAX_NAME),
    entries: unpackEntries(readBytes(fields, "entries", MAX_FRAME_BYTES), names),
  };
}

function parseFailedTimes(value: unknown): FailedTimesDelta {
  const fields = toFields(value, "failedTimes");
  return {
    method: readText(fields, "method", MAX_NAME),
    name: readText(fields, "name", MAX_NAME),
    errorType: readText(fields, "errorType", MAX_NAME),
    times: readBytes(fields, "times", MAX_FRAME_BYTES),
  };
}

function parseExemplar(value: unknown): ExemplarDelta {
  const fields = toFields(value, "exemplar");
  const traceId = readText(fields, "traceId");
  if (!/^[0-9a-f]{32}$/.test(traceId)) throw new MessageError('"traceId" has other than 32 hexadecimal digits');
  return {
    method: readText(fields, "method", MAX_NAME),
    name: readText(fields, "name", MAX_NAME),
    traceId,
    responseTimeUs: readAmount(fields, "responseTimeUs"),
    outcome: fields["outcome"] === "failure" ? "failure" : "success",
    ageMs: readAmount(fields, "ageMs"),
  };
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
    ...(fields.sample === undefined ? {} : { sample: parseFailureSample(fields.sample) }),
  };
}

function parseFailureSample(value: unknown): AgedFailureSample {
  const fields = toFields(value, "failure sample");
  return {
    ageMs: readAmount(fields, "ageMs"),
    request: readText(fields, "request", MAX_SAMPLE_TEXT),
    status: fields.status === null ? null : readCount(fields, "status"),
    headers: readList(fields, "headers", MAX_SAMPLE_HEADERS, (each): [string, string] => {
      const [name, text] = Array.isArray(each) ? each : [];
      const pair = toFields({ name, text }, "header");
      return [readText(pair, "name", MAX_SAMPLE_TEXT), readText(pair, "text", MAX_SAMPLE_TEXT)];
    }),
    body: fields.body === null ? null : readText(fields, "body", MAX_SAMPLE_BODY_BYTES * 2),
    bodyBytes: readCount(fields, "bodyBytes"),
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
