/**
 * The run as this page knows it: signals that are fed by the server's events. It asks for a snapshot when it starts, when a run
 * begins, and when a tick does not come on top of what it has; between them it applies changes.
 */
import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type {
  ApiArrivals,
  ApiEvents,
  ApiMarker,
  ApiMeasures,
  ApiPace,
  ApiRow,
  ApiSnapshot,
  ApiThreshold,
  ApiTick,
  ApiWindow,
} from "../../src/server/answers/api_snapshot.ts";
import type { ApiLogLine, ApiRun } from "../../src/server/answers/api_types.ts";
import type { SummaryException, SummaryFailure, SummarySpan, SummaryWorker } from "../../src/report/summary/summary.ts";
import { applyRowChanges } from "../../src/server/feed/row_changes.ts";
import type { ApiClient } from "../source/api_client.ts";
import type { StreamEvent } from "../source/event_stream.ts";
import { HeatHistory } from "./heat_history.ts";
import { MAX_STEPS, RunHistory } from "./history.ts";

export type Connection = "connecting" | "live" | "lost";

/** Log lines that the page keeps; the server has no more either. */
const MAX_LOG_LINES = 2000;
/** The newest are kept, as on the server. */
const MAX_MARKERS = 2000;

export interface LiveRun {
  readonly connection: Signal<Connection>;
  readonly run: ReadonlySignal<ApiRun | undefined>;
  readonly total: ReadonlySignal<ApiRow | undefined>;
  readonly window: ReadonlySignal<ApiWindow | undefined>;
  /** Null where no user is paced. */
  readonly pace: ReadonlySignal<ApiPace | null>;
  /** Undefined where no class has an arrival rate. */
  readonly arrivals: ReadonlySignal<ApiArrivals | undefined>;
  readonly iterations: ReadonlySignal<ApiSnapshot["iterations"]>;
  readonly scenarios: ReadonlySignal<ApiSnapshot["scenarios"]>;
  readonly feeds: ReadonlySignal<ApiSnapshot["feeds"]>;
  /** By class; undefined where no class has an arrival rate or a target rate. */
  readonly classArrivals: ReadonlySignal<ApiSnapshot["classArrivals"]>;
  /** What a capacity search has found so far; undefined where there is none. */
  readonly capacity: ReadonlySignal<ApiSnapshot["capacity"]>;
  /** What it does at the moment. */
  readonly search: ReadonlySignal<string | undefined>;
  readonly measures: ReadonlySignal<ApiMeasures>;
  /** Tags that requests had. */
  readonly tags: ReadonlySignal<readonly string[]>;
  /** In order of first appearance. */
  readonly rows: ReadonlySignal<readonly ApiRow[]>;
  readonly usersByClass: ReadonlySignal<Readonly<Record<string, number>>>;
  readonly failures: ReadonlySignal<readonly SummaryFailure[]>;
  readonly exceptions: ReadonlySignal<readonly SummaryException[]>;
  readonly workers: ReadonlySignal<readonly SummaryWorker[]>;
  readonly thresholds: ReadonlySignal<readonly ApiThreshold[]>;
  readonly markers: ReadonlySignal<readonly ApiMarker[]>;
  readonly extra: ReadonlySignal<ApiSnapshot["extra"]>;
  readonly logs: ReadonlySignal<readonly ApiLogLine[]>;
  readonly history: RunHistory;
  readonly heat: HeatHistory;
  /** Rises whenever the history has changed. */
  readonly historyVersion: ReadonlySignal<number>;
  onEvent(event: StreamEvent): void;
  /** What an answer of the API says about the run, ahead of the events. */
  noteRun(run: ApiRun): void;
  /** After a connection was made: the state as it is now, and the lines of the log that were missed. */
  catchUp(): Promise<void>;
  /** Loads the times of the steps before this page was opened. */
  loadHeat(): Promise<void>;
}

