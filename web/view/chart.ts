/** A chart as data: lines over one x axis, with names, units and a table of the same data. Pure; drawn by two components. */

/** Names the colour and the dash of a line. */
export type Ink = "users" | "rate" | "failures" | "p50" | "p90" | "p95" | "p99" | "earlier";

export interface Line {
  readonly label: string;
  readonly ink: Ink;
  /** One value per x; null is a gap. */
  readonly values: readonly (number | null)[];
}

export interface Chart {
  /** Accessible name of the figure. */
  readonly title: string;
  /** What is read above the figure, where that is less. */
  readonly caption?: string;
  readonly unit: string;
  readonly x: readonly number[];
  readonly xLabel: string;
  readonly lines: readonly Line[];
  /** Parts of the x axis: ramp, warm-up, steady, cool-down. */
  readonly bands: readonly Band[];
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
  /** Positions of the x axis' labels; evenly spread if absent. */
  readonly xTicks?: readonly number[];
  /** Events on the x axis. */
  readonly marks?: readonly ChartMark[];
  /** Limits on the y axis. */
  readonly limits?: readonly ChartLimit[];
  /** Its values can be so far apart that a logarithmic axis shows more. */
  readonly hasLogScale?: true;
}

export interface ChartMark {
  readonly x: number;
  readonly label: string;
  readonly isBad: boolean;
}

export interface ChartLimit {
  readonly y: number;
  readonly label: string;
  readonly isBroken: boolean;
}

export interface Band {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  /** It has its name on the plain ground, which the shaded ones stand out from. */
  readonly isPlain?: true;
}

/** Round values from 0 up to at least `max`, about `count` of them. */
export function niceTicks(max: number, count = 4): number[] {
  if (!(max > 0)) return [0, 1];
  const raw = max / count;
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * magnitude).find((each) => each >= raw) ?? raw;
  const ticks = [0];
  while ((ticks[ticks.length - 1] as number) < max) ticks.push(ticks.length * step);
  return ticks;
}

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400];

/** Round points of time from `from` to `to` in seconds, at most `count` of them. */
export function timeTicks(from: number, to: number, count: number): number[] {
  const step = TIME_STEPS.find((each) => (to - from) / each < count) ?? Math.ceil((to - from) / count);
  const ticks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

export function largestValue(chart: Chart): number {
  let max = 0;
  for (const { values } of chart.lines) for (const value of values) if (value !== null && value > max) max = value;
  return max;
}

/** Null where nothing was measured at all. */
export function lastMeasured(values: Line["values"]): number | null {
  for (let i = values.length - 1; i >= 0; i--) if (values[i] != null) return values[i] as number;
  return null;
}

/** Part of the x axis within which an event counts as under the cursor. */
const NEAR = 0.008;

export function marksNear({ x, marks = [] }: Chart, at: number): readonly ChartMark[] {
  const width = (x[x.length - 1] ?? 0) - (x[0] ?? 0);
  return marks.filter((mark) => Math.abs(mark.x - at) <= Math.max(0.5, width * NEAR));
}

/** Header and rows of the chart's data: x first, `null` where nothing was measured. */
export function tabulate(
  chart: Chart,
): { readonly head: readonly string[]; readonly rows: readonly (number | null)[][] } {
  return {
    head: [chart.xLabel, ...chart.lines.map(({ label }) => chart.unit === "" ? label : `${label} (${chart.unit})`)],
    rows: chart.x.map((x, i) => [x, ...chart.lines.map(({ values }) => values[i] ?? null)]),
  };
}
