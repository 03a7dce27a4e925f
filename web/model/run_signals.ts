/** The run as the page shows it at the moment, one signal for each part: a snapshot sets all of them, a tick those that changed. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type {
  ApiArrivals,
  ApiLists,
  ApiMarker,
  ApiMeasures,
  ApiPace,
  ApiReading,
  ApiRow,
  ApiSnapshot,
  ApiThreshold,
  ApiTick,
  ApiWindow,
} from "../../src/server/answers/api_snapshot.ts";
import type { ApiRun } from "../../src/server/answers/api_types.ts";
import type { SummaryException, SummaryFailure, SummaryWorker } from "../../src/report/summary/summary.ts";
import { applyRowChanges } from "../../src/server/feed/row_changes.ts";

/** The newest are kept, as on the server. */
const MAX_MARKERS = 2000;

interface RunParts {
  readonly run: ApiRun | undefined;
  readonly total: ApiRow | undefined;
  readonly window: ApiWindow | undefined;
  /** Null where no user is paced. */
  readonly pace: ApiPace | null;
  /** Undefined where no class has an arrival rate. */
  readonly arrivals: ApiArrivals | undefined;
  readonly iterations: ApiSnapshot["iterations"];
  readonly scenarios: ApiSnapshot["scenarios"];
  readonly feeds: ApiSnapshot["feeds"];
  /** By class; undefined where no class has an arrival rate or a target rate. */
  readonly classArrivals: ApiSnapshot["classArrivals"];
  /** What a capacity search has found so far; undefined where there is none. */
  readonly capacity: ApiSnapshot["capacity"];
  /** What it does at the moment. */
  readonly search: string | undefined;
  readonly measures: ApiMeasures;
  /** Tags that requests had. */
  readonly tags: readonly string[];
  /** In order of first appearance. */
  readonly rows: readonly ApiRow[];
  readonly usersByClass: Readonly<Record<string, number>>;
  readonly failures: readonly SummaryFailure[];
  readonly exceptions: readonly SummaryException[];
  readonly workers: readonly SummaryWorker[];
  readonly thresholds: readonly ApiThreshold[];
  readonly markers: readonly ApiMarker[];
  readonly extra: ApiSnapshot["extra"];
}

export type RunSignals = { readonly [Part in keyof RunParts]: Signal<RunParts[Part]> };

/** For readers. */
export type ShownRun = { readonly [Part in keyof RunParts]: ReadonlySignal<RunParts[Part]> };

export function createRunSignals(): RunSignals {
  return {
    run: signal(undefined),
    total: signal(undefined),
    window: signal(undefined),
    pace: signal(null),
    arrivals: signal(undefined),
    iterations: signal(undefined),
    scenarios: signal(undefined),
    feeds: signal(undefined),
    classArrivals: signal(undefined),
    capacity: signal(undefined),
    search: signal(undefined),
    measures: signal({}),
    tags: signal([]),
    rows: signal([]),
    usersByClass: signal({}),
    failures: signal([]),
    exceptions: signal([]),
    workers: signal([]),
    thresholds: signal([]),
    markers: signal([]),
    extra: signal({}),
  };
}

export function showSnapshot(shown: RunSignals, snapshot: ApiSnapshot): void {
  shown.run.value = snapshot.run;
  showReading(shown, snapshot);
  shown.capacity.value = snapshot.capacity;
  shown.tags.value = snapshot.tags ?? [];
  shown.rows.value = snapshot.rows;
  showLists(shown, snapshot);
  shown.markers.value = snapshot.markers;
}

/** `run`: as it was before the tick. */
export function showTick(shown: RunSignals, tick: ApiTick, run: ApiRun): void {
  const { state, elapsedMs, users, targetUsers, peakUsers } = tick;
  shown.run.value = { ...run, state, elapsedMs, users, targetUsers, peakUsers };
  showReading(shown, tick);
  if (tick.capacity !== undefined) shown.capacity.value = tick.capacity;
  if ((tick.tags ?? []).join("\0") !== shown.tags.value.join("\0")) shown.tags.value = tick.tags ?? [];
  if (tick.changes !== undefined) shown.rows.value = applyRowChanges(shown.rows.value, tick.changes);
  if (tick.added !== undefined) shown.rows.value = [...shown.rows.value, ...tick.added];
  showLists(shown, tick);
  if (tick.markers !== undefined) {
    shown.markers.value = [...shown.markers.value, ...tick.markers].slice(-MAX_MARKERS);
  }
}

function showReading(shown: RunSignals, reading: ApiReading): void {
  shown.total.value = reading.total;
  shown.window.value = reading.window;
  shown.pace.value = reading.pace;
  shown.arrivals.value = reading.arrivals;
  shown.iterations.value = reading.iterations;
  shown.scenarios.value = reading.scenarios;
  shown.feeds.value = reading.feeds;
  shown.classArrivals.value = reading.classArrivals;
  shown.search.value = reading.search;
}

/** All but the markers, of which a tick has only new ones. */
function showLists(shown: RunSignals, lists: Partial<ApiLists>): void {
  if (lists.measures !== undefined) shown.measures.value = lists.measures;
  if (lists.usersByClass !== undefined) shown.usersByClass.value = lists.usersByClass;
  if (lists.failures !== undefined) shown.failures.value = lists.failures;
  if (lists.exceptions !== undefined) shown.exceptions.value = lists.exceptions;
  if (lists.workers !== undefined) shown.workers.value = lists.workers;
  if (lists.thresholds !== undefined) shown.thresholds.value = lists.thresholds;
  if (lists.extra !== undefined) shown.extra.value = lists.extra;
}
