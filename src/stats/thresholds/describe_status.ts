/** The standing of a condition in words: `p95 = 412 ms, limit 300 ms`. One wording for terminal, JUnit, page and log. Pure. */
import { scanSplitScope } from "./split_scope.ts";
import { groupNameOf } from "../groups/url_names.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import { showFigure, showLimit, writeFigure } from "./threshold_figure.ts";

const LOWER_LIMITS: Readonly<Record<string, string>> = { ">": "above ", ">=": "at least " };

/** Figure and limit, or why there is no figure. */
export function describeMeasured(status: ThresholdStatus): string {
  const { statistic, unit, measured, limit, operator } = status;
  const row = status.row === undefined ? "" : ` of ${`${status.row.method} ${status.row.name}`.trim()}`;
  const wanted = `limit ${LOWER_LIMITS[operator] ?? ""}${writeFigure(showLimit(limit, unit))}`;
  if (measured !== null) {
    const silent = status.lacks === "samples" ? "; one window had no samples" : "";
    return `${statistic}${row} = ${formatFigure(measured, unit, limit)}${describeWindow(status)}, ${wanted}${silent}`;
  }
  return `${statistic}${row}: ${describeLack(status)}, ${wanted}`;
}

/**
 * `412 ms`, `1.25 %`, `0.5/s`, `17`: at most four digits that say something, and more where it takes them to stand on
 * its side of a limit.
 */
export function formatFigure(value: number, unit: string, limit?: number): string {
  return writeFigure(showFigure(value, unit, limit));
}

function describeWindow({ windowSeconds }: ThresholdStatus): string {
  return windowSeconds === null ? "" : ` in the worst ${windowSeconds} s`;
}

/** Of checks, metrics and transactions, which are named in braces, or of rows; each of those perhaps with a tag. */
function describeMissing(scope: string, near: string | undefined): string {
  const meant = near === undefined ? "" : ` (did you mean "${near}"?)`;
  const split = scanSplitScope(`${scope}:`);
  const tagEnd = split !== undefined && "split" in split ? split.end : 0;
  return /^\s*(?:checks|metrics|transactions)(?:\{.*\})?$/.test(scope.slice(tagEnd))
    ? `nothing was counted in ${scope}${meant}`
    : tagEnd > 0
    ? `no request had ${scope}${meant}`
    : `no row matches "${scope}"${near === undefined || near === groupOf(scope) ? hintAtGroup(scope) : meant}`;
}

/** The row that such a URL is in where there were many. */
function hintAtGroup(scope: string): string {
  const group = groupOf(scope);
  return group === undefined ? "" : ` (many URLs like it are one row, "${group}")`;
}

function groupOf(scope: string): string | undefined {
  return groupNameOf(scope.replace(/\*$/, ""));
}

function describeLack({ lacks, scope, windowSeconds, nearest }: ThresholdStatus): string {
  switch (lacks) {
    case "row":
      return scope === "*" ? "there was no row" : describeMissing(scope, nearest);
    case "figure":
      return `"${scope}" has no such figure in this unit`;
    case "time":
      return `the counted part ended before the first window of ${windowSeconds} s`;
    default:
      return windowSeconds === null ? "no samples" : `no samples in a window of ${windowSeconds} s`;
  }
}
