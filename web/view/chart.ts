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
  readonly unit: string;
  readonly x: readonly number[];
  readonly xLabel: string;
  readonly lines: readonly Line[];
  /** Shaded parts of the x axis: ramp, warm-up, cool-down. */
  readonly bands: readonly Band[];
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
  /** Positions of the x axis' labels; evenly spread if absent. */
  readonly xTicks?: readonly number[];
  /** Events on the x axis. */
  readonly marks?: readonly ChartMark[];
  /** Limits on the y axis. */
  readonly limits?: readonly ChartLimit[];
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

export function largestValue(chart: Chart): number {
  let max = 0;
  for (const { values } of chart.lines) for (const value of values) if (value !== null && value > max) max = value;
  return max;
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
