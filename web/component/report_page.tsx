/** @jsxImportSource preact */
/**
 * The report of a run: the sections in their order, from one summary. Rendered as text by the program, then again by
 * its script.
 */
import { type Signal, useComputed, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { describeFeed } from "../../src/report/summary/describe_feeds.ts";
import { describeIterations } from "../../src/report/summary/describe_iterations.ts";
import { describeArrivalCounts, describeClassArrivals } from "../../src/report/summary/describe_arrivals.ts";
import { type Theme, toggleTheme } from "../model/theme.ts";
import { distributionChart } from "../view/distribution.ts";
import { formatDate, formatDuration } from "../view/format.ts";
import { describeEnd } from "../view/headline.ts";
import { buildHeatMap } from "../view/heat_map.ts";
import {
  arrivalsChart,
  feedRowsCharts,
  requestsChart,
  responseTimesChart,
  usersChart,
} from "../view/history_charts.ts";
import { CapacityPanel } from "./capacity_panel.tsx";
import { ChartFigure } from "./chart_figure.tsx";
import { ClassRatio } from "./class_ratio.tsx";
import { ExceptionList, FailureList } from "./failure_list.tsx";
import { Headline } from "./headline.tsx";
import { HeatMapFigure } from "./heat_map_figure.tsx";
import { MeasureCharts } from "./measure_charts.tsx";
import { CheckList, CheckSplitList, type MeasureChartsOf, MetricList, TransactionList } from "./measure_lists.tsx";
import { createRequestTable, RequestTable } from "./request_table.tsx";
import { ScenarioList } from "./scenario_list.tsx";
import { RatioTree } from "./ratio_tree.tsx";
import { SettingsList } from "./settings_list.tsx";
import { ThresholdList } from "./threshold_list.tsx";
import { VerdictPanel } from "./verdict_panel.tsx";
import { WorkerList } from "./worker_list.tsx";

export interface ReportPageProps {
  readonly summary: RunSummary;
  /** Absent where the page is rendered as text. */
  readonly theme?: Signal<Theme> | undefined;
}

export function ReportPage({ summary, theme }: ReportPageProps) {
  const table = useMemo(() => createRequestTable(summary), [summary]);
  const { failures, exceptions, thresholds } = summary;
  const fixed = useSignal<Theme>("light");
  const charts: MeasureChartsOf = ({ of, name, kind }, label) => {
    const history = summary.measureHistory?.find((each) => each.of === of && each.name === name && each.kind === kind);
    return <MeasureCharts history={history} label={label} theme={theme ?? fixed} />;
  };
  return (
    <>
      <TopBar summary={summary} theme={theme} />
      <main>
        <Section title="Verdict">
          <VerdictPanel verdict={summary.verdict} />
        </Section>
        <Section title="Summary">
          <Headline summary={summary} />
          {summary.scenarios !== undefined && <ScenarioList scenarios={summary.scenarios} run="over" />}
          {(summary.iterations ?? []).map((each) => <p class="facts-line" key={each.name}>{describeIterations(each)}
          </p>)}
          {summary.arrivals !== undefined && <p class="facts-line">{describeArrivalCounts(summary.arrivals)}</p>}
          {(summary.feeds ?? []).map((each) => <p class="facts-line" key={each.name}>{describeFeed(each)}</p>)}
          {describeClassArrivals(summary).map((sentence) => <p class="facts-line" key={sentence}>{sentence}</p>)}
        </Section>
        {summary.capacity !== undefined && (
          <Section title="Capacity">
            <CapacityPanel capacity={summary.capacity} />
          </Section>
        )}
        {thresholds.length > 0 && (
          <Section title="Thresholds">
            <ThresholdList thresholds={thresholds} />
          </Section>
        )}
        <Section title="Charts">
          <Charts summary={summary} theme={theme} />
        </Section>
        <Section title="Requests">
          <RequestTable summary={summary} model={table} />
        </Section>
        {summary.checks !== undefined && (
          <Section title="Checks">
            <CheckList checks={summary.checks} charts={charts} />
          </Section>
        )}
        {summary.checkSplits?.map(({ tag, values }) => (
          <Section key={tag} title={`Checks by ${tag}`}>
            <CheckSplitList tag={tag} values={values} />
          </Section>
        ))}
        {summary.transactions !== undefined && (
          <Section title="Transactions">
            <TransactionList transactions={summary.transactions} charts={charts} />
          </Section>
        )}
        {summary.metrics !== undefined && (
          <Section title="Metrics">
            <MetricList metrics={summary.metrics} charts={charts} />
          </Section>
        )}
        <Section title="Failures">
          {failures.length === 0
            ? <Nothing text="No request failed." />
            : <FailureList failures={mostFirst(failures)} label="Failures" total={summary.total} />}
        </Section>
        <Section title="Exceptions">
          {exceptions.length === 0
            ? <Nothing text="The locustfile threw no exception." />
            : <ExceptionList exceptions={mostFirst(exceptions)} />}
        </Section>
        <Section title="Task ratio">
          <TaskRatio summary={summary} />
        </Section>
        <Section title="Workers">
          {summary.workers.length === 0
            ? <Nothing text="No worker took part." />
            : <WorkerList workers={summary.workers} />}
        </Section>
        <Section title="Settings">
          <SettingsList summary={summary} />
        </Section>
      </main>
      <footer>
        Made by locust-ts {summary.run.version}. The whole summary stands in this file as JSON, in the element{" "}
        <code>#summary</code>.
      </footer>
    </>
  );
}

function mostFirst<Row extends { readonly count: number }>(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => b.count - a.count);
}

