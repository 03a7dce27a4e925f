/** @jsxImportSource preact */
/** The table of requests split by a tag, and the choice of the tag. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import { createTableModel } from "../model/table_model.ts";
import { formatNumber } from "../view/format.ts";
import { splitColumns, splitLabel, type SplitRow, splitRows, type SplitValue } from "../view/split_rows.ts";
import type { Column, NamedRow } from "../view/table_columns.ts";
import { cellClass, CellText, SortableHeader, TableTools } from "./table_controls.tsx";

/** More are found by the filter. */
const MAX_ROWS = 400;

export interface CountedRow extends NamedRow {
  readonly requests: number;
  readonly failures: number;
}

export interface SplitTableProps<Row extends CountedRow> {
  readonly tag: string;
  readonly values: ReadonlySignal<readonly SplitValue<Row>[]>;
  readonly columns: ReadonlySignal<readonly Column<Row>[]>;
  readonly total: Row;
  /** What an open row shows. */
  readonly details: (row: SplitRow<Row>, label: string, open: Signal<string | undefined>) => ComponentChildren;
}

/** Said where a row with a tag has failures. */
export const SPLIT_FAILURES =
  "Kinds of failures are known of a row as a whole: they are in its details without the split.";

export function SplitTable<Row extends CountedRow>(
  { tag, values, columns, total, details }: SplitTableProps<Row>,
) {
  const model = useMemo(() =>
    createTableModel<SplitRow<Row>>({
      columns: computed(() => splitColumns(tag, columns.value)),
      rows: computed(() => splitRows(values.value)),
      total: signal(undefined),
    }), [tag, values, columns]);
  const rows = model.rows.value;
  const shown = rows.slice(0, MAX_ROWS);
  const label = model.open.value;
  const open = label === undefined ? undefined : splitRows(values.value).find((row) => splitLabel(tag, row) === label);
  const all = values.value.reduce((sum, { entries }) => sum + entries.length + 1, 0);
  const sum: SplitRow<Row> = { method: total.method, name: total.name, value: "", row: total };
  return (
    <>
      <TableTools model={model} count={rows.length} of={all} total={sum} />
      <div class="scroll card" tabIndex={0} role="group" aria-label={`Requests by ${tag}`}>
        <table class="requests" aria-label={`Request statistics by ${tag}`}>
          <thead>
            <tr>
              {model.columns.value.map((column) => <SortableHeader key={column.title} column={column} model={model} />)}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, i) => (
              <Cells
                key={i}
                row={row}
                columns={model.columns.value}
                label={splitLabel(tag, row)}
                onOpen={(label) => model.open.value = label}
              />
            ))}
          </tbody>
          <tfoot>
            <Cells row={sum} columns={model.columns.value} />
          </tfoot>
        </table>
      </div>
      {rows.length > shown.length && (
        <p class="note">… and {formatNumber(rows.length - shown.length)} more rows: use the filter.</p>
      )}
      {open !== undefined && label !== undefined && details(open, label, model.open)}
    </>
  );
}

interface CellsProps<Row extends CountedRow> {
  readonly row: SplitRow<Row>;
  readonly columns: readonly Column<SplitRow<Row>>[];
  /** Absent of the sum, which does not open. */
  readonly label?: string;
  readonly onOpen?: (label: string) => void;
}

function Cells<Row extends CountedRow>({ row, columns, label, onOpen }: CellsProps<Row>) {
  return (
    <tr class={row.row.failures > 0 ? "failing" : undefined}>
      {columns.map((column) => {
        const text = column.text(row);
        if (column.title === "Name") {
          return (
            <th key={column.title} scope="row" class={`${cellClass(column)} wrap`}>
              {label === undefined
                ? text
                : (
                  <button type="button" class="name" aria-label={`Details of ${label}`} onClick={() => onOpen?.(label)}>
                    {text}
                  </button>
                )}
            </th>
          );
        }
        const isThin = row.row.requests > 0 && column.isThin?.(row) === true;
        return (
          <td key={column.title} class={cellClass(column)}>
            {isThin ? <span class="thin">({text})</span> : <CellText text={text} />}
          </td>
        );
      })}
    </tr>
  );
}

/** Nothing where no request had a tag. */
export function SplitChoice(
  { tags, chosen }: { readonly tags: readonly string[]; readonly chosen: Signal<string | undefined> },
) {
  if (tags.length === 0) return null;
  return (
    <label class="split-by needs-script">
      Split by{" "}
      <select
        value={chosen.value ?? ""}
        onChange={(event) => {
          const { value } = event.currentTarget;
          chosen.value = value === "" ? undefined : value;
        }}
      >
        <option value="">nothing</option>
        {tags.map((tag) => <option key={tag} value={tag}>{tag}</option>)}
      </select>
    </label>
  );
}
