/** A run beside an earlier one: the figures of each row and their change, and the earlier lines at this run's seconds. Pure. */
import type { RunSummary, SummaryEntry, SummarySpan } from "../../src/report/summary/summary.ts";
import type { ApiRow } from "../../src/server/answers/api_snapshot.ts";
import type { EarlierLines } from "./live_charts.ts";
import { formatNumber, NONE } from "./format.ts";
import { ratedSeconds } from "./rated_seconds.ts";
import { labelOf } from "./table_columns.ts";

export interface ComparedRow {
  readonly label: string;
  readonly before: SummaryEntry | undefined;
  readonly now: ApiRow | undefined;
}

/** The total first, then each row of either run. */
export function compareRuns(
  now: readonly ApiRow[],
  total: ApiRow | undefined,
  earlier: RunSummary,
): readonly ComparedRow[] {
  const before = new Map(earlier.entries.map((entry) => [labelOf(entry), entry]));
  const counted = (row: ApiRow | undefined) => row === undefined || row.requests === 0 ? undefined : row; // nothing measured is not 0
  const rows = now.map((row) => ({ label: labelOf(row), before: before.get(labelOf(row)), now: counted(row) }));
  const known = new Set(rows.map(({ label }) => label));
  const gone = earlier.entries.filter((entry) => !known.has(labelOf(entry)));
  return [
    { label: "Aggregated", before: earlier.total, now: counted(total) },
    ...rows,
    ...gone.map((entry) => ({ label: labelOf(entry), before: entry, now: undefined })),
  ];
}

/** `+12 %`; a change of nothing to something has no percentage. */
export function formatChange(before: number | null | undefined, now: number | null | undefined): string {
  if (before == null || now == null || before === 0) return NONE;
  const percent = 100 * (now - before) / before;
  const digits = Math.abs(percent) < 10 ? 1 : 0;
  const text = formatNumber(Math.abs(percent), digits);
  return `${Number(percent.toFixed(digits)) === 0 ? "±" : percent > 0 ? "+" : "−"}${text} %`;
}

/** The earlier run's values at the given seconds; where it has none, a gap. */
export function earlierLines(history: readonly SummarySpan[], seconds: Float64Array): EarlierLines {
  const at = new Map<number, SummarySpan>();
  for (const span of history) for (let i = 0; i < span.seconds; i++) at.set(span.second + i, span);
  const read = (figure: (span: SummarySpan) => number | null) =>
    Array.from(seconds, (second) => {
      const span = at.get(second);
      return span === undefined ? null : figure(span);
    });
  return {
    requests: read((span) => {
      const over = ratedSeconds(span, history.length === 1);
      return Number.isNaN(over) ? null : span.requests / over;
    }),
    p95Ms: read(({ p95Ms }) => p95Ms),
    users: read(({ users }) => users),
  };
}
