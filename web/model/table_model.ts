/** The state of a table of requests: filter, order, hidden columns, the open row. The rows that show are computed from it. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { arrange, type Column, labelOf, type NamedRow, type Sorting } from "../view/table_columns.ts";

export interface TableModel<Row> {
  readonly filter: Signal<string>;
  readonly sorting: Signal<Sorting | undefined>;
  readonly hidden: Signal<ReadonlySet<string>>;
  /** Label of the open row: rows are replaced during a run, their labels are not. */
  readonly open: Signal<string | undefined>;
  readonly rows: ReadonlySignal<readonly Row[]>;
  readonly columns: ReadonlySignal<readonly Column<Row>[]>;
  /** All that there are, for the choice of columns. */
  readonly allColumns: ReadonlySignal<readonly Column<Row>[]>;
  readonly openRow: ReadonlySignal<Row | undefined>;
}

export interface TableSource<Row> {
  readonly columns: ReadonlySignal<readonly Column<Row>[]>;
  readonly rows: ReadonlySignal<readonly Row[]>;
  /** The last row of the table. */
  readonly total: ReadonlySignal<Row | undefined>;
  /** What the filter searches; absent: type and name. */
  readonly textOf?: (row: Row) => string;
}

export function createTableModel<Row extends NamedRow>(
  { columns, rows, total, textOf }: TableSource<Row>,
): TableModel<Row> {
  const filter = signal("");
  const sorting = signal<Sorting | undefined>(undefined);
  const hidden = signal<ReadonlySet<string>>(new Set());
  const open = signal<string | undefined>(undefined);
  return {
    filter,
    sorting,
    hidden,
    open,
    rows: computed(() => arrange(rows.value, columns.value, filter.value, sorting.value, textOf)),
    columns: computed(() => columns.value.filter(({ title }) => !hidden.value.has(title))),
    allColumns: columns,
    openRow: computed(() => {
      const label = open.value;
      if (label === undefined) return undefined;
      const found = rows.value.find((row) => labelOf(row) === label);
      return found ?? (total.value !== undefined && labelOf(total.value) === label ? total.value : undefined);
    }),
  };
}
