/** Checks an order of arrivals. Pure. */
import {
  ARRIVAL_PATTERNS,
  type ArrivalLeg,
  type ArrivalOrder,
  type ArrivalStream,
  type LeftArrivals,
  type OwedArrivals,
  type RateCurve,
} from "../arrivals_message.ts";
import type { MachineReading } from "../../base/clock.ts";
import {
  type Fields,
  has,
  MAX_NAME,
  readAmount,
  readCount,
  readIdentifier,
  readList,
  readText,
  readWord,
  toFields,
  wrong,
} from "./read_field.ts";

const MAX_STREAMS = 10_000;
/** Turns of a whole cluster, and of them those of one worker. */
const MAX_TURNS = 10_000_000;
const MAX_SLOTS = 4096;
const MAX_POINTS = 10_000;
const MAX_LEGS = 16;

export function parseArrivalOrder(fields: Fields): ArrivalOrder {
  return {
    runId: readIdentifier(fields, "runId"),
    epoch: readCount(fields, "epoch"),
    runMs: readAmount(fields, "runMs"),
    ...(has(fields, "reading") ? { reading: parseReading(fields.reading) } : {}),
    ...(has(fields, "untilMs") ? { untilMs: readAmount(fields, "untilMs") } : {}),
    ...(has(fields, "hold") ? { hold: readCount(fields, "hold", 1) } : {}),
    ...(has(fields, "streams") ? { streams: readList(fields, "streams", MAX_STREAMS, parseStream) } : {}),
  };
}

export function parseReading(value: unknown): MachineReading {
  const fields = toFields(value, "reading");
  return { clock: readText(fields, "clock", MAX_NAME), atMs: readAmount(fields, "atMs") };
}

function parseStream(value: unknown): ArrivalStream {
  const fields = toFields(value, "stream");
  return {
    id: readCount(fields, "id"),
    ...(has(fields, "kind") ? { kind: readWord(fields, "kind", ["target"] as const) } : {}),
    classes: readList(fields, "classes", MAX_STREAMS, (item) => {
      const each = toFields(item, "class");
      return { name: readText(each, "name", MAX_NAME), weight: readAmount(each, "weight") };
    }),
    pattern: readWord(fields, "pattern", ARRIVAL_PATTERNS),
    seed: readAmount(fields, "seed"),
    maxUsers: readCount(fields, "maxUsers", 1),
    firstUserIndex: readCount(fields, "firstUserIndex"),
    userIndexStep: readCount(fields, "userIndexStep", 1),
    ...(has(fields, "count") ? { count: readCount(fields, "count", 1) } : {}),
    legs: readList(fields, "legs", MAX_LEGS, (item): ArrivalLeg => {
      const leg = toFields(item, "leg");
      return { fromIndex: readCount(leg, "fromIndex"), curve: parseCurve(leg.curve), ...readTurns(leg) };
    }),
    ...(fields.isOver === true ? { isOver: true } : {}),
    owed: readList(fields, "owed", MAX_LEGS, (item): OwedArrivals => {
      const owed = toFields(item, "owed");
      return {
        ...(has(owed, "id") ? { id: readCount(owed, "id") } : {}),
        fromIndex: readCount(owed, "fromIndex"),
        toIndex: readCount(owed, "toIndex"),
        ...readTurns(owed),
      };
    }),
    ...(has(fields, "left") ? { left: readList(fields, "left", MAX_LEGS, parseLeft) } : {}),
  };
}

function parseLeft(value: unknown): LeftArrivals {
  const left = toFields(value, "left");
  return { id: readCount(left, "id"), fromIndex: readCount(left, "fromIndex") };
}

/** Slots are numbers below that of the turns: an order that says otherwise would start arrivals that are not there. */
function readTurns(fields: Fields): { readonly of: number; readonly slots: readonly number[] } {
  const of = readCount(fields, "of", 1);
  if (of > MAX_TURNS) throw wrong("of", `a number up to ${MAX_TURNS}`);
  const slots = readList(fields, "slots", MAX_SLOTS, (slot) => readCount({ slot }, "slot"));
  if (slots.some((slot, i) => slot >= of || slot <= (slots[i - 1] ?? -1))) throw wrong("slots", "ascending numbers");
  return { of, slots };
}

function parseCurve(value: unknown): RateCurve {
  const fields = toFields(value, "curve");
  const points = readList(fields, "points", MAX_POINTS, (item): readonly [number, number] => {
    const [ms, perSecond] = Array.isArray(item) ? item : [];
    const point = toFields({ ms, perSecond }, "point");
    return [readAmount(point, "ms"), readAmount(point, "perSecond")];
  });
  if (points.length === 0 || points.some(([ms], i) => ms < (points[i - 1]?.[0] ?? 0))) {
    throw wrong("points", "ascending times");
  }
  return {
    countBefore: readAmount(fields, "countBefore"),
    points,
    ...(has(fields, "endMs") ? { endMs: readAmount(fields, "endMs") } : {}),
  };
}
