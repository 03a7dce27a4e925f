/** @jsxImportSource preact */
/** The tools above a table of requests: filter, number of rows, copy, choice of columns; and its sortable header. */
import { useSignal } from "@preact/signals";
import type { TableModel } from "../model/table_model.ts";
import { copyText } from "../source/download.ts";
import { formatCount, formatNumber } from "../view/format.ts";
import { type Column, nextSorting, type Sorting, sortRows, toClipboardText } from "../view/table_columns.ts";

export interface TableToolsProps<Row> {
  readonly model: TableModel<Row>;
  readonly count: number;
  readonly of: number;
  /** The last row of what is copied. */
  readonly total?: Row;
  /** What the rows are. */
  readonly what?: string;
}

export function TableTools<Row>({ model, count, of, total, what = "requests" }: TableToolsProps<Row>) {
  const isChoosing = useSignal(false);
  const copied = useSignal("");
  const copy = async () => {
    const done = await copyText(
      toClipboardText([...model.rows.value, ...(total === undefined ? [] : [total])], model.columns.value),
    );
    copied.value = done ? "Copied" : "The browser refused";
  };
  const toggle = (title: string) => {
    const hidden = new Set(model.hidden.value);
    if (!hidden.delete(title)) hidden.add(title);
    model.hidden.value = hidden;
  };
  return (
    <div class="table-tools needs-script">
      <FilterField model={model} what={what} count={count} of={of} unit="row" />
      <span class="spacer" />
      <span class="count" role="status">{copied.value}</span>
      <button type="button" onClick={copy}>Copy</button>
      <button type="button" aria-expanded={isChoosing.value} onClick={() => isChoosing.value = !isChoosing.value}>
        Columns
      </button>
      {isChoosing.value && (
        <fieldset class="columns">
          <legend>Columns</legend>
          <p class="note narrow-only">
            A narrow screen shows the most important columns; a wider one shows all that are ticked.
          </p>
          {model.allColumns.value.filter(({ title }) => title !== "Name").map(({ title }) => (
            <label key={title}>
              <input type="checkbox" checked={!model.hidden.value.has(title)} onChange={() => toggle(title)} />
              {title}
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}

interface FilterFieldProps<Row> {
  readonly model: Pick<TableModel<Row>, "filter">;
  readonly what: string;
  readonly count: number;
  readonly of: number;
  /** One of what is counted. */
  readonly unit: string;
}

export function FilterField<Row>({ model, what, count, of, unit }: FilterFieldProps<Row>) {
  return (
    <>
      <input
        type="search"
        aria-label={`Filter ${what}`}
        placeholder={`Filter ${what}`}
        value={model.filter.value}
        onInput={(event) => model.filter.value = event.currentTarget.value}
      />
      <span class="count" role="status">
        {count === of ? formatCount(of, unit) : `${formatNumber(count)} of ${formatCount(of, unit)}`}
      </span>
    </>
  );
}

export interface SortableHeaderProps<Row> {
  readonly column: Column<Row>;
  readonly model: Pick<TableModel<Row>, "sorting">;
}

/** A list in the order that its headers ask for, and these headers. */
export function useSorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[]) {
  const sorting = useSignal<Sorting | undefined>(undefined);
  return {
    rows: sortRows(rows, columns, sorting.value),
    headers: columns.map((column) => <SortableHeader key={column.title} column={column} model={{ sorting }} />),
  };
}

export function SortableHeader<Row>({ column, model }: SortableHeaderProps<Row>) {
  const sorting = model.sorting.value;
  const direction = sorting?.column === column.title ? sorting.direction : "none";
  const mark = direction === "ascending" ? "↑" : direction === "descending" ? "↓" : "";
  return (
    <th scope="col" class={cellClass(column)} aria-sort={direction}>
      <button type="button" class="sort" onClick={() => model.sorting.value = nextSorting(sorting, column)}>
        <Unbroken text={column.title} />
        <span class="mark" aria-hidden="true">{mark}</span>
      </button>
    </th>
  );
}

/** Words with a slash stay in one piece: Firefox would break them behind it. */
function Unbroken({ text }: { readonly text: string }) {
  const [, before = "", word] = /^(.* )?(\S*\/\S*)$/.exec(text) ?? [];
  return word === undefined ? <>{text}</> : (
    <>
      {before}
      <span class="unbroken">{word}</span>
    </>
  );
}

/** `extra`: hidden on a narrow screen. `spare`: hidden beside the details of a row. */
export function cellClass<Row>({ kind, isVital, isSpare, isWhole, title }: Column<Row>): string {
  const special = `${title === "# Fails" || /Failures\/s$/.test(title) ? " fails" : ""}${
    isWhole === true || title.startsWith("#") ? " whole" : ""
  }`;
  return `${kind}${isVital === true ? "" : " extra"}${isSpare === true ? " spare" : ""}${special}`;
}

/** The text of a cell; its part in brackets, a share, gives way on a narrow screen. */
export function CellText({ text }: { readonly text: string }) {
  const at = text.indexOf(" (");
  if (at < 0) return <>{text}</>;
  return (
    <>
      {text.slice(0, at)}
      <span class="share">{text.slice(at)}</span>
    </>
  );
}
