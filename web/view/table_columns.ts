/** Columns of a table whose rows can be sorted, filtered and copied. Pure. */
import { NONE } from "./format.ts";

export interface Column<Row> {
  readonly title: string;
  readonly kind: "text" | "number";
  /** For sorting and copying. */
  readonly value: (row: Row) => string | number | null;
  readonly text: (row: Row) => string;
  /** The percentile needs more requests than there are to mean something. */
  readonly isThin?: (row: Row) => boolean;
  /** Shown on a narrow screen too. */
  readonly isVital?: true;
  /** Its title stays in one line. */
  readonly isWhole?: true;
  /** Gives way to the details of an open row, which have the figure too. */
  readonly isSpare?: true;
}

/** A row that is found by its type and name. */
export interface NamedRow {
  readonly method: string;
  readonly name: string;
}

/** Samples that must lie beyond a percentile for it to carry weight. */
export const MIN_BEYOND = 5;

export function labelOf({ method, name }: NamedRow): string {
  return method === "" ? name : `${method} ${name}`;
}

/** What stands in the place of a name: an empty one could not be seen, nor clicked. */
export function shownName(name: string): string {
  return name.trim() === "" ? "(no name)" : name;
}

export interface Sorting {
  readonly column: string;
  readonly direction: "ascending" | "descending";
}

/** Rows whose text, else type and name, contains what is looked for, in the order asked for; as they were without one. */
export function arrange<Row extends NamedRow>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  filter: string,
  sorting: Sorting | undefined,
  textOf: (row: Row) => string = labelOf,
): readonly Row[] {
  const wanted = filter.trim().toLowerCase();
  const found = wanted === "" ? rows : rows.filter((row) => textOf(row).toLowerCase().includes(wanted));
  return sortRows(found, columns, sorting);
}

/** As they were, where no column of theirs is asked for. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const column = columns.find(({ title }) => title === sorting?.column);
  if (column === undefined) return rows;
  const sign = sorting?.direction === "descending" ? -1 : 1;
  return [...rows].sort((a, b) => sign * compare(column.value(a), column.value(b)));
}

/**
 * The next state of a header that is pressed: numbers begin with the largest, texts with A; then the other way; then as
 * it was.
 */
export function nextSorting(
  sorting: Sorting | undefined,
  { title, kind }: Pick<Column<never>, "title" | "kind">,
): Sorting | undefined {
  const first = kind === "number" ? "descending" : "ascending";
  if (sorting?.column !== title) return { column: title, direction: first };
  if (sorting.direction !== first) return undefined;
  return { column: title, direction: first === "ascending" ? "descending" : "ascending" };
}

/** Rows as tab-separated text, for a spreadsheet. Line breaks and tabs in names become blanks. */
export function toClipboardText<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cell = (value: string | number | null) =>
    value === null ? NONE : typeof value === "number" ? String(value) : defuse(value.replace(/[\t\r\n]+/g, " "));
  const lines = rows.map((row) => columns.map(({ value }) => cell(value(row))).join("\t"));
  return [columns.map(({ title }) => title).join("\t"), ...lines].join("\n");
}

/** A spreadsheet takes a text that begins so for a formula. */
function defuse(text: string): string {
  return /^[=+\-@]/.test(text) ? `'${text}` : text;
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === "string" || typeof b === "string") return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
  return a - b;
}
