/** Ages, which is how a moment crosses from one clock to another: whole milliseconds, never negative. */

/** Whole milliseconds from `thenMs` to `nowMs`, never negative. */
export function wholeAge(nowMs: number, thenMs: number): number {
  return Math.max(0, Math.round(nowMs - thenMs));
}
