/** The run as this page knows it: what the server's events say, and what it is asked for when the page has missed something. */
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { ApiEvents, ApiThreshold } from "../../src/server/answers/api_snapshot.ts";
import type { ApiLogLine, ApiRun } from "../../src/server/answers/api_types.ts";
import type { ApiClient } from "../source/api_client.ts";
import type { StreamEvent } from "../source/event_stream.ts";
import type { HeatHistory } from "./heat_history.ts";
import type { RunHistory } from "./history.ts";
import { LiveHistory } from "./live_history.ts";
import { createRunSignals, type ShownRun } from "./run_signals.ts";
import { RunSync } from "./run_sync.ts";

export type Connection = "connecting" | "live" | "lost";

/** Log lines that the page keeps; the server has no more either. */
const MAX_LOG_LINES = 2000;

export interface LiveRun extends ShownRun {
  readonly connection: Signal<Connection>;
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

/** What is done with each event of the server, by its name. */
type Receivers = { readonly [Name in keyof ApiEvents]: (data: ApiEvents[Name], id: number) => void };

export function createLiveRun(
  api: Pick<ApiClient, "snapshot" | "history" | "timedHistory" | "logs">,
): LiveRun {
  const shown = createRunSignals();
  const history = new LiveHistory(api);
  const sync = new RunSync(shown, history, api);
  const logs = signal<readonly ApiLogLine[]>([]);

  const noteRun = (run: ApiRun) => sync.takeState(run);
  const changeRun = (change: Partial<ApiRun>) => {
    if (shown.run.value !== undefined) shown.run.value = { ...shown.run.value, ...change };
  };
  const lastLine = () => logs.value.at(-1)?.id ?? 0;
  const addLines = (lines: readonly ApiLogLine[]) => {
    const last = lastLine();
    const fresh = lines.filter(({ id }) => id > last);
    if (fresh.length > 0) logs.value = [...logs.value, ...fresh].slice(-MAX_LOG_LINES);
  };
  const receivers: Receivers = {
    snapshot: (snapshot, id) => sync.takeSnapshot(snapshot, id),
    tick: (tick, id) => sync.takeTick(tick, id),
    state: noteRun,
    worker: ({ ready }) => changeRun({ readyWorkers: ready }),
    threshold: (changed) => {
      shown.thresholds.value = shown.thresholds.value.map((each) => isSameCondition(each, changed) ? changed : each);
    },
    verdict: (verdict) => changeRun({ verdict }),
    log: addLines,
  };

  return {
    ...shown,
    connection: signal<Connection>("connecting"),
    logs,
    history: history.steps,
    heat: history.heat,
    historyVersion: history.version,
    onEvent: ({ name, id, data }) => {
      const receive = receivers[name as keyof ApiEvents] as ((data: unknown, id: number) => void) | undefined;
      if (receive === undefined) return; // a newer server may say more
      receive(JSON.parse(data), Number(id));
      sync.noteSeen(Number(id));
    },
    noteRun,
    catchUp: async () => {
      void sync.askSnapshot();
      try {
        const { lines } = await api.logs(lastLine());
        addLines(lines);
      } catch {
        // the connection is watched elsewhere: when it is back, this is called again
      }
    },
    loadHeat: () => history.loadHeat(),
  };
}

function isSameCondition(a: ApiThreshold, b: ApiThreshold): boolean {
  return a.expression === b.expression && a.scope === b.scope && a.statistic === b.statistic &&
    a.operator === b.operator && a.limit === b.limit;
}
