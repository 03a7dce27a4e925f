/** @jsxImportSource preact */
/** A table of checks, transactions or metrics: sorted, with many rows also filtered and copied. A row opens to its charts. */
import { signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useMemo } from "preact/hooks";
import { createTableModel } from "../model/table_model.ts";
import { type Column, labelOf, type NamedRow } from "../view/table_columns.ts";
import { DetailsFrame } from "./details_frame.tsx";
import { cellClass, CellText, SortableHeader, TableTools } from "./table_controls.tsx";

/** Fewer are found without a filter. */
const MANY_ROWS = 6;

export interface MeasureTableProps<Row extends NamedRow> {
  /** `Checks by region` */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** The column that names a row. */
  readonly name: string;
  readonly hasFailed: (row: Row) => boolean;
  /** What an open row shows; absent: rows do not open. */
  readonly details?: (row: Row, label: string) => ComponentChildren;
}

export function MeasureTable<Row extends NamedRow>(
  { label, columns, rows, name, hasFailed, details }: MeasureTableProps<Row>,
) {
  const list = useSignal(rows);
  useLayoutEffect(() => {
    list.value = rows;
  }, [rows]);
  const model = useMemo(
    () => createTableModel<Row>({ columns: signal(columns), rows: list, total: signal(undefined) }),
    [columns],
  );
  const shown = model.rows.value;
  const open = model.openRow.value;
  return (
    <>
      {list.value.length > MANY_ROWS && (
        <TableTools model={model} count={shown.length} of={list.value.length} what={label.toLowerCase()} />
      )}
      <div class="scroll card" tabIndex={0} role="group" aria-label={label}>
        <table class="measures" aria-label={label}>
          <thead>
            <tr>
              {model.columns.value.map((column) => <SortableHeader key={column.title} column={column} model={model} />)}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => {
              const rowLabel = labelOf(row);
              return (
                <tr key={rowLabel} class={hasFailed(row) ? "failing" : undefined}>
                  {model.columns.value.map((column) => {
                    const text = column.text(row);
                    if (column.title !== name) {
                      return (
                        <td key={column.title} class={cellClass(column)}>
                          <CellText text={text} />
                        </td>
                      );
                    }
                    return (
                      <th key={column.title} scope="row" class={`${cellClass(column)} wrap`}>
                        {details === undefined ? text : (
                          <button
                            type="button"
                            class="name"
                            aria-label={`Details of ${rowLabel}`}
                            onClick={() => model.open.value = rowLabel}
                          >
                            {text}
                          </button>
                        )}
                      </th>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {open !== undefined && details !== undefined && (
        <DetailsFrame label={labelOf(open)} level="h3" open={model.open} place="below">
          {details(open, labelOf(open))}
        </DetailsFrame>
      )}
    </>
  );
}
