/** Steps of a history as the points that `GET /api/v1/history` answers with. Pure. */
import type { HistorySpan } from "../../report/summary/run_history.ts";
import { toSummarySpan } from "../../report/summary/summary_builder.ts";
import type { ApiHistoryPoint } from "../answers/api_snapshot.ts";

/** The steps that end after the tick `since`. */
export function toHistoryPoints(spans: readonly HistorySpan[], since: number): readonly ApiHistoryPoint[] {
  return spans.filter(({ second, seconds }) => second + seconds > since).map((span) => {
    const { times: _times, bytes: _bytes, maxMs: _maxMs, ...point } = toSummarySpan(span);
    return { tick: point.second + point.seconds, ...point };
  });
}
