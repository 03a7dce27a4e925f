/**
 * The loads that a capacity search may ask for: whole users, or rates with three digits, between the smallest and the
 * largest that it may use. Pure arithmetic.
 */
import type { CapacityUnit } from "../../protocol/capacity_message.ts";

export interface LoadRange {
  readonly unit: CapacityUnit;
  readonly start: number;
  /** The largest that may be asked for. */
  readonly max: number;
}

/**
 * The width, as a share of the load, at which an interval is narrow enough: within it the figure is no farther off than
 * two runs of one test are from each other.
 */
export const RESOLUTION = 0.025;

/** While the interval is wider than this factor, its middle is that of the logarithms. */
const WIDE = 3;

/** A search that begins with too much load falls down to this part of it. */
const LOWEST_SHARE = 1 / 1024;

export function smallestLoad({ unit, start }: LoadRange): number {
  return unit === "users" ? 1 : roundLoad(unit, start * LOWEST_SHARE);
}

/** Twice the load, within the range. */
export function riseFrom(load: number, range: LoadRange): number {
  return Math.min(range.max, roundLoad(range.unit, load * 2));
}

/** A quarter of the load, within the range. */
export function fallFrom(load: number, range: LoadRange): number {
  return Math.max(smallestLoad(range), roundLoad(range.unit, load / 4));
}

/** A load between two, as far as there is one. */
export function between(low: number, high: number, unit: CapacityUnit): number | undefined {
  const middle = high / low > WIDE ? Math.sqrt(low * high) : (low + high) / 2;
  const load = roundLoad(unit, middle);
  return load > low && load < high ? load : undefined;
}

/** A load that may be asked for, on one side of a value. */
export function loadNear(value: number, side: "below" | "above", { unit, max }: LoadRange): number {
  const step = unit === "users" ? 1 : 10 ** (Math.floor(Math.log10(value)) - 2);
  const load = (side === "below" ? Math.floor(value / step + 1e-9) : Math.ceil(value / step - 1e-9)) * step;
  return Math.min(max, roundLoad(unit, load));
}

/** Whether a gap between two loads needs no step in it. */
export function isNarrow(low: number, high: number, unit: CapacityUnit): boolean {
  return high - low <= low * RESOLUTION + 1e-9 || between(low, high, unit) === undefined;
}

/** Half of the load, for a system that is to recover. */
export function restFor(load: number, unit: CapacityUnit): number {
  return unit === "users" ? Math.max(1, Math.floor(load / 2)) : load / 2;
}

function roundLoad(unit: CapacityUnit, load: number): number {
  if (unit === "users") return Math.max(1, Math.round(load));
  return Number(load.toPrecision(3));
}
