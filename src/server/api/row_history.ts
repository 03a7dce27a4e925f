/** Answers `GET /api/v1/history`: the steps of all requests, of one row, or of a row with one value of a tag. */
import { toSummarySpan } from "../../report/summary/summary_builder.ts";
import { Refusal } from "../answers/api_error.ts";
import type { ApiHistory, ApiTimedHistory } from "../answers/api_snapshot.ts";
import type { RunFeed } from "../feed/run_feed.ts";
import type { WebContext } from "../routing/routes.ts";
import { toHistoryPoints } from "./history_points.ts";
import { readSince } from "./request_input.ts";

export function readHistory(feed: RunFeed, context: WebContext): ApiHistory | ApiTimedHistory {
  const since = readSince(context) ?? -1;
  const entry = context.req.query("entry");
  if (context.req.query("times") === "1") {
    if (entry !== undefined) throw new Refusal(422, "Cannot give the times of a row: leave out entry", "entry");
    const later = feed.builder.history.filter(({ second, seconds }) => second + seconds > since);
    return { history: later.map(toSummarySpan) };
  }
  if (entry === undefined) return { history: toHistoryPoints(feed.builder.history, since) };
  const [tag, value] = [context.req.query("tag"), context.req.query("value")];
  const found = tag === undefined ? findEntry(feed, entry) : findSplitEntry(feed, tag, value ?? "", entry);
  if (found === undefined) {
    throw new Refusal(404, `Cannot show the history of "${entry}": there is no such row; write METHOD NAME`);
  }
  return { history: toHistoryPoints(found, since) };
}

/** With the method in front, which is empty, or without it. */
export function namesTotal(entry: string): boolean {
  return entry === "Aggregated" || entry === " Aggregated";
}

/** `GET /items`; a method may be empty or hold blanks, and so may a name. */
function findEntry(feed: RunFeed, entry: string) {
  if (namesTotal(entry)) return feed.builder.history;
  const row = feed.snapshotMessage?.entries.find(({ method, name }) => `${method} ${name}` === entry);
  return row === undefined ? undefined : feed.histories.entries.of(row.method, row.name) ?? [];
}

/** A row of the requests with one value of a tag; `Aggregated` is all of them. */
function findSplitEntry({ snapshotMessage, histories }: RunFeed, tag: string, value: string, entry: string) {
  const found = snapshotMessage?.splits?.find((each) => each.tag === tag)?.values.find((each) => each.value === value);
  const rows = found === undefined ? [] : [found.total, ...found.entries];
  const row = rows.find(({ method, name }) => `${method} ${name}`.trim() === entry);
  return row === undefined ? undefined : histories.splits.of(tag, value, row.method, row.name) ?? [];
}
