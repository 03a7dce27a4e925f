/**
 * The rows of a tick as bytes of a journal line. Each figure of all rows stands in a column, one after the other, and
 * the columns are deflated together: so what hardly differs between rows takes almost nothing.
 *
 *   rows     deflated: block of each column, in the order of `COLUMNS`
 *   names    number less that of the row before, whose number is smaller; 0: method and name stand in `more`
 *   …High    a figure less its lowest 8 bits, which stand in the column without `High`: they are noise, the others are not
 *   shapes   of the response times: NONE, SPLIT, or WHOLE, whose block stands in `more`
 *   parts    bits of what else stands in `more`: 1 corrected times, then one for each phase, then drain; the name is a URL; it stands for many
 *
 * Requests are those with a time and those without. SPLIT times (the head of a packed histogram, `packed_histogram.ts`)
 * are in the columns `least` to `bits`. `spread` is the maximum less the minimum; `excess` what the sum exceeds the
 * least sum by that minimum, maximum and buckets allow: 0 for one value and for two.
 */
import { ByteReader, ByteWriter } from "../../base/byte_stream.ts";
import { LocustError } from "../../base/errors.ts";
import { lateZlib } from "../../base/late_modules.ts";
import { type EntryDelta, type Phase, PHASES } from "../../protocol/delta_message.ts";
import { bucketLowUs } from "../../stats/histogram/bucket.ts";
import {
  createDecodedHistogram,
  decodeBits,
  decodeHistogram,
  encodeDecoded,
} from "../../stats/histogram/packed_histogram.ts";
import type { ReceivedNames, SentNames } from "../../protocol/wire/known_names.ts";

const COLUMNS = [
  "names",
  "failures",
  "untimed",
  "bytes",
  "bytesHigh",
  "ages",
  "agesHigh",
  "shapes",
  "parts",
  "clamped",
  "least",
  "leastHigh",
  "spread",
  "spreadHigh",
  "excess",
  "excessHigh",
  "filled",
  "codes",
  "lengths",
  "bits",
  "more",
] as const;
type Column = typeof COLUMNS[number];

const NONE = 0;
const SPLIT = 1;
const WHOLE = 2;
const HAS_DRAIN = 2 << PHASES.length;
const IS_URL = 2 * HAS_DRAIN;
const IS_GROUP = 4 * HAS_DRAIN;

/** A row is some 20 bytes; 100,000 rows with full histograms stay below. */
const MAX_INFLATED = 256 * 1024 * 1024;
/** With room over what a recorder keeps (2,000 names per thread). */
const MAX_ROWS = 100_000;

const writers = Object.fromEntries(COLUMNS.map((column) => [column, new ByteWriter()])) as Record<Column, ByteWriter>;
const whole = new ByteWriter();

/** Rows whose names have a number come first, in the order of these. */
export function packRows(entries: readonly EntryDelta[], names: SentNames): Uint8Array {
  for (const column of COLUMNS) writers[column].take(); // what was left behind by rows that could not be written
  whole.take();
  const numbered = entries.map((entry) => ({ entry, number: names.numberOf(entry.method, entry.name) ?? Infinity }))
    .sort((a, b) => a.number === b.number ? 0 : a.number - b.number);
  let before = 0;
  for (const { entry, number } of numbered) {
    writers.names.varint(number === Infinity ? 0 : number - before);
    if (number === Infinity) {
      writers.more.text(entry.method);
      writers.more.text(entry.name);
    } else before = number;
    writeRow(entry);
  }
  for (const column of COLUMNS) whole.blockOf(writers[column]);
  return new Uint8Array(lateZlib().deflateRawSync(whole.take()));
}

/** Throws when the bytes cannot be read, or refer to a name that is missing. The code that adds the rows checks their counts. */
export function unpackRows(bytes: Uint8Array, names: ReceivedNames): EntryDelta[] {
  const reader = new ByteReader(
    new Uint8Array(lateZlib().inflateRawSync(bytes, { maxOutputLength: MAX_INFLATED })),
    malformed,
  );
  const columns = Object.fromEntries(
    COLUMNS.map((column) => [column, new ByteReader(reader.block(), malformed)]),
  ) as Record<Column, ByteReader>;
  const entries: EntryDelta[] = [];
  let number = 0;
  while (!columns.names.atEnd) {
    if (entries.length === MAX_ROWS) throw malformed(`there are more than ${MAX_ROWS}`);
    const step = columns.names.varint();
    number += step;
    const known = step === 0 ? { method: columns.more.text(), name: columns.more.text() } : names.get(number);
    if (known === undefined) throw malformed(`there is no name with the number ${number}`);
    entries.push(readRow(known.method, known.name, columns));
  }
  return entries;
}

function writeRow(
  { failures, untimed, bytes, lastAgeMs, times, corrected, phases, drain, origin }: EntryDelta,
): void {
  writers.failures.varint(failures);
  writers.untimed.varint(untimed);
  writeInTwo("bytes", bytes);
  writeInTwo("ages", Math.round(lastAgeMs));
  writeTimes(times);
  let parts = corrected === undefined ? 0 : 1;
  for (const [i, phase] of PHASES.entries()) if (phases?.[phase] !== undefined) parts |= 2 << i;
  if (drain !== undefined) parts |= HAS_DRAIN;
  if (origin !== undefined) parts |= origin === "url" ? IS_URL : IS_GROUP;
  writers.parts.varint(parts);
  if (corrected !== undefined) writers.more.block(corrected);
  for (const phase of PHASES) {
    const packed = phases?.[phase];
    if (packed !== undefined) writers.more.block(packed);
  }
  if (drain === undefined) return;
  writers.more.varint(drain.ended);
  writers.more.varint(drain.started);
  writers.more.varint(drain.startedFailures);
}

