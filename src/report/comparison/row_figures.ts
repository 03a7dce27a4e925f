/** The compared figures of a row of a summary; all are null of one that a run does not have. Pure. */
import type { Figure } from "../../stats/comparison/row_series.ts";
import type { SummaryEntry } from "../summary/summary.ts";

export function rowFigures(entry: SummaryEntry | undefined): Readonly<Record<Figure, number | null>> {
  return {
    rps: entry?.perSecond ?? null,
    failureRatio: entry?.failureRatio ?? null,
    mean: entry?.meanMs ?? null,
    p50: entry?.percentilesMs["50"] ?? null,
    p95: entry?.percentilesMs["95"] ?? null,
    p99: entry?.percentilesMs["99"] ?? null,
  };
}
