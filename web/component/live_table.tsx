/** @jsxImportSource preact */
/**
 * The live table of requests. Only the rows in sight are in the document, so that 2,000 of them scroll, sort and filter
 * at once; fillers keep the place of the others. The sum of all is always there, as the last row.
 */
import { useComputed, useSignal } from "@preact/signals";
import { memo } from "preact/compat";
import { useEffect, useRef } from "preact/hooks";
import type { ApiRow } from "../../src/server/answers/api_snapshot.ts";
import type { AppState } from "../model/app_state.ts";
import type { TableModel } from "../model/table_model.ts";
import { ratesOf, withWholeRates } from "../view/live_columns.ts";
import { scenarioColumns } from "../view/scenario_view.ts";
import { type Column, labelOf } from "../view/table_columns.ts";
import { isOver } from "../view/top_bar.ts";
import { LiveCapacity } from "./capacity_panel.tsx";
import { LiveDetails, LiveSplitDetails } from "./live_details.tsx";
import { ScenarioList } from "./scenario_list.tsx";
import { Overview } from "./overview.tsx";
import { SplitChoice, SplitTable } from "./split_table.tsx";
import { cellClass, CellText, SortableHeader, TableTools } from "./table_controls.tsx";

/** The style sheet says the same. */
const ROW_PX = 31;
/** Rows above and below the ones in sight. */
const SPARE = 4;
/** Below this, all rows are in the document. */
const MAX_PLAIN_ROWS = 60;

export function LiveTable({ app }: { readonly app: AppState }) {
  const { table, total, live } = app;
  const sum = total.value;
  if (sum === undefined) return <p class="card empty">No figures yet.</p>;
  const tag = app.split.tag.value;
  if (tag !== undefined && live.tags.value.includes(tag)) {
    return (
      <>
        <Overview app={app} />
        <LiveScenarios app={app} />
        <SplitChoice tags={live.tags.value} chosen={app.split.tag} />
        <LiveSplit app={app} tag={tag} sum={sum} />
      </>
    );
  }
  return (
    <>
      {live.capacity.value !== undefined && <LiveCapacity capacity={live.capacity.value} search={live.search.value} />}
      <Overview app={app} />
      <LiveScenarios app={app} />
      <SplitChoice tags={live.tags.value} chosen={app.split.tag} />
      <TableTools model={table} count={table.rows.value.length} of={live.rows.value.length} total={sum} />
      <div class={table.openRow.value === undefined ? "stats" : "stats with-details"}>
        <Rows app={app} sum={sum} />
        {table.openRow.value !== undefined && <LiveDetails app={app} row={table.openRow.value} />}
      </div>
    </>
  );
}

function LiveScenarios({ app: { live, state } }: { readonly app: AppState }) {
  const scenarios = live.scenarios.value;
  if (scenarios === undefined) return null;
  const isDone = state.value !== undefined && isOver(state.value);
  return <ScenarioList scenarios={scenarios} run={isDone ? "over" : "on"} columns={scenarioColumns(isDone)} />;
}

function LiveSplit({ app, tag, sum }: { readonly app: AppState; readonly tag: string; readonly sum: ApiRow }) {
  const { split, table, state } = app;
  const values = useComputed(() => {
    const isDone = state.value !== undefined && isOver(state.value);
    return split.values.value.map(({ value, total, entries }) => ({
      value,
      total: isDone ? withWholeRates(total) : total,
      entries: ratesOf(entries, isDone),
    }));
  });
  return (
    <SplitTable
      tag={tag}
      values={values}
      columns={table.columns}
      total={sum}
      details={({ value, row }, label, open) => (
        <LiveSplitDetails app={app} row={row} split={{ tag, value }} open={open} label={label} />
      )}
    />
  );
}

