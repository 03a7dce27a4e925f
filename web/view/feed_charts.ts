/**
 * The charts of feeds over the time of a run, one for each: rows used so far, and those that are left where they are
 * unique. Pure.
 */
import type { SummaryFeed } from "../../src/report/summary/load_summary.ts";
import type { Chart, Line } from "./chart.ts";
import { formatNumber } from "./format.ts";

export interface FeedChartParts {
  readonly feeds: readonly SummaryFeed[];
  /** Rows used by the end of each step of the axis, by name; a feed that has none has no chart. */
  readonly used: ReadonlyMap<string, readonly (number | null)[]>;
  readonly axis: Omit<Chart, "title" | "unit" | "formatY" | "lines">;
}

export function feedCharts({ feeds, used, axis }: FeedChartParts): readonly Chart[] {
  return feeds.flatMap(({ name, rows, left }): readonly Chart[] => {
    const values = used.get(name);
    if (values === undefined || values.every((value) => value === null)) return [];
    const rest: readonly Line[] = left === null || rows === null
      ? []
      : [{ label: "Left", ink: "users", values: values.map((value) => value === null ? null : rows - value) }];
    return [{
      ...axis,
      title: `Rows of ${name}`,
      unit: "",
      formatY: (count) => Number.isInteger(count) ? formatNumber(count) : "",
      lines: [{ label: "Used", ink: "rate", values }, ...rest],
    }];
  });
}
