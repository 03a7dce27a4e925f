/**
 * The statistics that a threshold may be about: their words, their units, and their values over what some rows counted.
 * Pure.
 */
import type { Histogram } from "../histogram/histogram.ts";
import { countMeasured, evaluateMeasure, hasMeasured, type MeasureCounts } from "./measure_counts.ts";
import type { Latency, Statistic, ThresholdUnit } from "./threshold.ts";

/** A statistic with the units that its limit may have: unit → factor to the unit of reports. */
export interface StatisticForm {
  readonly statistic: Statistic;
  readonly unit: ThresholdUnit;
  readonly units: Readonly<Record<string, number>>;
  /** What it is where a unit is written, if that is not the same. */
  readonly withUnit?: { readonly statistic: Statistic; readonly unit: ThresholdUnit };
}

/** The words, for messages. */
export const STATISTIC_WORDS =
  "p50 … p99.99, median, mean, min, max, failures (a share), failures_count, rps, fps, requests, corrected_p99 …, users, dropped (a share)";

const TIME_UNITS = { us: 0.001, ms: 1, s: 1000 } as const;
const CORRECTED = "corrected_";

const COUNTS: Readonly<Record<string, StatisticForm>> = {
  failures: { statistic: { kind: "failureRatio" }, unit: "%", units: { "%": 1 } },
  failures_count: { statistic: { kind: "failures" }, unit: "", units: {} },
  requests: { statistic: { kind: "requests" }, unit: "", units: {} },
  rps: { statistic: { kind: "requestRate" }, unit: "/s", units: { "/s": 1 } },
  fps: { statistic: { kind: "failureRate" }, unit: "/s", units: { "/s": 1 } },
  users: { statistic: { kind: "users" }, unit: "", units: {} },
  dropped: { statistic: { kind: "dropped" }, unit: "%", units: { "%": 1 } },
};

/** The statistic of a word such as `p95`, `p(95)` or `corrected_mean`, with its usual name. Undefined for any other word. */
export function findStatistic(word: string): { readonly form: StatisticForm; readonly name: string } | undefined {
  const count = Object.hasOwn(COUNTS, word) ? COUNTS[word] : undefined;
  if (count !== undefined) return { form: count, name: word };
  const latency: Latency = word.startsWith(CORRECTED) ? "corrected" : "measured";
  const prefix = latency === "corrected" ? CORRECTED : "";
  const time = findTimeStatistic(word.slice(prefix.length), latency);
  if (time === undefined) return undefined;
  return { form: { statistic: time.statistic, unit: "ms", units: TIME_UNITS }, name: `${prefix}${time.name}` };
}

function findTimeStatistic(
  word: string,
  latency: Latency,
): { readonly statistic: Statistic; readonly name: string } | undefined {
  switch (word) {
    case "median":
    case "med": // k6's word
      return { statistic: { kind: "percentile", fraction: 0.5, latency }, name: "median" };
    case "mean":
    case "avg":
      return { statistic: { kind: "mean", latency }, name: "mean" };
    case "min":
    case "max":
      return { statistic: { kind: word, latency }, name: word };
  }
  const percent = /^p(?:(\d+(?:\.\d+)?)|\((\d+(?:\.\d+)?)\))$/.exec(word);
  if (percent === null) return undefined;
  const value = Number(percent[1] ?? percent[2]);
  if (!(value > 0 && value <= 100)) return undefined;
  // 99.9 / 100 is 0.9990000000000001: the histogram forgives a millionth of a rank.
  return { statistic: { kind: "percentile", fraction: value / 100, latency }, name: `p${value}` };
}

/** What some rows counted over some time. */
export interface Counted {
  readonly requests: number;
  readonly failures: number;
  /** Requests and failures that belong to the rates: those that started after the stop do not. */
  readonly rateRequests: number;
  readonly rateFailures: number;
  readonly seconds: number;
  readonly times: Histogram;
  readonly corrected: Histogram;
  /** The largest number of users in that time. */
  readonly users: number;
  /** Arrivals of the whole test that were asked for, and of them those that were dropped. */
  readonly asked: number;
  readonly dropped: number;
  /** Of a scope of checks, metrics or transactions. */
  readonly measures?: MeasureCounts;
}

/** Null where nothing was measured that the statistic could be of. Counts and rates of nothing are 0. */
export function evaluateStatistic(statistic: Statistic, counted: Counted): number | null {
  const { requests, failures, seconds } = counted;
  switch (statistic.kind) {
    case "failureRatio":
      return requests === 0 ? null : failures / requests * 100;
    case "failures":
      return failures;
    case "requests":
      return requests;
    case "requestRate":
      return seconds > 0 ? counted.rateRequests / seconds : 0;
    case "failureRate":
      return seconds > 0 ? counted.rateFailures / seconds : 0;
    case "users":
      return counted.users;
    case "dropped":
      return counted.asked === 0 ? null : counted.dropped / counted.asked * 100;
    case "measure":
      return counted.measures === undefined ? null : evaluateMeasure(statistic.figure, counted.measures, seconds);
  }
  const times = statistic.latency === "corrected" ? counted.corrected : counted.times;
  return toMs(readTime(statistic, times));
}

/** The number of times that a statistic of response times is of; 0 for any other. */
export function countSamples(statistic: Statistic, counted: Counted): number {
  if (statistic.kind === "measure") {
    return counted.measures === undefined ? 0 : countMeasured(statistic.figure, counted.measures);
  }
  if (!("latency" in statistic)) return 0;
  return (statistic.latency === "corrected" ? counted.corrected : counted.times).count;
}

/** Fewer samples than this beyond a percentile, and a single slow request moves it. */
const MIN_BEYOND = 5;

/** How many samples a statistic needs: a percentile so many that five lie beyond it (p95: 100, p99.9: 5,000), any other one. */
export function neededSamples(statistic: Statistic): number {
  const fraction = fractionOf(statistic);
  return fraction === undefined || fraction >= 1 ? 1 : Math.round(MIN_BEYOND / (1 - fraction));
}

/** Of a percentile. */
function fractionOf(statistic: Statistic): number | undefined {
  if (statistic.kind === "percentile") return statistic.fraction;
  const figure = statistic.kind === "measure" ? statistic.figure : undefined;
  return typeof figure === "object" && figure.read === "percentile" ? figure.fraction : undefined;
}

/** Why a statistic has no value: there is nothing that it could be of, or what there is has no such figure. */
export function lackOf(statistic: Statistic, { measures }: Counted): "samples" | "figure" {
  return statistic.kind === "measure" && measures !== undefined && hasMeasured(measures) ? "figure" : "samples";
}

function readTime(
  statistic: Extract<Statistic, { readonly latency: Latency }>,
  times: Histogram,
): number | null {
  switch (statistic.kind) {
    case "percentile":
      return times.quantileUs(statistic.fraction);
    case "mean":
      return times.meanUs;
    case "min":
      return times.minUs;
    case "max":
      return times.maxUs;
  }
}

function toMs(us: number | null): number | null {
  return us === null ? null : us / 1000;
}

/** What the statistic is of, as the summary names it. */
export function metricOf(
  statistic: Statistic,
): "response_time" | "failures" | "requests" | "users" | "arrivals" {
  switch (statistic.kind) {
    case "failureRatio":
    case "failures":
    case "failureRate":
      return "failures";
    case "requests":
    case "requestRate":
      return "requests";
    case "users":
      return "users";
    case "dropped":
      return "arrivals";
    default:
      return "response_time";
  }
}