export function createLiveRun(api: ApiClient): LiveRun {
  const run = signal<ApiRun | undefined>(undefined);
  const total = signal<ApiRow | undefined>(undefined);
  const window = signal<ApiWindow | undefined>(undefined);
  const pace = signal<ApiPace | null>(null);
  const arrivals = signal<ApiArrivals | undefined>(undefined);
  const iterations = signal<ApiSnapshot["iterations"]>(undefined);
  const scenarios = signal<ApiSnapshot["scenarios"]>(undefined);
  const feeds = signal<ApiSnapshot["feeds"]>(undefined);
  const classArrivals = signal<ApiSnapshot["classArrivals"]>(undefined);
  const capacity = signal<ApiSnapshot["capacity"]>(undefined);
  const search = signal<string | undefined>(undefined);
  const measures = signal<ApiMeasures>({});
  const tags = signal<readonly string[]>([]);
  const rows = signal<readonly ApiRow[]>([]);
  const usersByClass = signal<Readonly<Record<string, number>>>({});
  const failures = signal<readonly SummaryFailure[]>([]);
  const exceptions = signal<readonly SummaryException[]>([]);
  const workers = signal<readonly SummaryWorker[]>([]);
  const thresholds = signal<readonly ApiThreshold[]>([]);
  const markers = signal<readonly ApiMarker[]>([]);
  const extra = signal<ApiSnapshot["extra"]>({});
  const logs = signal<readonly ApiLogLine[]>([]);
  const historyVersion = signal(0);
  const history = new RunHistory();
  const heat = new HeatHistory();
  const late: SummarySpan[] = [];
  let heatIs: "unknown" | "loading" | "known" = "unknown";
  let historyOf: string | null = null;
  let appliedId = -1;
  let seenId = -1;
  let isSyncing = false;
  let isFetchingHistory = false;
  let waiting: { readonly id: number; readonly tick: ApiTick }[] = [];

  const takeSnapshot = (snapshot: ApiSnapshot, id: number) => {
    batch(() => {
      const isOther = historyOf !== snapshot.run.runId;
      run.value = snapshot.run;
      total.value = snapshot.total;
      window.value = snapshot.window;
      pace.value = snapshot.pace;
      arrivals.value = snapshot.arrivals;
      iterations.value = snapshot.iterations;
      scenarios.value = snapshot.scenarios;
      feeds.value = snapshot.feeds;
      classArrivals.value = snapshot.classArrivals;
      capacity.value = snapshot.capacity;
      search.value = snapshot.search;
      measures.value = snapshot.measures;
      tags.value = snapshot.tags ?? [];
      rows.value = snapshot.rows;
      usersByClass.value = snapshot.usersByClass;
      failures.value = snapshot.failures;
      exceptions.value = snapshot.exceptions;
      workers.value = snapshot.workers;
      thresholds.value = snapshot.thresholds;
      markers.value = snapshot.markers;
      extra.value = snapshot.extra;
      appliedId = Math.max(id, snapshot.eventId);
      seenId = Math.max(seenId, appliedId);
      if (isOther) beginHistory(snapshot.run.runId);
    });
    if (snapshot.tick > history.lastTick) void loadHistory();
  };

  const beginHistory = (runId: string | null) => {
    historyOf = runId;
    history.clear();
    heat.clear();
    late.length = 0;
    heatIs = "unknown";
    historyVersion.value++;
  };

  const loadHistory = async () => {
    if (isFetchingHistory) return;
    isFetchingHistory = true;
    const of = historyOf;
    try {
      const answer = await api.history(history.length > MAX_STEPS ? 0 : history.lastTick);
      if (of !== historyOf) return;
      if (history.length > MAX_STEPS) history.clear();
      history.add(answer.history);
      history.add(late.splice(0));
      historyVersion.value++;
    } catch {
      // the connection is watched elsewhere; the next tick asks again
    } finally {
      isFetchingHistory = false;
    }
  };

  const sync = async () => {
    if (isSyncing) return;
    isSyncing = true;
    try {
      const snapshot = await api.snapshot();
      takeSnapshot(snapshot, -1);
    } catch {
      // as above
    } finally {
      isSyncing = false;
    }
    const missed = waiting;
    waiting = [];
    for (const { id, tick } of missed) if (id > appliedId) takeTick(tick, id);
  };

  const takeTick = (tick: ApiTick, id: number) => {
    const isOnTop = tick.after >= appliedId && tick.after <= Math.max(seenId, appliedId);
    if (isSyncing || run.value === undefined || run.value.runId !== tick.runId || !isOnTop) {
      waiting.push({ id, tick });
      if (waiting.length > 60) waiting.shift();
      void sync();
      return;
    }
    batch(() => {
      appliedId = id;
      const { state, elapsedMs, users, targetUsers, peakUsers } = tick;
      run.value = { ...(run.value as ApiRun), state, elapsedMs, users, targetUsers, peakUsers };
      total.value = tick.total;
      window.value = tick.window;
      pace.value = tick.pace;
      arrivals.value = tick.arrivals;
      iterations.value = tick.iterations;
      scenarios.value = tick.scenarios;
      feeds.value = tick.feeds;
      classArrivals.value = tick.classArrivals;
      if (tick.capacity !== undefined) capacity.value = tick.capacity;
      search.value = tick.search;
      if (tick.measures !== undefined) measures.value = tick.measures;
      if ((tick.tags ?? []).join("\0") !== tags.value.join("\0")) tags.value = tick.tags ?? [];
      if (tick.changes !== undefined) rows.value = applyRowChanges(rows.value, tick.changes);
      if (tick.added !== undefined) rows.value = [...rows.value, ...tick.added];
      if (tick.usersByClass !== undefined) usersByClass.value = tick.usersByClass;
      if (tick.failures !== undefined) failures.value = tick.failures;
      if (tick.exceptions !== undefined) exceptions.value = tick.exceptions;
      if (tick.workers !== undefined) workers.value = tick.workers;
      if (tick.thresholds !== undefined) thresholds.value = tick.thresholds;
      if (tick.markers !== undefined) markers.value = [...markers.value, ...tick.markers].slice(-MAX_MARKERS);
      if (tick.extra !== undefined) extra.value = tick.extra;
      takeSteps(tick.history);
    });
  };

  const takeSteps = (steps: readonly SummarySpan[]) => {
    if (heatIs === "known") heat.add(steps);
    const [first] = steps;
    if (isFetchingHistory || (first !== undefined && first.second > history.lastTick)) {
      late.push(...steps); // there is a gap before them, which the server fills
      void loadHistory();
    } else {
      history.add(steps);
      historyVersion.value++;
    }
    if (history.length > MAX_STEPS) void loadHistory();
  };

  const receivers: { readonly [Name in keyof ApiEvents]: (data: ApiEvents[Name], id: number) => void } = {
    snapshot: takeSnapshot,
    tick: takeTick,
    state: (state) => {
      const isOther = run.value?.runId !== state.runId;
      run.value = state;
      if (isOther) void sync();
    },
    worker: ({ ready }) => {
      if (run.value !== undefined) run.value = { ...run.value, readyWorkers: ready };
    },
    threshold: (changed) => {
      thresholds.value = thresholds.value.map((each) => isSameCondition(each, changed) ? changed : each);
    },
    verdict: (verdict) => {
      if (run.value !== undefined) run.value = { ...run.value, verdict };
    },
    log: (lines) => addLines(lines),
  };

  const addLines = (lines: readonly ApiLogLine[]) => {
    const last = logs.value.at(-1)?.id ?? 0;
    const fresh = lines.filter(({ id }) => id > last);
    if (fresh.length > 0) logs.value = [...logs.value, ...fresh].slice(-MAX_LOG_LINES);
  };

  return {
    connection: signal<Connection>("connecting"),
    run,
    total,
    window,
    pace,
    arrivals,
    iterations,
    scenarios,
    feeds,
    classArrivals,
    capacity,
    search,
    measures,
    tags,
    rows,
    usersByClass,
    failures,
    exceptions,
    workers,
    thresholds,
    markers,
    extra,
    logs,
    history,
    heat,
    historyVersion,
    onEvent: ({ name, id, data }) => {
      const receive = receivers[name as keyof ApiEvents] as ((data: unknown, id: number) => void) | undefined;
      if (receive === undefined) return; // a newer server may say more
      receive(JSON.parse(data), Number(id));
      seenId = Math.max(seenId, Number(id));
    },
    noteRun: (state) => {
      if (run.value?.runId !== state.runId) void sync();
      run.value = state;
    },
    catchUp: async () => {
      void sync();
      try {
        const { lines } = await api.logs(logs.value.at(-1)?.id ?? 0);
        addLines(lines);
      } catch {
        // as above
      }
    },
    loadHeat: async () => {
      if (heatIs !== "unknown") return;
      heatIs = "loading";
      const of = historyOf;
      try {
        const { history: spans } = await api.timedHistory();
        if (of !== historyOf) return;
        heat.add(spans);
        heatIs = "known";
        historyVersion.value++;
      } catch {
        heatIs = "unknown";
      }
    },
  };
}

function isSameCondition(a: ApiThreshold, b: ApiThreshold): boolean {
  return a.expression === b.expression && a.scope === b.scope && a.statistic === b.statistic &&
    a.operator === b.operator && a.limit === b.limit;
}
