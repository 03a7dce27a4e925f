/** @jsxImportSource preact */
/** The charts of one check, transaction or metric over time: of a run in progress, asked for while they are open, and of a report. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { SummaryMeasureHistory } from "../../src/report/summary/summary_history.ts";
import type { AppState } from "../model/app_state.ts";
import { measureCharts } from "../view/measure_charts.ts";
import { ChartFigure } from "./chart_figure.tsx";
import type { MeasureKey } from "./measure_lists.tsx";

/** It is asked for this often while it is open. */
const REFRESH_TICKS = 2;

interface ChartsProps {
  readonly history: SummaryMeasureHistory | undefined;
  readonly label: string;
  readonly theme: Signal<unknown>;
  readonly isLive?: true;
}

export function MeasureCharts({ history, label, theme, isLive }: ChartsProps) {
  const charts = useMemo(() => history === undefined ? [] : measureCharts(history, label), [history, label]);
  if (charts.length === 0) {
    return (
      <p class="note">There is no history of it: the first 100 checks, transactions and metrics of a run have one.</p>
    );
  }
  return (
    <div class="details-charts">
      {charts.map((chart) => (
        <ChartFigure
          key={chart.title}
          chart={chart}
          theme={theme}
          sync="measure"
          size="small"
          {...(isLive === undefined ? {} : { isLive })}
        />
      ))}
    </div>
  );
}

/** Of the run in progress. */
export function LiveMeasureCharts(
  { app: { api, live, theme }, of, label }: {
    readonly app: AppState;
    readonly of: MeasureKey;
    readonly label: string;
  },
) {
  const known = useSignal<{ readonly label: string; readonly history: SummaryMeasureHistory | undefined } | undefined>(
    undefined,
  );
  const version = Math.floor(live.historyVersion.value / REFRESH_TICKS);
  useEffect(() => {
    let isStale = false;
    api.measureHistory(of).then(
      (history) => {
        if (!isStale) known.value = { label, history: history.steps.length === 0 ? undefined : history };
      },
      () => {}, // it keeps what it shows; the connection is watched elsewhere
    );
    return () => isStale = true;
  }, [label, version]);
  if (known.value?.label !== label) return null;
  return <MeasureCharts history={known.value.history} label={label} theme={theme} isLive />;
}
