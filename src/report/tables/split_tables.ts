/** The tables of requests by the values of their tags, at the end of a run. Pure. */
import { SCENARIO_TAG } from "../../base/sample_tags.ts";
import { escapeControls } from "../../base/text/text.ts";
import { type EntrySnapshot, REPORTED_PERCENTILES, type SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { isCarried } from "./carried_percentile.ts";
import { paint } from "./colors.ts";
import { wrapText } from "../../base/text/display_width.ts";
import { formatFailures, formatMs, formatRate } from "./format_figures.ts";
import { type Column, layOutTable, type TableOptions } from "./text_table.ts";

/** A longer table has the values alone; the rows of each are in files and pages. */
const MAX_LINES = 40;

interface SplitLine {
  readonly value: string;
  readonly entry: EntrySnapshot;
}

function columnsOf(tag: string): readonly Column<SplitLine>[] {
  return [
    { title: escapeControls(tag), align: "left", text: ({ value }) => escapeControls(value) },
    { title: "Type", align: "left", text: ({ entry }) => escapeControls(entry.method), dropOrder: 4 },
    { title: "Name", align: "left", text: ({ entry }) => escapeControls(entry.name), flexibleTo: 12 },
    { title: "# reqs", align: "right", text: ({ entry }) => String(entry.requests) },
    {
      title: "# fails",
      align: "right",
      text: ({ entry: { failures, requests } }) => formatFailures(failures, requests),
    },
    { title: "Avg", align: "right", text: ({ entry }) => formatMs(timed(entry, entry.meanMs)), dropOrder: 1 },
    percentile("Med", 0.5, 3),
    percentile("95%", 0.95),
    percentile("99%", 0.99, 2),
    { title: "req/s", align: "right", text: ({ entry }) => formatRate(entry.totalPerSecond) },
  ];
}

/** A table for each tag; its rows are those of the request table for each value, and one for all requests with it. */
export function renderSplits(
  { splits = [], droppedTags = 0 }: Pick<SnapshotMessage, "splits" | "droppedTags">,
  { width, colors }: TableOptions,
): string[] {
  const tables = splits.flatMap(({ tag, values }) => {
    const whole = values.flatMap(({ value, total, entries }) => {
      const rows = entries.filter(({ requests }) => requests > 0);
      return [{ value, entry: total }, ...rows.map((entry) => ({ value, entry }))];
    });
    const list = whole.length <= MAX_LINES ? whole : values.map(({ value, total }) => ({ value, entry: total }));
    const rates = tag === SCENARIO_TAG ? "; rates are over the whole run" : "";
    const note = whole.length <= MAX_LINES ? "" : "; each row of it is in the summary, the report and the web UI";
    const table = layOutTable(columnsOf(tag), list, width);
    return [
      ...wrapText(`Requests by ${escapeControls(tag)} (times in ms${rates}${note})`, width),
      paint(table.header, "bold", colors),
      table.rule,
      ...list.map(({ entry }, i) =>
        entry.failures > 0 ? paint(table.rows[i] ?? "", "red", colors) : table.rows[i] ?? ""
      ),
      "",
    ];
  });
  return [...tables, ...describeDropped(droppedTags).flatMap((text) => [...wrapText(text, width), ""])];
}

/** Nothing where every tag was counted. */
function describeDropped(droppedTags: number): readonly string[] {
  return droppedTags === 0 ? [] : [
    `${droppedTags} tags of requests are in no table: a run has at most 20 different tags; their requests are counted in all other tables`,
  ];
}

function percentile(title: string, fraction: 0.5 | 0.95 | 0.99, dropOrder?: number): Column<SplitLine> {
  return {
    title,
    align: "right",
    text: ({ entry }) => {
      const text = formatMs(entry.percentilesMs[REPORTED_PERCENTILES.indexOf(fraction)]);
      return entry.minMs === null || isCarried(entry, fraction) ? text : `(${text})`;
    },
    ...(dropOrder === undefined ? {} : { dropOrder }),
  };
}

function timed({ minMs }: EntrySnapshot, value: number): number | null {
  return minMs === null ? null : value;
}
