/**
 * The checks, metrics and transactions of a thread, a worker or a run, each under its name. A thread counts into its
 * rows, a worker and the ledger add deltas.
 *
 * Bound: so many names of each; checks and transactions beyond it share a row `(other)`, and of further metrics the
 * values are counted.
 */
import { truncate } from "../../base/text/text.ts";
import type { SampleTags } from "../../base/sample_tags.ts";
import type { MeasureDelta, MetricKind, ShareDelta } from "../../protocol/measures_message.ts";
import { compareText } from "../../base/text/compare_text.ts";
import { OVERFLOW_NAME } from "../groups/entry_table.ts";
import { CheckTags } from "./check_tags.ts";
import {
  CounterRow,
  GaugeRow,
  type MeasureRow,
  type MetricRow,
  OtherMetricsRow,
  ShareRow,
  TransactionRow,
  TrendRow,
} from "./measure_rows.ts";

/** Names of checks, of metrics, and of transactions: more are not read by people. */
const MAX_MEASURES = 500;

/** Longer names and units are cut: they travel in each delta. */
const MAX_NAME_LENGTH = 1000;
const MAX_UNIT_LENGTH = 40;

export class MeasureBook {
  readonly #checks = new Map<string, ShareRow>();
  readonly #metrics: Readonly<Record<MetricKind, Map<string, MetricRow>>> = {
    trend: new Map(),
    counter: new Map(),
    rate: new Map(),
    gauge: new Map(),
  };
  readonly #transactions = new Map<string, TransactionRow>();
  readonly #maxNames: number;
  /** Made for the first check with tags. */
  #checkTags: CheckTags | undefined;
  #others: OtherMetricsRow | undefined;

  constructor(maxNames: number = MAX_MEASURES) {
    this.#maxNames = maxNames;
  }

  check(name: string): ShareRow {
    return this.#checks.get(name) ?? this.#addTo(this.#checks, name, (text) => new ShareRow("check", text));
  }

  /** Counts a check by its tags, too. `row`: that of the check, which has counted it. */
  tagCheck(row: ShareRow, tags: SampleTags, held: boolean): void {
    (this.#checkTags ??= new CheckTags()).take(tags, row.name, held);
  }

  /** Checks by the values of their tags. */
  get checkTags(): Pick<CheckTags, "snapshot"> | undefined {
    return this.#checkTags;
  }

  transaction(name: string): TransactionRow {
    return this.#transactions.get(name) ?? this.#addTo(this.#transactions, name, (text) => new TransactionRow(text));
  }

  /** A metric of one name and another kind is another metric. Of two units of one name the first counts. */
  metric(kind: MetricKind, name: string, unit: string): MetricRow {
    return this.#metrics[kind].get(name) ?? this.#addMetric(kind, name, unit);
  }

  /** Adds deltas that were received at `receivedAtMs` and have been checked. */
  add(deltas: readonly MeasureDelta[], receivedAtMs: number): void {
    for (const delta of deltas) this.#addDelta(delta, receivedAtMs);
  }

  get isEmpty(): boolean {
    for (const row of this.#all()) if (!row.isEmpty) return false;
    return true;
  }

  /** Those that have counted something, by kind and name. */
  rows(): {
    readonly checks: readonly ShareRow[];
    readonly metrics: readonly MetricRow[];
    readonly transactions: readonly TransactionRow[];
  } {
    return {
      checks: listed(this.#checks.values()),
      metrics: listed(this.#allMetrics()),
      transactions: listed(this.#transactions.values()),
    };
  }

  /** Checks, values of metrics and transactions in the rows `(other)`. */
  get overflowed(): number {
    const check = this.#checks.get(OVERFLOW_NAME);
    const transaction = this.#transactions.get(OVERFLOW_NAME);
    return (check?.passes ?? 0) + (check?.fails ?? 0) + (this.#others?.count ?? 0) +
      (transaction?.times.count ?? 0) + (transaction?.cutOff ?? 0);
  }

  /** What was counted since the last `clear`; undefined if that is nothing. */
  toDeltas(nowMs: number): readonly MeasureDelta[] | undefined {
    let deltas: MeasureDelta[] | undefined;
    for (const row of this.#all()) if (!row.isEmpty) (deltas ??= []).push(row.toDelta(nowMs));
    return this.#checkTags === undefined ? deltas : addTagged(deltas, this.#checkTags);
  }

  /** Zeroes all counts; the names stay. */
  clear(): void {
    for (const row of this.#all()) row.reset();
    this.#checkTags?.clear();
  }

  *#allMetrics(): Generator<MetricRow> {
    for (const rows of Object.values(this.#metrics)) yield* rows.values();
    if (this.#others !== undefined) yield this.#others;
  }

  *#all(): Generator<MeasureRow> {
    yield* this.#checks.values();
    yield* this.#allMetrics();
    yield* this.#transactions.values();
  }

  #addDelta(delta: MeasureDelta, receivedAtMs: number): void {
    switch (delta.kind) {
      case "check":
        return this.#addCheck(delta);
      case "transaction":
        return this.transaction(delta.name).add(delta);
      default: {
        const row = this.metric(delta.kind, delta.name, "unit" in delta ? delta.unit : "");
        if (row instanceof OtherMetricsRow) return row.addAny(delta);
        if (row instanceof GaugeRow && delta.kind === "gauge") return row.add(delta, receivedAtMs);
        if (row instanceof TrendRow && delta.kind === "trend") return row.add(delta);
        if (row instanceof CounterRow && delta.kind === "counter") return row.add(delta);
        if (row instanceof ShareRow && delta.kind === "rate") return row.add(delta);
      }
    }
  }

  #addCheck(delta: ShareDelta): void {
    const row = this.check(delta.name);
    row.add(delta);
    if (delta.tagged === undefined && delta.droppedTags === undefined) return;
    (this.#checkTags ??= new CheckTags()).add(delta, row.name);
  }

  #addTo<Row>(rows: Map<string, Row>, name: string, create: (name: string) => Row): Row {
    const short = truncate(name, MAX_NAME_LENGTH);
    const text = short === OVERFLOW_NAME || rows.size < this.#maxNames ? short : OVERFLOW_NAME;
    let row = rows.get(text);
    if (row === undefined) rows.set(text, row = create(text));
    return row;
  }

  #addMetric(kind: MetricKind, name: string, unit: string): MetricRow {
    const short = truncate(name, MAX_NAME_LENGTH);
    const known = this.#metrics[kind].get(short);
    if (known !== undefined) return known;
    const size = Object.values(this.#metrics).reduce((sum, rows) => sum + rows.size, 0);
    if (short === OVERFLOW_NAME || size >= this.#maxNames) {
      return this.#others ??= new OtherMetricsRow(OVERFLOW_NAME, "values");
    }
    const row = createMetricRow(kind, short, truncate(unit, MAX_UNIT_LENGTH));
    this.#metrics[kind].set(short, row);
    return row;
  }
}

/** Each check with its tags. Those of the `(other)` row of a value may have no check of that name. */
function addTagged(deltas: readonly MeasureDelta[] | undefined, tags: CheckTags): readonly MeasureDelta[] | undefined {
  const byCheck = new Map(tags.byCheck());
  const tagged = (deltas ?? []).map((delta) => {
    const counts = delta.kind === "check" ? byCheck.get(delta.name) : undefined;
    if (counts === undefined) return delta;
    byCheck.delete(delta.name);
    return { ...delta, ...counts };
  });
  const others = [...byCheck].map(([name, counts]): ShareDelta => ({
    kind: "check",
    name,
    passes: 0,
    fails: 0,
    ...counts,
  }));
  return tagged.length + others.length === 0 ? undefined : [...tagged, ...others];
}

function createMetricRow(kind: MetricKind, name: string, unit: string): MetricRow {
  switch (kind) {
    case "trend":
      return new TrendRow(name, unit);
    case "counter":
      return new CounterRow(name, unit);
    case "gauge":
      return new GaugeRow(name, unit);
    case "rate":
      return new ShareRow("rate", name);
  }
}

function listed<Row extends MeasureRow>(rows: Iterable<Row>): readonly Row[] {
  return [...rows].filter(({ isEmpty }) => !isEmpty).sort((a, b) => compareText(a.name, b.name));
}
