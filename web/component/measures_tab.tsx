/** @jsxImportSource preact */
/** The tab of what the test counts beside its requests. It is there where something was counted. */
import type { ApiMeasures } from "../../src/server/api_snapshot.ts";
import { CheckList, CheckSplitList, MetricList, TransactionList } from "./measure_lists.tsx";

export function MeasuresTab({ measures }: { readonly measures: ApiMeasures }) {
  const { checks = [], checkSplits = [], metrics = [], transactions = [] } = measures;
  return (
    <div class="stacked">
      {checks.length > 0 && (
        <section aria-labelledby="live-checks">
          <h3 id="live-checks">Checks</h3>
          <CheckList checks={checks} />
        </section>
      )}
      {checkSplits.map(({ tag, values }) => (
        <section key={tag} aria-label={`Checks by ${tag}`}>
          <h3>Checks by {tag}</h3>
          <CheckSplitList tag={tag} values={values} />
        </section>
      ))}
      {transactions.length > 0 && (
        <section aria-labelledby="live-transactions">
          <h3 id="live-transactions">Transactions</h3>
          <TransactionList transactions={transactions} />
        </section>
      )}
      {metrics.length > 0 && (
        <section aria-labelledby="live-metrics">
          <h3 id="live-metrics">Metrics</h3>
          <MetricList metrics={metrics} />
        </section>
      )}
    </div>
  );
}

/** Whether there is anything to show. */
export function hasMeasures({ checks = [], metrics = [], transactions = [] }: ApiMeasures): boolean {
  return checks.length + metrics.length + transactions.length > 0;
}
