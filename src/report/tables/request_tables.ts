/**
 * The tables of figures at the end of a run: requests, percentiles, phases. Pure functions from the last snapshot to
 * lines. Headings and the first columns are Locust's, because scripts read them.
 */
import { escapeControls } from "../../base/text/text.ts";
import { type Phase, PHASES } from "../../protocol/delta_message.ts";
import { type EntrySnapshot, REPORTED_PERCENTILES, type SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { isCarried, MIN_SAMPLES_BEYOND } from "./carried_percentile.ts";
import { paint } from "./colors.ts";
import { wrapText } from "../../base/text/display_width.ts";
import { formatFailures, formatFraction, formatMs, formatRate } from "./format_figures.ts";
import { type Column, layOutTable, type TableOptions } from "./text_table.ts";

const TYPE: Column<EntrySnapshot> = { title: "Type", align: "left", text: ({ method }) => escapeControls(method) };
const NAME: Column<EntrySnapshot> = {
  title: "Name",
  align: "left",
  text: ({ name }) => escapeControls(name),
  flexibleTo: 16,
};

const REQUEST_COLUMNS: readonly Column<EntrySnapshot>[] = [
  TYPE,
  NAME,
  { title: "# reqs", align: "right", text: ({ requests }) => String(requests) },
  { title: "# fails", align: "right", text: ({ failures, requests }) => formatFailures(failures, requests) },
  { title: "|", align: "left", text: () => "|", dropOrder: 1 },
  { title: "Avg", align: "right", text: ({ meanMs, minMs }) => formatMs(minMs === null ? null : meanMs), dropOrder: 5 },
  { title: "Min", align: "right", text: ({ minMs }) => formatMs(minMs), dropOrder: 2 },
  { title: "Max", align: "right", text: ({ maxMs }) => formatMs(maxMs), dropOrder: 4 },
  {
    title: "Med",
    align: "right",
    text: ({ medianMs, minMs }) => formatMs(minMs === null ? null : medianMs),
    dropOrder: 6,
  },
  { title: "|", align: "left", text: () => "|", dropOrder: 1 },
  { title: "req/s", align: "right", text: ({ totalPerSecond }) => formatRate(totalPerSecond) },
  {
    title: "failures/s",
    align: "right",
    text: ({ totalFailuresPerSecond }) => formatRate(totalFailuresPerSecond),
    dropOrder: 3,
  },
];

export function renderRequests({ entries, total }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  const { header, rule, rows } = layOutTable(REQUEST_COLUMNS, [...entries, total], width);
  const paintRow = (line: string, entry: EntrySnapshot | undefined) =>
    (entry?.failures ?? 0) > 0 ? paint(line, "red", colors) : line;
  return [
    ...wrapText("Requests (times in ms)", width),
    paint(header, "bold", colors),
    rule,
    ...entries.map((entry, i) => paintRow(rows[i] ?? "", entry)),
    rule,
    paintRow(rows[entries.length] ?? "", total),
    "",
  ];
}

/** A row of the percentile table: the times of an entry, or their corrected form. */
interface PercentileRow {
  readonly entry: EntrySnapshot;
  readonly values: readonly (number | null)[];
  readonly kind: "measured" | "corrected";
}

/** What a narrow terminal goes without, by index into REPORTED_PERCENTILES: 66 % first; 50 %, 95 % and 100 % always stay. */
const PERCENTILE_DROP_ORDER: Readonly<Record<number, number>> = { 1: 1, 2: 2, 3: 3, 6: 4, 9: 5, 8: 6, 4: 8, 7: 9 };

const PERCENTILE_COLUMNS: readonly Column<PercentileRow>[] = [
  { ...TYPE, text: ({ entry }) => escapeControls(entry.method) },
  {
    ...NAME,
    flexibleTo: "Aggregated (corrected)".length,
    text: ({ entry, kind }) => `${escapeControls(entry.name)}${kind === "corrected" ? " (corrected)" : ""}`,
  },
  ...REPORTED_PERCENTILES.map((fraction, i): Column<PercentileRow> => ({
    title: formatFraction(fraction),
    align: "right",
    text: ({ entry, values }) => isCarried(entry, fraction) ? formatMs(values[i]) : `(${formatMs(values[i])})`,
    ...dropOrderOf(i),
  })),
  { title: "# reqs", align: "right", text: ({ entry }) => String(entry.requests), dropOrder: 7 },
];

function dropOrderOf(percentile: number): { readonly dropOrder?: number } {
  const dropOrder = PERCENTILE_DROP_ORDER[percentile];
  return dropOrder === undefined ? {} : { dropOrder };
}

export function renderPercentiles({ entries, total }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  const toRows = (entry: EntrySnapshot): PercentileRow[] => {
    if (entry.minMs === null) return [];
    const measured: PercentileRow = { entry, values: entry.percentilesMs, kind: "measured" };
    const { correctedPercentilesMs: corrected } = entry;
    const isSame = corrected === undefined || corrected.every((value, i) => value === entry.percentilesMs[i]);
    return isSame ? [measured] : [measured, { entry, values: corrected, kind: "corrected" }];
  };
  const totalRows = toRows(total);
  if (totalRows.length === 0) return [];
  const all = [...entries.flatMap(toRows), ...totalRows];
  const { header, rule, rows } = layOutTable(PERCENTILE_COLUMNS, all, width);
  const hasBrackets = all.some(({ entry }) => REPORTED_PERCENTILES.some((fraction) => !isCarried(entry, fraction)));
  return [
    ...wrapText("Response time percentiles (ms, within 0.4 %)", width),
    paint(header, "bold", colors),
    rule,
    ...rows.slice(0, -totalRows.length),
    rule,
    ...rows.slice(-totalRows.length),
    ...(hasBrackets
      ? wrapText(
        `In brackets: fewer than ${MIN_SAMPLES_BEYOND} requests were slower, too few for this percentile`,
        width,
      )
        .map((line) => paint(line, "dim", colors))
      : []),
    "",
  ];
}

/** What a narrow terminal goes without: how long the system took to answer stays. */
const PHASE_DROP_ORDER: Readonly<Partial<Record<Phase, number>>> = {
  blocked: 1,
  receiving: 2,
  dns: 3,
  tls: 4,
  connect: 5,
};

export function renderPhases({ entries, total }: SnapshotMessage, { width, colors }: TableOptions): string[] {
  if (total.phases === undefined) return [];
  const columns: readonly Column<EntrySnapshot>[] = [
    TYPE,
    NAME,
    ...PHASES.map((phase): Column<EntrySnapshot> => ({
      title: phase,
      align: "right",
      text: (entry) => formatPhase(entry, phase),
      ...(PHASE_DROP_ORDER[phase] === undefined ? {} : { dropOrder: PHASE_DROP_ORDER[phase] }),
    })),
  ];
  const rows = [...entries.filter(({ phases }) => phases !== undefined), total];
  const table = layOutTable(columns, rows, width);
  return [
    ...wrapText("Phases of the requests (mean / 95% in ms, of those in which the phase occurred)", width),
    paint(table.header, "bold", colors),
    table.rule,
    ...table.rows,
    "",
  ];
}

function formatPhase({ phases }: EntrySnapshot, phase: Phase): string {
  const figures = phases?.[phase];
  return figures === undefined ? "-" : `${formatMs(figures.meanMs)} / ${formatMs(figures.p95Ms)}`;
}
