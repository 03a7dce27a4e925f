/**
 * Trends use the histogram of response times, which counts whole steps from 0 to 3.6 billion. A step is a thousandth of
 * the unit of a trend; for units that are times or sizes it is a microsecond or a byte. Pure.
 *
 * Invariant: the steps of a unit never change: threads and workers merge by them.
 */

const STEPS: ReadonlyMap<string, number> = new Map([
  ["us", 1],
  ["µs", 1],
  ["s", 1_000_000],
  ["B", 1],
  ["bytes", 1],
]);
const USUAL_STEPS = 1000;

/** Steps of the histogram in one of the unit. */
export function stepsOf(unit: string): number {
  return STEPS.get(unit) ?? USUAL_STEPS;
}

const MS_IN: ReadonlyMap<string, number> = new Map([["us", 0.001], ["µs", 0.001], ["ms", 1], ["s", 1000]]);

/** Milliseconds in one of the unit; undefined where it is no time. */
export function msIn(unit: string): number | undefined {
  return MS_IN.get(unit);
}
