/** @jsxImportSource preact */
/** The charts of a run in progress, on one cursor. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { describeClassArrivals } from "../../src/report/summary/describe_arrivals.ts";
import { describeFeed } from "../../src/report/summary/describe_feeds.ts";
import type { RunSummary, SummaryEntry } from "../../src/report/summary/summary.ts";
import type { AppState } from "../model/app_state.ts";
import { earlierLines } from "../view/compare_runs.ts";
import { distributionChart } from "../view/distribution.ts";
import { buildHeatMap } from "../view/heat_map.ts";
import {
  liveArrivalsChart,
  liveFeedCharts,
  liveRequestsChart,
  liveTimesChart,
  liveUsersChart,
} from "../view/live_charts.ts";
import { ChartFigure } from "./chart_figure.tsx";
import { EventList } from "./event_list.tsx";
import { HeatMapFigure } from "./heat_map_figure.tsx";

const SYNC = "time";
/** Distribution and heat map change little from second to second. */
const SLOW_TICKS = 15;

interface ChartsTabProps {
  readonly app: AppState;
  /** Its lines are under those of this run. */
  readonly earlier?: RunSummary | undefined;
}

export function ChartsTab({ app, earlier }: ChartsTabProps) {
  const { live, theme } = app;
  const version = drawnVersion(live.historyVersion.value, live.history.lastTick);
  const charts = useMemo(() => {
    const columns = live.history.read();
    const parts = {
      columns,
      markers: live.markers.value,
      thresholds: live.thresholds.value,
      earlier: earlier === undefined ? undefined : earlierLines(earlier.history, columns.second),
    };
    const arrivals = liveArrivalsChart(parts);
    return [
      ...[liveRequestsChart(parts), liveTimesChart(parts), liveUsersChart(parts)],
      ...(arrivals === undefined ? [] : [arrivals]),
      ...liveFeedCharts(parts, live.feeds.value ?? [], live.history.readFeeds()),
    ];
  }, [version, live.markers.value, live.thresholds.value, earlier]);
  return (
    <>
      <div class="charts">
        {charts.map((chart) => <ChartFigure key={chart.title} chart={chart} theme={theme} sync={SYNC} isLive />)}
        <SlowCharts app={app} />
      </div>
      {describeClassArrivals({ classArrivals: live.classArrivals.value }).map((sentence) => (
        <p class="muted" key={sentence}>{sentence}</p>
      ))}
      {(live.feeds.value ?? []).map((each) => <p class="muted" key={each.name}>{describeFeed(each)}</p>)}
      <EventList markers={live.markers.value} />
    </>
  );
}

/** Seconds of a run that a chart can tell apart. */
const SHOWN_SECONDS = 1800;
const MAX_PAUSE = 5;

/** Of a run of hours a second is a fraction of a pixel: its charts are drawn anew less often. */
function drawnVersion(version: number, seconds: number): number {
  const every = Math.min(MAX_PAUSE, Math.max(1, Math.floor(seconds / SHOWN_SECONDS)));
  return version - version % every;
}

function SlowCharts({ app: { live, api, theme, state } }: { readonly app: AppState }) {
  const entry = useSignal<SummaryEntry | undefined>(undefined);
  const step = Math.floor(live.historyVersion.value / SLOW_TICKS);
  useEffect(() => {
    void live.loadHeat();
    if (live.run.value == null || live.run.value.runId === null) return; // no run has counted anything
    let isStale = false;
    api.entry().then((total) => {
      if (!isStale) entry.value = total.steady ?? total.entry;
    }, () => {}); // the next step asks again
    return () => isStale = true;
  }, [step, state.value]);
  const heat = useMemo(() => buildHeatMap(live.heat.read()), [step, state.value, live.heat.lastTick > 0]);
  const distribution = useMemo(() => distributionChart(entry.value ?? NOTHING), [entry.value]);
  return (
    <>
      <ChartFigure chart={distribution} theme={theme} />
      <HeatMapFigure map={heat} />
    </>
  );
}

const NOTHING = { minMs: null, maxMs: null, histogram: { unit: "us", upperBounds: [], counts: [] } } as const;
