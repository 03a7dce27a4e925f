/** Whether the count of a row carries a percentile: where it does not, tables for people put the percentile in brackets. Pure. */

/** Fewer samples beyond a percentile than this, and single ones decide it: another run would show another value. */
export const MIN_SAMPLES_BEYOND = 5;

/** The maximum is exact, whatever the count. */
export function isCarried(
  { requests, untimed }: { readonly requests: number; readonly untimed: number },
  fraction: number,
): boolean {
  // 0.9 · 50 leaves 4.999999999999999 beyond: a millionth of a sample is none.
  return fraction === 1 || (requests - untimed) * (1 - fraction) >= MIN_SAMPLES_BEYOND - 1e-6;
}
