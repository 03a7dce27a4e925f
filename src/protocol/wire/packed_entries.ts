/**
 * The entries of a delta as bytes: nine tenths of what a master reads, so they are neither maps nor lists of
 * MessagePack.
 *
 *   entries    entry, entry … up to the end
 *   entry      varint size, then so many bytes; what a newer version appends is skipped:
 *              varint name    0: method and name follow, in full
 *                             1: the same, and from now on they have the next number of this connection: 2, 3, 4 …
 *                             n: the method and name with that number
 *              [text method, text name]
 *              varint requests, varint failures, varint untimed, varint bytes, varint lastAgeMs
 *              block times
 *              varint parts   1: corrected, 2: blocked, 4: dns, 8: connect, 16: tls, 32: waiting, 64: receiving, 128: drain;
 *                             256: the name is a URL, 512: it stands for many URLs (nothing of these two follows)
 *              block of each part that is there, in this order; drain is
 *              varint ended, varint started, varint startedFailures
 *   varint     unsigned LEB128: seven bits per byte, the lowest first; at most 2^53 - 1
 *   block      varint length, then so many bytes; text is a block of UTF-8
 */
import { ByteReader, ByteWriter } from "../../base/byte_stream.ts";
import { truncate } from "../../base/text/text.ts";
import { type EntryDelta, type Phase, PHASES } from "../delta_message.ts";
import { canBeKnown, type KnownName, type ReceivedNames, type SentNames } from "./known_names.ts";
import { MAX_NAME } from "./read_field.ts";
import { MessageError } from "./scan_value.ts";

/** Bounds with room over what a recorder keeps (2,000 names per thread). */
export const MAX_ENTRIES = 100_000;
/** A packed histogram with every bucket in use stays well below. */
const MAX_HISTOGRAM_BYTES = 256 * 1024;

const HAS_DRAIN = 128;
const IS_URL = 256;
const IS_GROUP = 512;
const IN_FULL = 0;
const IN_FULL_TO_KEEP = 1;

const whole = new ByteWriter();
const one = new ByteWriter();

/** Numbers in `names` are given to what is written: it must be sent, or they must be taken back. */
export function packEntries(entries: readonly EntryDelta[], names: SentNames): Uint8Array {
  whole.take(); // what was left behind by one that could not be written
  one.take();
  for (const entry of entries) {
    packEntry(entry, names);
    whole.blockOf(one);
  }
  return whole.take();
}

/** Throws a `MessageError`. The bytes of histograms are checked by the code that adds them. */
export function unpackEntries(bytes: Uint8Array, names: ReceivedNames): EntryDelta[] {
  const reader = new ByteReader(bytes, malformed);
  const entries: EntryDelta[] = [];
  while (!reader.atEnd) {
    if (entries.length === MAX_ENTRIES) throw malformed(`there are more than ${MAX_ENTRIES}`);
    const end = reader.blockEnd();
    entries.push(unpackEntry(reader, names));
    reader.skipTo(end);
  }
  return entries;
}

function packEntry(entry: EntryDelta, names: SentNames): void {
  packName(entry, names);
  one.varint(entry.requests);
  one.varint(entry.failures);
  one.varint(entry.untimed);
  one.varint(entry.bytes);
  one.varint(Math.round(entry.lastAgeMs));
  one.block(entry.times);
  let parts = entry.corrected === undefined ? 0 : 1;
  for (const [i, phase] of PHASES.entries()) if (entry.phases?.[phase] !== undefined) parts |= 2 << i;
  if (entry.drain !== undefined) parts |= HAS_DRAIN;
  if (entry.origin !== undefined) parts |= entry.origin === "url" ? IS_URL : IS_GROUP;
  one.varint(parts);
  if (entry.corrected !== undefined) one.block(entry.corrected);
  for (const phase of PHASES) {
    const packed = entry.phases?.[phase];
    if (packed !== undefined) one.block(packed);
  }
  if (entry.drain === undefined) return;
  one.varint(entry.drain.ended);
  one.varint(entry.drain.started);
  one.varint(entry.drain.startedFailures);
}

function packName({ method, name }: EntryDelta, names: SentNames): void {
  const number = names.numberOf(method, name);
  if (number !== undefined) return one.varint(number);
  const isKept = canBeKnown(method, name, names.size);
  if (isKept) names.add(method, name);
  one.varint(isKept ? IN_FULL_TO_KEEP : IN_FULL);
  one.text(method);
  one.text(name);
}

function unpackEntry(reader: ByteReader, names: ReceivedNames): EntryDelta {
  const { method, name } = unpackName(reader, names);
  const requests = reader.varint();
  const failures = reader.varint();
  const untimed = reader.varint();
  const bytes = reader.varint();
  const lastAgeMs = reader.varint();
  const times = unpackHistogram(reader);
  const parts = reader.varint();
  const entry = { method, name, requests, failures, untimed, bytes, lastAgeMs, times };
  if (parts === 0) return entry;
  const corrected = (parts & 1) === 0 ? undefined : unpackHistogram(reader);
  const phases = unpackPhases(reader, parts);
  const drain = (parts & HAS_DRAIN) === 0
    ? undefined
    : { ended: reader.varint(), started: reader.varint(), startedFailures: reader.varint() };
  return {
    ...entry,
    ...(corrected === undefined ? {} : { corrected }),
    ...(phases === undefined ? {} : { phases }),
    ...(drain === undefined ? {} : { drain }),
    ...((parts & IS_URL) === 0 ? {} : { origin: "url" as const }),
    ...((parts & IS_GROUP) === 0 ? {} : { origin: "group" as const }),
  };
}

function unpackPhases(reader: ByteReader, parts: number): EntryDelta["phases"] {
  let phases: Partial<Record<Phase, Uint8Array>> | undefined;
  for (const [i, phase] of PHASES.entries()) {
    if ((parts & (2 << i)) === 0) continue;
    phases ??= {};
    phases[phase] = unpackHistogram(reader);
  }
  return phases;
}

function unpackName(reader: ByteReader, names: ReceivedNames): KnownName {
  const number = reader.varint();
  if (number !== IN_FULL && number !== IN_FULL_TO_KEEP) {
    const known = names.get(number);
    if (known === undefined) throw malformed(`there is no name with the number ${number}`);
    return known;
  }
  const method = truncate(reader.text(), MAX_NAME);
  const name = truncate(reader.text(), MAX_NAME);
  if (number === IN_FULL_TO_KEEP) {
    if (!canBeKnown(method, name, names.size)) throw malformed("there are more or longer names to keep than agreed");
    names.add({ method, name });
  }
  return { method, name };
}

function unpackHistogram(reader: ByteReader): Uint8Array {
  const bytes = reader.block();
  if (bytes.length > MAX_HISTOGRAM_BYTES) throw malformed(`a histogram has more than ${MAX_HISTOGRAM_BYTES} bytes`);
  return bytes;
}

function malformed(what: string): MessageError {
  return new MessageError(`the bytes of "entries" cannot be read: ${what}`);
}
