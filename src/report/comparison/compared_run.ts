/**
 * One side of a comparison: the figures of its compared part, and what was counted in each second of it. The compared
 * part is the steady part of a run with a warm-up, else the run from its start to its stop.
 */
import { bucketOf } from "../../stats/histogram/bucket.ts";
import type { CountedCell } from "../../stats/comparison/row_series.ts";
import type { RunSummary, SummaryEntry } from "../summary/summary.ts";

/** Spans of the compared part, in order, and the cells of each row by its key. */
export interface RunSeconds {
  readonly spanSeconds: readonly number[];
  readonly cells: ReadonlyMap<string, readonly CountedCell[]>;
}

export interface ComparedRun {
  readonly file: string;
  readonly source: "summary" | "journal";
  readonly summary: RunSummary;
  readonly comparedSeconds: number;
  readonly total: SummaryEntry;
  readonly entries: readonly SummaryEntry[];
  /** One series, under the key "". */
  readonly totalSeconds: RunSeconds;
  /** Undefined of a summary, which has none. */
  readonly rowSeconds: RunSeconds | undefined;
}

export interface SecondsRange {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

export function comparedPart({ steady, phases, run }: RunSummary): SecondsRange {
  const steadyPhase = phases.find(({ kind }) => kind === "steady");
  if (steady !== null && steadyPhase !== undefined) return steadyPhase;
  const stop = phases.find(({ kind }) => kind === "coolDown")?.fromSeconds ?? run.durationSeconds;
  return { fromSeconds: 0, toSeconds: stop };
}

/** Whether a span lies in the part. Ticks come a little before or after their second. */
export function isWithin(span: { readonly second: number; readonly seconds: number }, part: SecondsRange): boolean {
  return span.seconds > 0 && span.second >= part.fromSeconds - 0.5 &&
    span.second + span.seconds <= part.toSeconds + 0.5;
}

export function toComparedRun(
  summary: RunSummary,
  from: { readonly file: string; readonly source: "summary" | "journal" },
  rowSeconds?: RunSeconds,
): ComparedRun {
  const part = comparedPart(summary);
  const spans = summary.history.filter((span) => isWithin(span, part));
  const cells = spans.map(({ requests, failures, meanMs, times }, span): CountedCell => {
    const counts = times.map(([, count]) => count);
    const timed = counts.reduce((sum, count) => sum + count, 0);
    return {
      span,
      requests,
      failures,
      sumUs: (meanMs ?? 0) * 1000 * timed,
      buckets: times.map(([bound]) => bucketOf(bound)),
      counts,
    };
  });
  const { total, entries } = summary.steady ?? summary;
  return {
    ...from,
    summary,
    comparedSeconds: spans.reduce((sum, { seconds }) => sum + seconds, 0),
    total,
    entries,
    totalSeconds: { spanSeconds: spans.map(({ seconds }) => seconds), cells: new Map([["", cells]]) },
    rowSeconds,
  };
}
