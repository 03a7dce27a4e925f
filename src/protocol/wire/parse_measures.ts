/** Checks the measures of a decoded delta. Pure; the bytes of histograms are checked by `stats/measures/check_measures.ts`. */
import { MAX_FRAME_BYTES } from "./framing.ts";
import { type MeasureDelta, METRIC_KINDS, type ShareDelta, type TaggedShare } from "../measures_message.ts";
import {
  type Fields,
  MAX_NAME,
  readAmount,
  readBytes,
  readCount,
  readList,
  readNumber,
  readText,
  readWord,
  toFields,
} from "./read_field.ts";

/** With room over what a sender keeps. */
export const MAX_MEASURE_DELTAS = 10_000;

/** Values of all tags of a check, with room over what a sender keeps. */
const MAX_TAG_VALUES = 10_000;

const KINDS = ["check", "transaction", ...METRIC_KINDS] as const;

export function parseMeasure(value: unknown): MeasureDelta {
  const fields = toFields(value, "measure");
  const kind = readWord(fields, "kind", KINDS);
  const name = readText(fields, "name", MAX_NAME);
  switch (kind) {
    case "check":
      return {
        kind,
        name,
        passes: readCount(fields, "passes"),
        fails: readCount(fields, "fails"),
        ...readTagged(fields),
      };
    case "rate":
      return { kind, name, passes: readCount(fields, "passes"), fails: readCount(fields, "fails") };
    case "counter":
      return { kind, name, unit: readUnit(fields), count: readCount(fields, "count"), sum: readNumber(fields, "sum") };
    case "gauge":
      return {
        kind,
        name,
        unit: readUnit(fields),
        count: readCount(fields, "count"),
        last: readNumber(fields, "last"),
        lastAgeMs: readAmount(fields, "lastAgeMs"),
        min: readNumber(fields, "min"),
        max: readNumber(fields, "max"),
      };
    case "trend":
      return { kind, name, unit: readUnit(fields), values: readBytes(fields, "values", MAX_FRAME_BYTES) };
    case "transaction":
      return {
        kind,
        name,
        failures: readCount(fields, "failures"),
        cutOff: readCount(fields, "cutOff"),
        times: readBytes(fields, "times", MAX_FRAME_BYTES),
        busyTimes: readBytes(fields, "busyTimes", MAX_FRAME_BYTES),
      };
  }
}

function readTagged(fields: Fields): Pick<ShareDelta, "tagged" | "droppedTags"> {
  return {
    ...(fields.tagged === undefined ? {} : { tagged: readList(fields, "tagged", MAX_TAG_VALUES, parseTagged) }),
    ...(fields.droppedTags === undefined ? {} : { droppedTags: readCount(fields, "droppedTags") }),
  };
}

function parseTagged(value: unknown): TaggedShare {
  const fields = toFields(value, "tagged check");
  return {
    tag: readText(fields, "tag", MAX_NAME),
    value: readText(fields, "value", MAX_NAME),
    passes: readCount(fields, "passes"),
    fails: readCount(fields, "fails"),
  };
}

function readUnit(fields: Fields): string {
  return readText(fields, "unit", MAX_NAME);
}
