/** @jsxImportSource preact */
/** The table of requests: sorted, filtered, copied; each row opens to its details; the sum of all stays last. */
import { signal, useComputed, useSignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import type { RunSummary, SummaryEntry } from "../../src/report/summary/summary.ts";
import { createTableModel, type TableModel } from "../model/table_model.ts";
import { REQUEST_COLUMNS, type RequestColumn } from "../view/request_columns.ts";
import { labelOf } from "../view/table_columns.ts";
import { EntryDetails } from "./entry_details.tsx";
import { MANY_ROWS } from "./failure_list.tsx";
import { SplitChoice, SplitTable } from "./split_table.tsx";
import { cellClass, CellText, SortableHeader, TableTools } from "./table_controls.tsx";

export function RequestTable(
  { summary, model }: { readonly summary: RunSummary; readonly model: TableModel<SummaryEntry> },
) {
  const { total, entries, splits = [] } = summary;
  const tag = useSignal<string | undefined>(undefined);
  const values = useComputed(() => splits.find((each) => each.tag === tag.value)?.values ?? []);
  const tags = splits.map((each) => each.tag);
  const columns = model.columns.value;
  const rows = model.rows.value;
  // A row that is made once is not compared again when thousands of them change places.
  const made = useMemo(
    () =>
      new Map(
        entries.map((entry) => [entry, <Row key={labelOf(entry)} entry={entry} columns={columns} model={model} />]),
      ),
    [entries, columns],
  );
  const hasThin = [...entries, total].some((entry) =>
    columns.some(({ isThin }) => entry.requests > 0 && isThin?.(entry))
  );
  if (tag.value !== undefined) {
    return (
      <>
        <SplitChoice tags={tags} chosen={tag} />
        <SplitTable
          tag={tag.value}
          values={values}
          columns={model.columns}
          total={total}
          details={({ row }, label, open) => (
            <EntryDetails entry={row} summary={summary} open={open} splitLabel={label} />
          )}
        />
      </>
    );
  }
  return (
    <>
      <SplitChoice tags={tags} chosen={tag} />
      <TableTools model={model} count={rows.length} of={entries.length} total={total} />
      <div
        class={entries.length > MANY_ROWS ? "scroll card many" : "scroll card"}
        tabIndex={0}
        role="group"
        aria-label="Requests"
      >
        <table class="requests" aria-label="Request statistics">
          <thead>
            <tr>{columns.map((column) => <SortableHeader key={column.title} column={column} model={model} />)}</tr>
          </thead>
          <tbody>
            {rows.map((entry) => made.get(entry))}
          </tbody>
          <tfoot>
            <Row entry={total} columns={columns} model={model} />
          </tfoot>
        </table>
      </div>
      {hasThin && (
        <p class="note">Figures in brackets stand on fewer than 5 requests beyond them: take them as a hint.</p>
      )}
      {model.openRow.value !== undefined && (
        <EntryDetails
          entry={model.openRow.value}
          summary={summary}
          open={model.open}
        />
      )}
    </>
  );
}

export function createRequestTable(summary: RunSummary): TableModel<SummaryEntry> {
  return createTableModel({
    columns: signal(REQUEST_COLUMNS),
    rows: signal(summary.entries),
    total: signal(summary.total),
  });
}

interface RowProps {
  readonly entry: SummaryEntry;
  readonly columns: readonly RequestColumn[];
  readonly model: TableModel<SummaryEntry>;
}

function Row({ entry, columns, model }: RowProps) {
  return (
    <tr class={entry.failures > 0 ? "failing" : undefined}>
      {columns.map((column) => {
        const text = column.text(entry);
        if (column.title === "Name") {
          return (
            <th scope="row" class={cellClass(column)}>
              <button
                type="button"
                class="name"
                title={text}
                aria-label={`Details of ${labelOf(entry)}`}
                onClick={() => model.open.value = labelOf(entry)}
              >
                {text}
              </button>
            </th>
          );
        }
        const isThin = entry.requests > entry.untimed && column.isThin?.(entry) === true;
        return (
          <td class={cellClass(column)}>{isThin ? <span class="thin">({text})</span> : <CellText text={text} />}</td>
        );
      })}
    </tr>
  );
}
