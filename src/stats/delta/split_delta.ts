/**
 * Cuts a delta into parts that each fit a frame, so that none is ever too large to be sent. Names and texts have bounds
 * of their own (`entry_table.ts`, `failure_groups.ts`), but many long ones add up: 2,000 names of 2 KB are more than a
 * frame. Pure.
 */
import type { MeasureDelta } from "../../protocol/measures_message.ts";
import type {
  DeltaMessage,
  EntryDelta,
  ExceptionDelta,
  FailureDelta,
  TaggedDelta,
} from "../../protocol/delta_message.ts";

/** Half of the largest frame: what the estimate leaves out has room. */
const MAX_DELTA_BYTES = 8 * 1024 * 1024;
/** Field names, numbers and lengths of one element of a list. */
const ELEMENT_BYTES = 256;
/** The longest character in UTF-8, per UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/** Parts that add up to the delta. Almost always it is one, the delta itself. */
export function splitDelta(delta: DeltaMessage, maxBytes: number = MAX_DELTA_BYTES): DeltaMessage[] {
  const elements: Element[] = [
    ...delta.entries.map((entry) => ({
      bytes: entryBytes(entry),
      addTo: (part: Part) => void part.entries.push(entry),
    })),
    ...(delta.tagged ?? []).flatMap(({ tag, value, entries }) =>
      entries.map((entry) => ({
        bytes: entryBytes(entry) + textBytes(tag, value),
        addTo: (part: Part) => addTagged(part, tag, value, entry),
      }))
    ),
    ...delta.failures.map((failure) => ({
      bytes: textBytes(failure.method, failure.name, failure.text) + sampleBytes(failure),
      addTo: (part: Part) => void part.failures.push(failure),
    })),
    ...delta.exceptions.map((exception) => ({
      bytes: textBytes(exception.message, exception.stack, exception.where),
      addTo: (part: Part) => void part.exceptions.push(exception),
    })),
    ...(delta.measures ?? []).map((measure) => ({
      bytes: measureBytes(measure),
      addTo: (part: Part) => void (part.measures ??= []).push(measure),
    })),
  ];
  if (elements.reduce((sum, { bytes }) => sum + bytes, 0) <= maxBytes) return [delta];
  const { tagged: _tagged, measures: _measures, ...sums } = delta; // the sums are in the first part
  let open: Part = { ...sums, entries: [], failures: [], exceptions: [] };
  const empty = { ...NOTHING, ...(delta.resets === undefined ? {} : { resets: delta.resets }) };
  let openBytes = 0;
  const parts: Part[] = [open];
  for (const { bytes, addTo } of elements) {
    if (openBytes > 0 && openBytes + bytes > maxBytes) {
      parts.push(open = { ...empty, entries: [], failures: [], exceptions: [] });
      openBytes = 0;
    }
    openBytes += bytes;
    addTo(open);
  }
  return parts;
}

interface Element {
  readonly bytes: number;
  readonly addTo: (part: Part) => void;
}

interface Part extends Omit<DeltaMessage, "measures"> {
  tagged?: (TaggedDelta & { readonly entries: EntryDelta[] })[];
  readonly entries: EntryDelta[];
  readonly failures: FailureDelta[];
  readonly exceptions: ExceptionDelta[];
  measures?: MeasureDelta[];
}

const NOTHING = { retries: 0, abandoned: 0, failedStarts: 0, unfilteredNames: 0 };

function addTagged(part: Part, tag: string, value: string, entry: EntryDelta): void {
  part.tagged ??= [];
  const last = part.tagged.at(-1);
  if (last !== undefined && last.tag === tag && last.value === value) last.entries.push(entry);
  else part.tagged.push({ tag, value, entries: [entry] });
}

function entryBytes(entry: EntryDelta): number {
  let bytes = textBytes(entry.method, entry.name) + entry.times.length + (entry.corrected?.length ?? 0);
  for (const packed of Object.values(entry.phases ?? {})) bytes += packed.length;
  return bytes;
}

function measureBytes(measure: MeasureDelta): number {
  const bytes = textBytes(measure.name);
  if (measure.kind === "check") {
    return (measure.tagged ?? []).reduce((sum, { tag, value }) => sum + textBytes(tag, value), bytes);
  }
  if (measure.kind === "trend") return bytes + measure.values.length;
  return measure.kind === "transaction" ? bytes + measure.times.length + measure.busyTimes.length : bytes;
}

function sampleBytes({ sample }: FailureDelta): number {
  if (sample === undefined) return 0;
  return textBytes(sample.request, sample.body ?? "", ...sample.headers.flat());
}

function textBytes(...texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + text.length * BYTES_PER_UNIT, ELEMENT_BYTES);
}