function TopBar({ summary, theme }: ReportPageProps) {
  const { run } = summary;
  const toggle = () => theme !== undefined && toggleTheme(theme);
  return (
    <header class="top">
      <div class="title">
        <p class="product">locust-ts report</p>
        <h1>{run.locustfile === "" ? "Load test" : run.locustfile}</h1>
        <p class="muted facts-line">
          {run.host !== null && <span class="host">{run.host}</span>}
          <span>{formatDate(run.startedAt)}</span>
          <span>{formatDuration(run.durationSeconds)}</span>
          <span>{describeEnd(summary)}</span>
        </p>
      </div>
      <button type="button" class="needs-script theme" aria-pressed={theme?.value === "dark"} onClick={toggle}>
        Dark mode
      </button>
    </header>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const id = `section-${title.toLowerCase().replaceAll(" ", "-")}`; // `summary` is the data
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

/** As planned, with the users that there were; journals of older versions know the users alone. */
function TaskRatio({ summary: { taskRatios, users } }: ReportPageProps) {
  if (!taskRatios) return <ClassRatio users={users} />;
  return (
    <div class="two-columns">
      <RatioTree title="Ratio per class" tree={taskRatios.perClass} users={users.byClass} level="h3" />
      {Object.keys(taskRatios.total).length > 0 && <RatioTree title="Total ratio" tree={taskRatios.total} level="h3" />}
    </div>
  );
}

function Nothing({ text }: { readonly text: string }) {
  return <p class="card empty">{text}</p>;
}

const SYNC = "time";

function Charts({ summary, theme }: ReportPageProps) {
  const fixed = useSignal<Theme>("light");
  const shown = useComputed(() => theme?.value ?? fixed.value);
  const charts = useMemo(() => ({
    requests: requestsChart(summary),
    times: responseTimesChart(summary),
    users: usersChart(summary),
    arrivals: arrivalsChart(summary),
    feeds: feedRowsCharts(summary),
    distribution: distributionChart((summary.steady ?? summary).total),
    heat: buildHeatMap(summary.history),
  }), [summary]);
  return (
    <div class="charts">
      <ChartFigure chart={charts.requests} theme={shown} sync={SYNC} />
      <ChartFigure chart={charts.times} theme={shown} sync={SYNC} />
      <ChartFigure chart={charts.users} theme={shown} sync={SYNC} />
      {charts.arrivals !== undefined && <ChartFigure chart={charts.arrivals} theme={shown} sync={SYNC} />}
      {charts.feeds.map((chart) => <ChartFigure key={chart.title} chart={chart} theme={shown} sync={SYNC} />)}
      <ChartFigure chart={charts.distribution} theme={shown} />
      <HeatMapFigure map={charts.heat} />
    </div>
  );
}
