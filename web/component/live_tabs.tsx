/** @jsxImportSource preact */
/** The tabs of the live page and the panel of the one that is open. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { AppState } from "../model/app_state.ts";
import { MEASURES_KEY, TABS } from "../model/page_address.ts";
import { ChartsTab } from "./charts_tab.tsx";
import { CompareTab, type EarlierRun } from "./compare_tab.tsx";
import { DownloadsTab } from "./downloads_tab.tsx";
import { ExtraTab } from "./extra_tab.tsx";
import { ExceptionList } from "./failure_list.tsx";
import { FailuresTab } from "./failures_tab.tsx";
import { LiveTable } from "./live_table.tsx";
import { LogsTab } from "./logs_tab.tsx";
import { hasMeasures, MeasuresTab } from "./measures_tab.tsx";
import { RatioTab } from "./ratio_tab.tsx";
import { currentTab, type ShownTab, TabBar } from "./tab_bar.tsx";
import { ThresholdList } from "./threshold_list.tsx";
import { WorkerList } from "./worker_list.tsx";

export function LiveTabs({ app }: { readonly app: AppState }) {
  const earlier = useSignal<EarlierRun | undefined>(undefined);
  const tabs = shownTabs(app);
  const key = currentTab(app.address.tab.value, tabs);
  return (
    <>
      <TabBar app={app} tabs={tabs} />
      <div class="panel" role="tabpanel" id={`panel-${key}`} aria-labelledby={`tab-${key}`}>
        <h2 class="hidden">{tabs.find((tab) => tab.key === key)?.title}</h2>
        <Panel app={app} tab={key} earlier={earlier.value} onEarlier={(run) => earlier.value = run} />
      </div>
    </>
  );
}

function shownTabs({ live, form }: AppState): readonly ShownTab[] {
  const counts: Readonly<Record<string, number>> = {
    [MEASURES_KEY]: (live.measures.value.checks ?? []).filter(({ fails }) => fails > 0).length,
    failures: live.failures.value.length,
    exceptions: live.exceptions.value.length,
    thresholds: live.thresholds.value.filter(({ state }) => state === "broken").length,
    logViewer: live.logs.value.filter(({ level }) => level === "ERROR" || level === "CRITICAL").length,
  };
  const isShown = (key: string) => key !== MEASURES_KEY || hasMeasures(live.measures.value);
  const own = TABS.filter(({ key }) => isShown(key)).map(({ key, title }) => ({
    key,
    title,
    count: counts[key] ?? 0,
    isBad: true,
  }));
  return [...own, ...(form.value?.tabs ?? []).map(({ key, title }) => ({ key, title }))];
}

interface PanelProps {
  readonly app: AppState;
  readonly tab: string;
  readonly earlier: EarlierRun | undefined;
  readonly onEarlier: (earlier: EarlierRun | undefined) => void;
}

function Panel({ app, tab, earlier, onEarlier }: PanelProps) {
  const { live, form } = app;
  switch (tab) {
    case "stats":
      return <LiveTable app={app} />;
    case "charts":
      return <ChartsTab app={app} earlier={earlier?.summary} />;
    case MEASURES_KEY:
      return <MeasuresTab app={app} />;
    case "failures":
      return live.failures.value.length === 0 ? <Nothing>No request has failed.</Nothing> : <FailuresTab app={app} />;
    case "exceptions":
      return live.exceptions.value.length === 0
        ? <Nothing>The locustfile has thrown no exception.</Nothing>
        : <ExceptionList exceptions={live.exceptions.value} />;
    case "ratios":
      return <RatioTab app={app} />;
    case "thresholds":
      return live.thresholds.value.length === 0
        ? <Nothing>This run has no thresholds. Give some with --threshold, or export them from the locustfile.</Nothing>
        : <ThresholdList thresholds={live.thresholds.value} />;
    case "reports":
      return <DownloadsTab app={app} />;
    case "logViewer":
      return <LogsTab app={app} />;
    case "workers":
      return live.workers.value.length === 0
        ? <Nothing>No worker is connected.</Nothing>
        : <WorkerList workers={live.workers.value} />;
    case "compare":
      return <CompareTab app={app} earlier={earlier} onEarlier={onEarlier} />;
    default:
      return <ExtraTab tab={form.value?.tabs.find(({ key }) => key === tab)} rows={live.extra.value[tab] ?? []} />;
  }
}

function Nothing({ children }: { readonly children: ComponentChildren }) {
  return <p class="card empty">{children}</p>;
}
