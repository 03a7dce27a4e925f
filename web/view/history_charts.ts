/** The charts over the time of a run, from the summary's history. Pure. */
import type { SummaryArrivalCounts, SummaryScenario } from "../../src/report/summary/load_summary.ts";
import type { RunSummary, SummaryPhase, SummarySpan } from "../../src/report/summary/summary.ts";
import type { Band, Chart, ChartMark, Ink } from "./chart.ts";
import { limitsOf } from "./chart_limits.ts";
import { feedCharts } from "./feed_charts.ts";
import { formatClock, formatCount, formatNumber, formatValue } from "./format.ts";
import { ratedSeconds } from "./rated_seconds.ts";

type History = readonly SummarySpan[];
type Axis = Pick<RunSummary, "history" | "phases" | "capacity" | "scenarios">;
type Times = Axis & Pick<RunSummary, "run" | "thresholds" | "feeds">;

/** Requests and failures per second. */
export function requestsChart(summary: Times): Chart {
  const { history, thresholds } = summary;
  const rate = rateIn(summary);
  return {
    ...timeAxis(summary),
    title: "Requests per second",
    unit: "/s",
    formatY: formatValue,
    lines: [
      { label: "Requests", ink: "rate", values: history.map((span) => rate(span, span.requests)) },
      { label: "Failures", ink: "failures", values: history.map((span) => rate(span, span.failures)) },
    ],
    limits: limitsOf(thresholds, ["rps", "fps"]),
  };
}

/**
 * Null where a step is too short for a rate. Files of earlier versions do not say how long the last one was; the length
 * of their run does.
 */
function rateIn({ history, run }: Times): (span: SummarySpan, count: number) => number | null {
  return (span, count) => {
    const { seconds, countedSeconds = Math.min(seconds, run.durationSeconds - span.second) } = span;
    const over = ratedSeconds({ seconds, countedSeconds }, history.length === 1);
    return Number.isNaN(over) ? null : count / over;
  };
}

const TIMES: readonly (readonly [label: string, ink: Ink, read: (span: SummarySpan) => number | null])[] = [
  ["50th percentile", "p50", (span) => span.p50Ms],
  ["95th percentile", "p95", (span) => span.p95Ms],
  ["99th percentile", "p99", (span) => span.p99Ms],
];

/** Percentiles of each second; a second without a request is a gap. */
export function responseTimesChart(summary: Times): Chart {
  const { history, thresholds } = summary;
  return {
    ...timeAxis(summary),
    title: "Response times",
    unit: "ms",
    formatY: formatValue,
    lines: TIMES.map(([label, ink, read]) => ({ label, ink, values: history.map(read) })),
    limits: limitsOf(thresholds, undefined),
    hasLogScale: true,
  };
}

/** Arrivals per second; undefined where no class has an arrival rate. */
export function arrivalsChart(summary: Times): Chart | undefined {
  const { history } = summary;
  if (history.every(({ arrivals }) => arrivals === undefined)) return undefined;
  const perSecond = rateIn(summary);
  const rate = (read: (counts: SummaryArrivalCounts) => number) =>
    history.map((span) => span.arrivals === undefined ? null : perSecond(span, read(span.arrivals)));
  return {
    ...timeAxis(summary),
    title: "Arrivals per second",
    unit: "/s",
    formatY: formatValue,
    lines: [
      { label: "Asked", ink: "users", values: rate(({ asked }) => asked) },
      { label: "Started", ink: "rate", values: rate(({ started }) => started) },
      { label: "Dropped", ink: "failures", values: rate(({ dropped }) => dropped) },
    ],
  };
}

/** One for each feed that rows were drawn from. */
export function feedRowsCharts(summary: Times): readonly Chart[] {
  const { history, feeds = [] } = summary;
  const used = new Map(feeds.map(({ name }) => [name, history.map((span) => span.feeds?.[name] ?? null)]));
  return feedCharts({ feeds, used, axis: timeAxis(summary) });
}

export function usersChart(summary: Times): Chart {
  const { history } = summary;
  return {
    ...timeAxis(summary),
    title: "Number of users",
    unit: "",
    formatY: (users) => Number.isInteger(users) ? formatNumber(users) : "",
    lines: [{ label: "Users", ink: "users", values: history.map(({ users }) => users) }],
  };
}

function timeAxis(
  { history, phases, capacity, scenarios = [] }: Axis,
): Pick<Chart, "x" | "xLabel" | "bands" | "marks" | "formatX"> {
  const marks = [...scenarios.flatMap(markLoad), ...(capacity === undefined ? [] : markSteps(capacity))];
  return {
    x: history.map(({ second }) => second),
    xLabel: "Second",
    bands: phases.flatMap(toBand),
    ...(marks.length === 0 ? {} : { marks: marks.sort((a, b) => a.x - b.x) }),
    formatX: formatClock,
  };
}

/** Where the load of a scenario begins and is over, in the words of a run in progress. */
function markLoad({ name, startSeconds, overSeconds }: SummaryScenario): readonly ChartMark[] {
  return [
    ...(startSeconds === null ? [] : [{ x: startSeconds, label: `${name} begins`, isBad: false }]),
    ...(overSeconds === null ? [] : [{ x: overSeconds, label: `${name} is over`, isBad: false }]),
  ];
}

/** The end of each window of a capacity search. */
function markSteps({ steps, unit }: NonNullable<RunSummary["capacity"]>): readonly ChartMark[] {
  return steps.map(({ number, load, outcome, toSeconds }) => ({
    x: toSeconds,
    label: `Step ${number}: ${
      unit === "users" ? formatCount(load, "user") : `${formatNumber(load, load % 1 === 0 ? 0 : 1)}${unit}`
    } ${outcome}`,
    isBad: outcome === "broken",
  }));
}

const PHASE_LABELS = { ramp: "Ramp", warmUp: "Warm-up", steady: "Steady", coolDown: "Cool-down" } as const;

/** The steady part is the plain ground that the others stand out from. A run that has nothing else needs no name for it. */
function toBand({ kind, fromSeconds, toSeconds }: SummaryPhase, _: number, phases: readonly SummaryPhase[]): Band[] {
  const band = { label: PHASE_LABELS[kind], from: fromSeconds, to: toSeconds };
  if (kind !== "steady") return [band];
  return phases.length > 1 ? [{ ...band, isPlain: true }] : [];
}

export function nameOfPhase(kind: SummaryPhase["kind"]): string {
  return PHASE_LABELS[kind];
}
