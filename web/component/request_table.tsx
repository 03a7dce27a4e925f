/** @jsxImportSource preact */
/** The table of requests: sorted, filtered, copied; each row opens to its details; the sum of all stays last. */
import { useSignal } from "@preact/signals";
import type { RunSummary, SummaryEntry } from "../../src/report/summary/summary.ts";
import { createTableModel, type TableModel } from "../model/table_model.ts";
import { copyText } from "../source/download.ts";
import { formatNumber } from "../view/format.ts";
import { labelOf, nextSorting, REQUEST_COLUMNS, type RequestColumn, toClipboardText } from "../view/request_columns.ts";
import { EntryDetails } from "./entry_details.tsx";

export function RequestTable({ summary, model }: { readonly summary: RunSummary; readonly model: TableModel }) {
  const { total, entries } = summary;
  const columns = model.columns.value;
  const rows = model.rows.value;
  const hasThin = [...entries, total].some((entry) =>
    columns.some(({ isThin }) => entry.requests > 0 && isThin?.(entry))
  );
  return (
    <>
      <TableTools model={model} count={rows.length} of={entries.length} total={total} />
      <div class="scroll card" tabIndex={0} role="group" aria-label="Requests">
        <table class="requests" aria-label="Request statistics">
          <thead>
            <tr>{columns.map((column) => <Header key={column.title} column={column} model={model} />)}</tr>
          </thead>
          <tbody>
            {rows.map((entry) => <Row key={labelOf(entry)} entry={entry} columns={columns} model={model} />)}
          </tbody>
          <tfoot>
            <Row entry={total} columns={columns} model={model} />
          </tfoot>
        </table>
      </div>
      {hasThin && (
        <p class="note">Figures in brackets stand on fewer than 5 requests beyond them: take them as a hint.</p>
      )}
      {model.open.value !== undefined && <EntryDetails entry={model.open.value} summary={summary} model={model} />}
    </>
  );
}

export function createRequestTable(summary: RunSummary): TableModel {
  return createTableModel(summary.entries);
}

function Header({ column, model }: { readonly column: RequestColumn; readonly model: TableModel }) {
  const sorting = model.sorting.value;
  const direction = sorting?.column === column.title ? sorting.direction : "none";
  const mark = direction === "ascending" ? "↑" : direction === "descending" ? "↓" : "";
  return (
    <th scope="col" class={cellClass(column)} aria-sort={direction}>
      <button type="button" class="sort" onClick={() => model.sorting.value = nextSorting(sorting, column)}>
        {column.title}
        <span class="mark" aria-hidden="true">{mark}</span>
      </button>
    </th>
  );
}

interface RowProps {
  readonly entry: SummaryEntry;
  readonly columns: readonly RequestColumn[];
  readonly model: TableModel;
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
                onClick={() => model.open.value = entry}
              >
                {text}
              </button>
            </th>
          );
        }
        const isThin = entry.requests > entry.untimed && column.isThin?.(entry) === true;
        return <td class={cellClass(column)}>{isThin ? <span class="thin">({text})</span> : text}</td>;
      })}
    </tr>
  );
}

function cellClass({ kind, isVital, title }: RequestColumn): string {
  const special = title === "# Fails" || title === "Failures/s" ? " fails" : "";
  return `${kind}${isVital === true ? "" : " extra"}${special}`;
}

interface ToolsProps {
  readonly model: TableModel;
  readonly count: number;
  readonly of: number;
  readonly total: SummaryEntry;
}

function TableTools({ model, count, of, total }: ToolsProps) {
  const isChoosing = useSignal(false);
  const copied = useSignal("");
  const copy = async () => {
    const done = await copyText(toClipboardText([...model.rows.value, total], model.columns.value));
    copied.value = done ? "Copied" : "The browser refused";
  };
  const toggle = (title: string) => {
    const hidden = new Set(model.hidden.value);
    if (!hidden.delete(title)) hidden.add(title);
    model.hidden.value = hidden;
  };
  return (
    <div class="table-tools needs-script">
      <input
        type="search"
        aria-label="Filter requests"
        placeholder="Filter requests"
        value={model.filter.value}
        onInput={(event) => model.filter.value = event.currentTarget.value}
      />
      <span class="count" role="status">
        {count === of ? formatNumber(of) : `${formatNumber(count)} of ${formatNumber(of)}`} rows
      </span>
      <span class="spacer" />
      <span class="count" role="status">{copied.value}</span>
      <button type="button" onClick={copy}>Copy</button>
      <button type="button" aria-expanded={isChoosing.value} onClick={() => isChoosing.value = !isChoosing.value}>
        Columns
      </button>
      {isChoosing.value && (
        <fieldset class="columns">
          <legend>Columns</legend>
          {REQUEST_COLUMNS.filter(({ title }) => title !== "Name").map(({ title }) => (
            <label>
              <input type="checkbox" checked={!model.hidden.value.has(title)} onChange={() => toggle(title)} />
              {title}
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}
