/**
 * The lines of the live view below its table: measures of the test, and on a wide terminal the most frequent failures
 * and the workers. Pure.
 */
import { escapeControls } from "../../base/text/text.ts";
import type { FailureSnapshot, SnapshotMessage, WorkerSnapshot } from "../../protocol/snapshot_message.ts";
import { LOCAL_WORKER_ID } from "../../protocol/worker_message.ts";
import { type Colors, paint } from "../tables/colors.ts";
import { WORKER_COLUMNS } from "../tables/detail_tables.ts";
import { fitText } from "../../base/text/display_width.ts";
import { renderLiveMeasures } from "../tables/measure_tables.ts";
import { layOutTable } from "../tables/text_table.ts";

/** A narrower terminal has no room beside the table's own columns, and cut texts say little. */
const MIN_COLUMNS = 100;
/** More failures are in the final tables. */
const MAX_FAILURES = 5;
/** A blank line and a heading. */
const SECTION_LINES = 2;

/** At most `room.rows` lines; none where there is not enough room for a section. */
export function renderLiveDetails(
  { failures, workers, measures }: SnapshotMessage,
  room: { readonly columns: number; readonly rows: number },
  colors: Colors,
): string[] {
  const measureLines = renderLiveMeasures(measures, room, colors);
  if (room.columns < MIN_COLUMNS) return measureLines;
  const below = { columns: room.columns, rows: room.rows - measureLines.length };
  const failureLines = renderFailures(failures, below, colors);
  const left = { columns: room.columns, rows: below.rows - failureLines.length };
  return [...measureLines, ...failureLines, ...renderWorkers(workers, left, colors)];
}

function renderFailures(
  failures: readonly FailureSnapshot[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
  colors: Colors,
): string[] {
  const count = Math.min(failures.length, MAX_FAILURES, rows - SECTION_LINES);
  if (count <= 0) return [];
  const most = [...failures].sort((a, b) => b.count - a.count).slice(0, count);
  const more = failures.length - count;
  return [
    "",
    paint(more > 0 ? `Failures (and ${more} more kinds)` : "Failures", "bold", colors),
    ...most.map(({ count: times, method, name, text }) =>
      paint(
        fitText(`${String(times).padStart(8)}  ${escapeControls(`${method} ${name}: ${text}`)}`, columns),
        "red",
        colors,
      )
    ),
  ];
}

function renderWorkers(
  workers: readonly WorkerSnapshot[],
  { columns, rows }: { readonly columns: number; readonly rows: number },
  colors: Colors,
): string[] {
  const count = Math.min(workers.length, rows - SECTION_LINES);
  if (count <= 0 || workers.every(({ id }) => id === LOCAL_WORKER_ID)) return [];
  const { header, rows: lines } = layOutTable(WORKER_COLUMNS, workers.slice(0, count), columns);
  return ["", paint(header, "bold", colors), ...lines];
}
