/** The state of the table of requests: filter, order, columns, the open row. The rows that show are computed from it. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { SummaryEntry } from "../../src/report/summary/summary.ts";
import { arrange, REQUEST_COLUMNS, type RequestColumn, type Sorting } from "../view/request_columns.ts";

export interface TableModel {
  readonly filter: Signal<string>;
  readonly sorting: Signal<Sorting | undefined>;
  readonly hidden: Signal<ReadonlySet<string>>;
  readonly open: Signal<SummaryEntry | undefined>;
  readonly rows: ReadonlySignal<readonly SummaryEntry[]>;
  readonly columns: ReadonlySignal<readonly RequestColumn[]>;
}

export function createTableModel(entries: readonly SummaryEntry[]): TableModel {
  const filter = signal("");
  const sorting = signal<Sorting | undefined>(undefined);
  const hidden = signal<ReadonlySet<string>>(new Set());
  return {
    filter,
    sorting,
    hidden,
    open: signal<SummaryEntry | undefined>(undefined),
    rows: computed(() => arrange(entries, filter.value, sorting.value)),
    columns: computed(() => REQUEST_COLUMNS.filter(({ title }) => !hidden.value.has(title))),
  };
}