function readRow(method: string, name: string, columns: Readonly<Record<Column, ByteReader>>): EntryDelta {
  const failures = columns.failures.varint();
  const untimed = columns.untimed.varint();
  const bytes = readInTwo("bytes", columns);
  const lastAgeMs = readInTwo("ages", columns);
  const times = readTimes(columns);
  const requests = untimed + (times.length === 0 ? 0 : decoded.count);
  const parts = columns.parts.varint();
  const entry = { method, name, requests, failures, untimed, bytes, lastAgeMs, times };
  if (parts === 0) return entry;
  const { more } = columns;
  const corrected = (parts & 1) === 0 ? undefined : more.block();
  let phases: Partial<Record<Phase, Uint8Array>> | undefined;
  for (const [i, phase] of PHASES.entries()) {
    if ((parts & (2 << i)) !== 0) phases = { ...phases, [phase]: more.block() };
  }
  return {
    ...entry,
    ...(corrected === undefined ? {} : { corrected }),
    ...(phases === undefined ? {} : { phases }),
    ...((parts & HAS_DRAIN) === 0
      ? {}
      : { drain: { ended: more.varint(), started: more.varint(), startedFailures: more.varint() } }),
    ...((parts & IS_URL) === 0 ? {} : { origin: "url" as const }),
    ...((parts & IS_GROUP) === 0 ? {} : { origin: "group" as const }),
  };
}

type InTwo = "bytes" | "ages" | "least" | "spread" | "excess";

function writeInTwo(column: InTwo, value: number): void {
  writers[column].byte(value % 256);
  writers[`${column}High`].varint(Math.floor(value / 256));
}

function readInTwo(column: InTwo, columns: Readonly<Record<Column, ByteReader>>): number {
  return columns[column].byte() + columns[`${column}High`].varint() * 256;
}

/** Shared: writing and reading are synchronous and never nested. */
const decoded = createDecodedHistogram();

function writeTimes(times: Uint8Array): void {
  if (times.length === 0) return writers.shapes.varint(NONE);
  decoded.room.clear();
  decodeHistogram(times, decoded);
  const { clamped, sumUs, minUs, maxUs } = decoded;
  const excess = sumUs - leastSum();
  // A sum of months is cut at what a number holds.
  if (!Number.isSafeInteger(excess) || excess < 0) {
    writers.shapes.varint(WHOLE);
    return writers.more.block(times);
  }
  const reader = new ByteReader(times, malformed);
  for (let i = 0; i < 4; i++) reader.varint();
  writers.shapes.varint(SPLIT);
  writers.clamped.varint(clamped);
  writeInTwo("least", minUs);
  writeInTwo("spread", maxUs - minUs);
  writeInTwo("excess", excess);
  writers.filled.varint(reader.varint());
  writers.codes.byte(reader.byte());
  writers.lengths.varint(times.length - reader.position);
  writers.bits.raw(times.subarray(reader.position));
}

/** Leaves the histogram in `decoded`. */
function readTimes(columns: Readonly<Record<Column, ByteReader>>): Uint8Array {
  const shape = columns.shapes.varint();
  if (shape === NONE) return new Uint8Array(0);
  decoded.room.clear();
  if (shape === WHOLE) {
    const times = columns.more.block();
    decodeHistogram(times, decoded);
    return times;
  }
  if (shape !== SPLIT) throw malformed(`there are no times of the shape ${shape}`);
  const clamped = columns.clamped.varint();
  const least = readInTwo("least", columns);
  const largest = least + readInTwo("spread", columns);
  if (!Number.isSafeInteger(largest)) throw malformed("a maximum cannot be");
  const excess = readInTwo("excess", columns);
  const filled = columns.filled.varint();
  const code = columns.codes.byte();
  const bits = columns.bits.raw(columns.lengths.varint());
  decodeBits(bits, {
    summary: { clamped, sumUs: 0, minUs: least, maxUs: largest },
    length: filled,
    parameters: code,
  }, decoded);
  decoded.sumUs = excess + leastSum();
  if (!Number.isSafeInteger(decoded.sumUs)) throw malformed("a sum cannot be");
  return encodeDecoded(decoded);
}

/** Of the decoded histogram: its minimum, its maximum, and for each other value the bound of its bucket. */
function leastSum(): number {
  const { count, minUs, maxUs, from, to, room: { buckets, counts } } = decoded;
  if (count === 1) return minUs;
  let sum = minUs + maxUs - bucketLowUs(buckets[from] as number) - bucketLowUs(buckets[to - 1] as number);
  for (let i = from; i < to; i++) sum += bucketLowUs(buckets[i] as number) * (counts[i] as number);
  return sum;
}

function malformed(what: string): LocustError {
  return new LocustError(`the rows of a tick cannot be read: ${what}`, { code: "journal" });
}
