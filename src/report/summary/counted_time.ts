/**
 * The time in which the counts of a step were made: with reports before the end of a second the first step of a run has
 * less than its length, and what comes after the last one has a rest. Pure.
 */

/** The seconds that have been counted after one more span; undefined: it is not known. */
export function reachAfter(
  before: number | undefined,
  { countedMs }: { readonly countedMs?: number | undefined },
): number | undefined {
  return before === undefined || countedMs === undefined ? undefined : before + countedMs / 1000;
}

/** Unknown where one of them is. */
export function sumCounted(
  steps: readonly { readonly countedSeconds?: number }[],
): { readonly countedSeconds?: number } {
  const known = steps.flatMap(({ countedSeconds }) => countedSeconds === undefined ? [] : [countedSeconds]);
  return known.length < steps.length ? {} : { countedSeconds: known.reduce((sum, each) => sum + each, 0) };
}

/** Ticks that come some ms late are none of a reader's matters. */
const COUNTED_STEP = 0.005;

/** The time of a step's rates, where it is not the whole step. */
export function showCounted(
  { seconds, countedSeconds = seconds }: { readonly seconds: number; readonly countedSeconds?: number },
): { readonly countedSeconds?: number } {
  return Math.abs(countedSeconds - seconds) < COUNTED_STEP
    ? {}
    : { countedSeconds: Math.round(countedSeconds * 1000) / 1000 };
}
