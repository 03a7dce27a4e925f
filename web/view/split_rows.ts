/** The rows of a table split by a tag: those of each value next to each other, and first of all the sums of the values. Pure. */
import { type Column, labelOf, type NamedRow } from "./table_columns.ts";

/** What requests with one value of the tag counted. */
export interface SplitValue<Row> {
  readonly value: string;
  readonly total: Row;
  readonly entries: readonly Row[];
}

/** `region=eu GET /items` */
export function splitLabel(tag: string, { value, row }: { readonly value: string; readonly row: NamedRow }): string {
  return `${tag}=${value} ${labelOf(row)}`;
}

/** A row of one value. Its name holds the value, too, so that the filter finds it. */
export interface SplitRow<Row> extends NamedRow {
  readonly value: string;
  readonly row: Row;
}

export function splitRows<Row extends NamedRow>(values: readonly SplitValue<Row>[]): readonly SplitRow<Row>[] {
  const toRow = (value: string, row: Row): SplitRow<Row> => ({
    method: row.method,
    name: `${row.name} ${value}`,
    value,
    row,
  });
  const totals = values.map(({ value, total }) => toRow(value, total));
  const rows = values.flatMap(({ value, entries }) => entries.map((row) => toRow(value, row)));
  // Stable: the values of a row stay in their order.
  return [...totals, ...rows.sort((a, b) => compare(a.row.name, b.row.name) || compare(a.method, b.method))];
}

/** The columns of the table for such rows, the value first. */
export function splitColumns<Row>(tag: string, columns: readonly Column<Row>[]): readonly Column<SplitRow<Row>>[] {
  const value: Column<SplitRow<Row>> = {
    title: tag,
    kind: "text",
    value: (row) => row.value,
    text: (row) => row.value,
    isVital: true,
  };
  return [
    value,
    ...columns.map((column): Column<SplitRow<Row>> => {
      const { isThin, value, text, ...rest } = column;
      return {
        ...rest,
        value: ({ row }) => value(row),
        text: ({ row }) => text(row),
        ...(isThin === undefined ? {} : { isThin: ({ row }: SplitRow<Row>) => isThin(row) }),
      };
    }),
  ];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
