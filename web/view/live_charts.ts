/** The charts over the time of a run in progress, from its history, markers and thresholds. Pure. */
import type { ApiMarker, ApiThreshold } from "../../src/server/answers/api_snapshot.ts";
import type { SummaryFeed } from "../../src/report/summary/load_summary.ts";
import type { HistoryColumns, HistoryField } from "./history_columns.ts";
import type { Chart, ChartLimit, ChartMark, Ink } from "./chart.ts";
import { limitsOf } from "./chart_limits.ts";
import { feedCharts } from "./feed_charts.ts";
import { formatClock, formatNumber, formatValue } from "./format.ts";

export interface LiveHistory {
  readonly columns: HistoryColumns;
  readonly markers: readonly ApiMarker[];
  readonly thresholds: readonly ApiThreshold[];
  /** An earlier run to lay under this one. */
  readonly earlier?: EarlierLines | undefined;
}

/** Values of an earlier run at the seconds of this one. */
export type EarlierLines = Readonly<Partial<Record<HistoryField, readonly (number | null)[]>>>;

/** A line of this many points is drawn whole; a longer one as the largest value of each stretch, so that no spike is lost. */
const MAX_POINTS = 1800;

export function liveRequestsChart(history: LiveHistory): Chart {
  return chartOf(history, {
    title: "Requests per second",
    unit: "/s",
    formatY: formatValue,
    lines: [["Requests", "rate", "requests"], ["Failures", "failures", "failures"]],
    perSecond: true,
    limits: limitsOf(history.thresholds, ["rps", "fps"]),
  });
}

export function liveTimesChart(history: LiveHistory): Chart {
  return chartOf(history, {
    title: "Response times",
    unit: "ms",
    formatY: formatValue,
    lines: [["50th percentile", "p50", "p50Ms"], ["95th percentile", "p95", "p95Ms"], [
      "99th percentile",
      "p99",
      "p99Ms",
    ]],
    perSecond: false,
    limits: limitsOf(history.thresholds, undefined),
    hasLogScale: true,
  });
}

export function liveUsersChart(history: LiveHistory): Chart {
  return chartOf(history, {
    title: "Number of users",
    unit: "",
    formatY: (users) => Number.isInteger(users) ? formatNumber(users) : "",
    lines: [["Users", "users", "users"]],
    perSecond: false,
    limits: [],
  });
}

/** Undefined where there are no arrivals. */
export function liveArrivalsChart(history: LiveHistory): Chart | undefined {
  if (!history.columns.asked.some((count) => !Number.isNaN(count))) return undefined;
  return chartOf(history, {
    title: "Arrivals per second",
    unit: "/s",
    formatY: formatValue,
    lines: [["Asked", "users", "asked"], ["Started", "rate", "started"], ["Dropped", "failures", "dropped"]],
    perSecond: true,
    limits: [],
  });
}

/** One for each feed that rows were drawn from. */
export function liveFeedCharts(
  { columns, markers }: LiveHistory,
  feeds: readonly SummaryFeed[],
  used: ReadonlyMap<string, Float64Array>,
): readonly Chart[] {
  const per = stretchOf(columns);
  const values = new Map([...used].map(([name, rows]) => [name, thin(rows, undefined, per)]));
  return feedCharts({ feeds, used: values, axis: axisOf(columns, markers, per) });
}

interface ChartPlan {
  readonly title: string;
  readonly unit: string;
  readonly formatY: (value: number) => string;
  readonly lines: readonly (readonly [label: string, ink: Ink, field: HistoryField])[];
  readonly perSecond: boolean;
  readonly limits: readonly ChartLimit[];
  readonly hasLogScale?: true;
}

function chartOf({ columns, markers, earlier }: LiveHistory, plan: ChartPlan): Chart {
  const per = stretchOf(columns);
  const lines = plan.lines.map(([label, ink, field]) => ({
    label,
    ink,
    values: thin(columns[field], plan.perSecond ? columns.countedSeconds : undefined, per),
  }));
  const before = plan.lines.flatMap(([label, , field]) => {
    const values = earlier?.[field];
    if (values === undefined) return [];
    return [{ label: `${label}, earlier run`, ink: "earlier" as const, values: thin(values, undefined, per) }];
  });
  return {
    ...axisOf(columns, markers, per),
    title: plan.title,
    unit: plan.unit,
    formatY: plan.formatY,
    lines: [...lines, ...before],
    limits: plan.limits,
    ...(plan.hasLogScale === true ? { hasLogScale: true } : {}),
  };
}

/** Steps that are drawn as one point. */
function stretchOf({ second }: HistoryColumns): number {
  return Math.max(1, Math.ceil(second.length / MAX_POINTS));
}

function axisOf(
  columns: HistoryColumns,
  markers: LiveHistory["markers"],
  per: number,
): Pick<Chart, "x" | "xLabel" | "bands" | "formatX" | "marks"> {
  return {
    x: Array.from(columns.second).filter((_, i) => i % per === 0),
    xLabel: "Second",
    bands: [],
    formatX: formatClock,
    marks: markers.flatMap(toMark),
  };
}

/** The largest value of each stretch; a stretch in which nothing was measured is a gap. */
function thin(values: ArrayLike<number | null>, seconds: Float64Array | undefined, per: number): (number | null)[] {
  const result: (number | null)[] = [];
  for (let i = 0; i < values.length; i += per) {
    let max: number | null = null;
    for (let j = i; j < Math.min(i + per, values.length); j++) {
      const value = values[j];
      if (value === null || value === undefined || Number.isNaN(value)) continue;
      const each = seconds === undefined ? value : value / (seconds[j] as number);
      if (Number.isNaN(each)) continue;
      if (max === null || each > max) max = each;
    }
    result.push(max);
  }
  return result;
}

function toMark({ kind, text, elapsedMs }: ApiMarker): ChartMark[] {
  return kind === "start" ? [] : [{ x: elapsedMs / 1000, label: text, isBad: kind === "threshold" }];
}
