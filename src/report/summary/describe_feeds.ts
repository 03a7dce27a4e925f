/** Describes how far the rows of feeds are used: for tables, log, reports and the web UI. Pure. */
import type { SummaryFeed } from "./load_summary.ts";

/** `users.csv: 412 of 1000 rows used, 588 left`; rows that repeat have no rest, and rows without an end no number. */
export function describeFeed({ name, rows, used, left, unsure }: SummaryFeed): string {
  const lost = unsure === 0 ? "" : `, ${unsure} of them unsure (given to a worker or thread that was lost)`;
  if (rows === null) return `${name}: ${countRows(used)} used${lost}`;
  if (left === null) return `${name}: ${countRows(used)} used, of ${rows} that repeat`;
  return `${name}: ${used} of ${countRows(rows)} used${lost}, ${left} left`;
}

/** `users.csv 412/1000`, for a line with many figures. */
export function describeFeedShortly({ name, rows, used, left }: SummaryFeed): string {
  return left === null ? `${name} ${used}` : `${name} ${used}/${rows ?? used}`;
}

function countRows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}