function Rows({ app: { table, live }, sum }: { readonly app: AppState; readonly sum: ApiRow }) {
  const box = useRef<HTMLDivElement>(null);
  const sight = useSight(box);
  const rows = table.rows.value;
  const columns = table.columns.value;
  const isPlain = rows.length <= MAX_PLAIN_ROWS || sight.isPrinting;
  const first = isPlain ? 0 : Math.max(0, Math.min(sight.first, rows.length - 1) - SPARE);
  const end = isPlain ? rows.length : Math.min(rows.length, first + sight.count + 2 * SPARE);
  const open = table.open.value;
  return (
    <div class="scroll card rows" ref={box} tabIndex={0} role="group" aria-label="Request statistics, scrolling">
      <table class="requests live" aria-label="Request statistics" aria-rowcount={rows.length + 2}>
        <thead>
          <tr>{columns.map((column) => <SortableHeader key={column.title} column={column} model={table} />)}</tr>
        </thead>
        <tbody>
          {rows.length === 0 && (
            <tr>
              <td class="empty" colSpan={columns.length}>
                {live.rows.value.length === 0 ? "No request has been counted yet." : "No row matches the filter."}
              </td>
            </tr>
          )}
          <Filler rows={first} columns={columns.length} />
          {rows.slice(first, end).map((row, i) => (
            // By place: another order or filter writes other texts into the elements that are there.
            <Row
              key={first + i}
              row={row}
              index={first + i + 2}
              columns={columns}
              model={table}
              isOpen={labelOf(row) === open}
            />
          ))}
          <Filler rows={rows.length - end} columns={columns.length} />
        </tbody>
        <tfoot>
          <Row row={sum} index={rows.length + 2} columns={columns} model={table} isOpen={labelOf(sum) === open} />
        </tfoot>
      </table>
    </div>
  );
}

function Filler({ rows, columns }: { readonly rows: number; readonly columns: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden="true" class="filler">
      <td colSpan={columns} style={{ height: `${rows * ROW_PX}px` }} />
    </tr>
  );
}

interface Sight {
  readonly first: number;
  readonly count: number;
  readonly isPrinting: boolean;
}

/** Which rows can be seen: by the scroll position of the box, or of the page where the box does not scroll by itself. */
function useSight(box: { readonly current: HTMLDivElement | null }): Sight {
  const sight = useSignal<Sight>({ first: 0, count: 40, isPrinting: false });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => {
      const first = Math.max(0, Math.floor(element.scrollTop / ROW_PX));
      const count = Math.ceil(Math.min(element.clientHeight, innerHeight) / ROW_PX) + 1;
      if (first !== sight.value.first || count !== sight.value.count) sight.value = { ...sight.value, first, count };
    };
    const print = () => sight.value = { ...sight.value, isPrinting: true };
    const printed = () => sight.value = { ...sight.value, isPrinting: false };
    const size = new ResizeObserver(look);
    size.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    addEventListener("beforeprint", print);
    addEventListener("afterprint", printed);
    return () => {
      size.disconnect();
      element.removeEventListener("scroll", look);
      removeEventListener("beforeprint", print);
      removeEventListener("afterprint", printed);
    };
  }, []);
  return sight.value;
}

interface RowProps {
  readonly row: ApiRow;
  readonly index: number;
  readonly columns: readonly Column<ApiRow>[];
  readonly model: TableModel<ApiRow>;
  readonly isOpen: boolean;
}

/** A row whose figures did not change is the same object and is not drawn again. */
const Row = memo(({ row, index, columns, model, isOpen }: RowProps) => {
  const label = labelOf(row);
  const toggle = () => model.open.value = isOpen ? undefined : label;
  const classes = `${row.failures > 0 ? "failing" : ""}${isOpen ? " open" : ""}`;
  return (
    <tr class={classes === "" ? undefined : classes} aria-rowindex={index}>
      {columns.map((column) => {
        const text = column.text(row);
        if (column.title === "Name") {
          return (
            <th key={column.title} scope="row" class={cellClass(column)}>
              <button
                type="button"
                class="name"
                title={label}
                aria-label={`Details of ${label}`}
                aria-expanded={isOpen}
                onClick={toggle}
              >
                <span class="method-small" aria-hidden="true">{row.method}</span> {text}
              </button>
            </th>
          );
        }
        const isThin = row.requests > 0 && column.isThin?.(row) === true;
        return (
          <td key={column.title} class={cellClass(column)}>
            {isThin ? <span class="thin">({text})</span> : <CellText text={text} />}
          </td>
        );
      })}
    </tr>
  );
});
