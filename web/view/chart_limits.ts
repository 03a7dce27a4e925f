/** Thresholds as level lines of a chart. Pure. */
import type { SummaryThreshold } from "../../src/report/summary/summary.ts";
import type { ChartLimit } from "./chart.ts";
import { formatLimit } from "./threshold_figures.ts";

type DrawnThreshold =
  & Pick<SummaryThreshold, "scope" | "metric" | "statistic" | "operator" | "limit" | "unit" | "passed">
  & {
    /** During a run. */
    readonly state?: string;
  };

/** Thresholds of all requests that can be drawn: on one of the rates, or without them on the response times. */
export function limitsOf(thresholds: readonly DrawnThreshold[], rates: readonly string[] | undefined): ChartLimit[] {
  return thresholds.filter(({ scope, metric, statistic }) =>
    scope === "Aggregated" && (rates === undefined ? metric === "response_time" : rates.includes(statistic))
  ).map(({ limit, statistic, operator, unit, passed, state }) => ({
    y: limit,
    label: `${statistic} ${operator} ${formatLimit({ limit, unit })}`, // an expression may hold others too
    isBroken: state === undefined ? !passed : state === "broken",
  }));
}
