/** @jsxImportSource preact */
/** Tables of checks, transactions and metrics, for the live page and the report. `charts`: what an open row shows. */
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type {
  SummaryCheck,
  SummaryCheckSplit,
  SummaryMetric,
  SummaryTransaction,
} from "../../src/report/summary/summary.ts";
import type { SummaryMeasureHistory } from "../../src/report/summary/summary_history.ts";
import {
  CHECK_COLUMNS,
  checkRows,
  checkSplitColumns,
  checkSplitRows,
  METRIC_COLUMNS,
  metricRows,
  TRANSACTION_COLUMNS,
  transactionRows,
} from "../view/measure_columns.ts";
import { MeasureTable } from "./measure_table.tsx";

/** Which check, transaction or metric. */
export type MeasureKey = Pick<SummaryMeasureHistory, "of" | "name" | "kind">;

export type MeasureChartsOf = (key: MeasureKey, label: string) => ComponentChildren;

interface Charted {
  readonly charts: MeasureChartsOf;
}

export function CheckList({ checks, charts }: Charted & { readonly checks: readonly SummaryCheck[] }) {
  const rows = useMemo(() => checkRows(checks), [checks]);
  return (
    <MeasureTable
      label="Checks"
      name="Check"
      columns={CHECK_COLUMNS}
      rows={rows}
      hasFailed={({ check }) => check.fails > 0}
      details={({ name }, label) => charts({ of: "checks", name }, label)}
    />
  );
}

/** The checks by the values of a tag. */
export function CheckSplitList({ tag, values }: SummaryCheckSplit) {
  const rows = useMemo(() => checkSplitRows({ tag, values }), [tag, values]);
  const columns = useMemo(() => checkSplitColumns(tag), [tag]);
  return (
    <MeasureTable
      label={`Checks by ${tag}`}
      name="Check"
      columns={columns}
      rows={rows}
      hasFailed={({ check }) => check.fails > 0}
    />
  );
}

export function TransactionList(
  { transactions, charts }: Charted & { readonly transactions: readonly SummaryTransaction[] },
) {
  const rows = useMemo(() => transactionRows(transactions), [transactions]);
  return (
    <MeasureTable
      label="Transactions"
      name="Transaction"
      columns={TRANSACTION_COLUMNS}
      rows={rows}
      hasFailed={({ transaction }) => transaction.failures > 0}
      details={({ name }, label) => charts({ of: "transactions", name }, label)}
    />
  );
}

export function MetricList({ metrics, charts }: Charted & { readonly metrics: readonly SummaryMetric[] }) {
  const rows = useMemo(() => metricRows(metrics), [metrics]);
  return (
    <MeasureTable
      label="Metrics"
      name="Metric"
      columns={METRIC_COLUMNS}
      rows={rows}
      hasFailed={() => false}
      details={({ name, metric: { kind } }, label) => charts({ of: "metrics", name, kind }, label)}
    />
  );
}
