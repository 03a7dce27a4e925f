/**
 * Collects the counts of each row of a run, span by span, from the deltas of its journal; beside the rows those of
 * requests by tag, of checks, transactions and metrics.
 *
 * Bound: at most `MAX_SPANS` spans; when there are more, neighbours are added up, so that an hour with 2,000 names
 * stays below 100 MB.
 */
import type { RunSpan } from "../../master/run_event.ts";
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import type { CountedCell } from "../../stats/comparison/row_series.ts";
import { countRows } from "../../stats/delta/count_delta.ts";
import { Entry } from "../../stats/delta/entry.ts";
import { EntryTable } from "../../stats/groups/entry_table.ts";
import { TOTAL_NAME } from "../../stats/thresholds/threshold.ts";
import { successorOf } from "../../stats/groups/url_names.ts";
import type { RunSummary } from "../summary/summary.ts";
import { isWithin, type RunSeconds, type SecondsRange } from "./compared_run.ts";
import { OpenCounts, type TaggedCounts } from "./open_counts.ts";
import { rowKey, splitKey } from "./row_key.ts";
import { joinCells, mergePairs, pushCell } from "./span_cells.ts";

/** Ten minutes of seconds. */
const MAX_SPANS = 600;

interface Span {
  second: number;
  seconds: number;
}

interface Series {
  cells: CountedCell[];
}

interface Row extends Series {
  readonly open: Entry;
  isOpen: boolean;
}

interface TaggedRow extends Series, Pick<TaggedCounts, "tag" | "value" | "method" | "name"> {}

/** The rows that a run has at its end, into which others may have been grouped. */
type PresentRows = Pick<RunSummary, "entries" | "splits">;

export class RowSecondsCollector {
  readonly #rows = new EntryTable<Row>((method, name, kind) => ({
    open: new Entry(method, name, kind),
    isOpen: false,
    cells: [],
  }));
  readonly #open = new OpenCounts();
  readonly #tagged = new Map<string, TaggedRow>();
  readonly #measures = new Map<string, Series>();
  #spans: Span[] = [];
  /** How many of the run's spans are one of ours. */
  #step = 1;
  #inLast = 0;
  #resets = 0;
  /** Where the spans without counts before the open one begin. */
  #silentFrom: number | undefined;

  count(delta: DeltaMessage): void {
    const { resets = 0 } = delta;
    if (resets < this.#resets) return; // it belongs to the time before a reset
    if (resets > this.#resets) this.#clear(resets);
    countRows(delta, 0, (method, name) => {
      const row = this.#rows.intern(method, name);
      row.isOpen = true;
      return row.open;
    });
    this.#open.add(delta);
  }

  /** The statistics were reset: what was counted before is in no figure. */
  reset(): void {
    this.#clear(this.#resets + 1);
  }

  /** What was counted since the span before belongs to this one. */
  endSpan({ fromSecond, toSecond }: RunSpan): void {
    this.#silentFrom ??= fromSecond;
    const open = [...this.#rows.rows()].filter(({ isOpen }) => isOpen);
    const { tagged, measures } = this.#open.take();
    // A journal with less detail has counts every ten seconds: the spans before belong to the same counts.
    if (open.length + measures.length === 0) return;
    const from = this.#silentFrom;
    this.#silentFrom = undefined;
    const last = this.#spans.at(-1);
    if (last !== undefined && (toSecond <= from || this.#inLast < this.#step)) {
      last.seconds = Math.max(last.seconds, toSecond - last.second);
      this.#inLast++;
    } else {
      this.#spans.push({ second: from, seconds: Math.max(toSecond - from, last === undefined ? 1 : 0) });
      this.#inLast = 1;
    }
    const span = this.#spans.length - 1;
    for (const row of open) closeRow(row, span);
    for (const counts of tagged) pushCell(this.#taggedRow(counts).cells, span, counts);
    for (const [key, counts] of measures) pushCell(openSeries(this.#measures, key).cells, span, counts);
    if (this.#spans.length > MAX_SPANS) this.#thin();
  }

  /** The spans of a part of the run. */
  take(part: SecondsRange, { entries, splits = [] }: PresentRows): RunSeconds {
    const places = new Map<number, number>();
    const spanSeconds: number[] = [];
    this.#spans.forEach((span, i) => {
      if (!isWithin(span, part)) return;
      places.set(i, spanSeconds.length);
      spanSeconds.push(span.seconds);
    });
    const cells = new Map<string, readonly CountedCell[]>();
    const add = (key: string, series: Series) => {
      const placed = series.cells.flatMap((cell) => {
        const span = places.get(cell.span);
        return span === undefined ? [] : [{ ...cell, span }];
      });
      const others = cells.get(key);
      cells.set(key, others === undefined ? placed : joinCells(others, placed));
    };
    const present = new Set(entries.map(({ method, name }) => rowKey(method, name)));
    for (const row of this.#rows.rows()) {
      const { method, name } = successorOf(row.open, (each) => present.has(rowKey(each.method, each.name)));
      add(rowKey(method, name), row);
    }
    const presentSplits = new Set(
      splits.flatMap(({ tag, values }) =>
        values.flatMap((of) => of.entries.map(({ method, name }) => splitKey(tag, of.value, method, name)))
      ),
    );
    for (const row of this.#tagged.values()) {
      const { tag, value } = row;
      const { method, name } = successorOf(
        row,
        (each) => presentSplits.has(splitKey(tag, value, each.method, each.name)),
      );
      add(splitKey(tag, value, method, name), row);
      add(splitKey(tag, value, "", TOTAL_NAME), row);
    }
    for (const [key, series] of this.#measures) add(key, series);
    return { spanSeconds, cells };
  }

  #taggedRow({ tag, value, method, name }: TaggedCounts): TaggedRow {
    const key = splitKey(tag, value, method, name);
    let row = this.#tagged.get(key);
    if (row === undefined) this.#tagged.set(key, row = { tag, value, method, name, cells: [] });
    return row;
  }

  #clear(resets: number): void {
    this.#resets = resets;
    for (const row of this.#rows.rows()) {
      row.open.reset();
      row.isOpen = false;
      row.cells = [];
    }
    this.#open.clear();
    this.#tagged.clear();
    this.#measures.clear();
  }

  #thin(): void {
    this.#step *= 2;
    const spans: Span[] = [];
    for (let i = 0; i < this.#spans.length; i += 2) {
      const first = this.#spans[i] as Span;
      const last = this.#spans[i + 1] ?? first;
      spans.push({ second: first.second, seconds: last.second + last.seconds - first.second });
    }
    this.#inLast = this.#spans.length % 2 === 0 ? this.#step : this.#step / 2;
    this.#spans = spans;
    for (const series of [...this.#rows.rows(), ...this.#tagged.values(), ...this.#measures.values()]) {
      series.cells = mergePairs(series.cells);
    }
  }
}

function openSeries(all: Map<string, Series>, key: string): Series {
  let series = all.get(key);
  if (series === undefined) all.set(key, series = { cells: [] });
  return series;
}

function closeRow(row: Row, span: number): void {
  const { requests, failures, times: { times } } = row.open;
  pushCell(row.cells, span, { requests, failures, times: times.pack() });
  row.open.reset();
  row.isOpen = false;
}
