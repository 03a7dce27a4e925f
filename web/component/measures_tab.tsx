/** @jsxImportSource preact */
/** The tab of what the test counts beside its requests. It is there where something was counted. */
import type { ApiMeasures } from "../../src/server/answers/api_snapshot.ts";
import type { AppState } from "../model/app_state.ts";
import { LiveMeasureCharts } from "./measure_charts.tsx";
import { CheckList, CheckSplitList, type MeasureChartsOf, MetricList, TransactionList } from "./measure_lists.tsx";

export function MeasuresTab({ app }: { readonly app: AppState }) {
  const { checks = [], checkSplits = [], metrics = [], transactions = [] } = app.live.measures.value;
  const charts: MeasureChartsOf = (of, label) => <LiveMeasureCharts app={app} of={of} label={label} />;
  return (
    <div class="stacked">
      {checks.length > 0 && (
        <section aria-labelledby="live-checks">
          <h3 id="live-checks">Checks</h3>
          <CheckList checks={checks} charts={charts} />
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
          <TransactionList transactions={transactions} charts={charts} />
        </section>
      )}
      {metrics.length > 0 && (
        <section aria-labelledby="live-metrics">
          <h3 id="live-metrics">Metrics</h3>
          <MetricList metrics={metrics} charts={charts} />
        </section>
      )}
    </div>
  );
}

/** Whether there is anything to show. */
export function hasMeasures({ checks = [], metrics = [], transactions = [] }: ApiMeasures): boolean {
  return checks.length + metrics.length + transactions.length > 0;
}
