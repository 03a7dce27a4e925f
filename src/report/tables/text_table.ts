/**
 * Lays out rows of texts as aligned lines. Pure. Columns are as wide as their widest text; where the terminal is
 * narrower, first the flexible column shrinks to its minimum, then optional columns are left out by their number, at
 * last those at the right: no cell of figures is cut.
 */
import type { Colors } from "./colors.ts";
import { displayWidth, fitText, padText } from "../../base/text/display_width.ts";

/** How tables are written. */
export interface TableOptions {
  /** Cells per line; null: nothing is cut (a pipe, a file). */
  readonly width: number | null;
  readonly colors: Colors;
}

export interface Column<Row> {
  readonly title: string;
  readonly align: "left" | "right";
  readonly text: (row: Row) => string;
  /** Narrowest number of cells, so that a table that is repainted does not jump. */
  readonly minWidth?: number;
  /** This column is cut to make room, but not below so many cells. At most one column of a table. */
  readonly flexibleTo?: number;
  /** Left out when there is no room: 1 goes first, columns of one number together. Absent: always shown. */
  readonly dropOrder?: number;
}

interface LaidOut<Row> {
  readonly column: Column<Row>;
  width: number;
}

export interface TextTable {
  readonly header: string;
  /** Dashes under the header, as long as each column is wide. */
  readonly rule: string;
  readonly rows: readonly string[];
}

/**
 * Widths that columns have had, by title: a table that is painted again keeps them, so that it does not jump when
 * numbers grow.
 */
export type KeptWidths = Map<string, number>;

/** `width` null: as wide as it gets, nothing is cut. `kept` is read and brought up to date. */
export function layOutTable<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number | null,
  kept: KeptWidths = new Map(),
): TextTable {
  const laidOut = columns.map((column) => ({
    column,
    width: rows.reduce(
      (widest, row) => Math.max(widest, displayWidth(column.text(row))),
      Math.max(displayWidth(column.title), column.minWidth ?? 0, kept.get(column.title) ?? 0),
    ),
  }));
  for (const { column, width: widest } of laidOut) kept.set(column.title, widest);
  const shown = width === null ? laidOut : fitColumns(laidOut, width);
  const line = (cell: (column: Column<Row>) => string) => {
    const cells = shown.map(({ column, width }) => padText(fitText(cell(column), width), width, column.align));
    return fitText(cells.join(" ").trimEnd(), width ?? Infinity);
  };
  return {
    header: line(({ title }) => title),
    rule: shown.map(({ width }) => "-".repeat(width)).join(" ").slice(0, width ?? undefined),
    rows: rows.map((row) => line(({ text }) => text(row))),
  };
}

function fitColumns<Row>(columns: readonly LaidOut<Row>[], width: number): readonly LaidOut<Row>[] {
  let shown = [...columns];
  const flexible = shown.find(({ column }) => column.flexibleTo !== undefined);
  const over = () => shown.reduce((sum, { width }) => sum + width + 1, -1) - width;
  const smallest = flexible === undefined ? 0 : Math.min(flexible.width, flexible.column.flexibleTo ?? 0);
  const spare = () => flexible === undefined ? 0 : flexible.width - smallest;
  while (over() > spare()) {
    const droppable = shown.filter(({ column }) => column.dropOrder !== undefined);
    if (droppable.length === 0) break;
    const first = Math.min(...droppable.map(({ column }) => column.dropOrder ?? 0));
    shown = shown.filter(({ column }) => column.dropOrder !== first);
  }
  // In a terminal that is narrower than the indispensable, the flexible column gives all but one cell.
  const most = flexible === undefined ? 0 : flexible.width - 1;
  while (over() > most && shown.length > 1) shown = shown.slice(0, -1);
  if (flexible !== undefined && over() > 0) flexible.width = Math.max(1, flexible.width - over());
  return shown;
}
