/** Small lines without axes: the course of a run beside its newest figures. Pure. */
import type { HistoryColumns, HistoryField } from "./history_columns.ts";

export interface SparkBox {
  readonly width: number;
  readonly height: number;
}

/** More points than this are not told apart. */
const MAX_POINTS = 160;

/** Values a second where `isPerSecond`; each the largest of its stretch, so that no spike is lost; NaN is a gap. */
export function sparkValues(columns: HistoryColumns, field: HistoryField, isPerSecond: boolean): Float64Array {
  const values = columns[field];
  const per = Math.max(1, Math.ceil(values.length / MAX_POINTS));
  const result = new Float64Array(Math.ceil(values.length / per)).fill(NaN);
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] as number) / (isPerSecond ? columns.countedSeconds[i] as number : 1);
    const at = Math.floor(i / per);
    const before = result[at] as number;
    if (!Number.isNaN(value) && !(before >= value)) result[at] = value;
  }
  return result;
}

/** The largest of all lines that share a drawing. */
export function sparkTop(lines: readonly Float64Array[]): number {
  let top = 0;
  for (const line of lines) for (const value of line) if (value > top) top = value;
  return top;
}

/** An SVG path; a single point between gaps is a short stroke. */
export function sparkPath(values: Float64Array, top: number, { width, height }: SparkBox): string {
  const step = width / Math.max(1, values.length - 1);
  let path = "";
  let isDown = false;
  values.forEach((value, i) => {
    if (Number.isNaN(value)) {
      isDown = false;
      return;
    }
    const y = height * (1 - (top > 0 ? value / top : 0));
    path += isDown ? `L${(i * step).toFixed(1)} ${y.toFixed(1)}` : `M${(i * step).toFixed(1)} ${y.toFixed(1)}h.5`;
    isDown = true;
  });
  return path;
}
