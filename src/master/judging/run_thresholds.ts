/**
 * Adds to each tick, and to the end of a run, how the conditions of its thresholds stand, and stops the run when one
 * that aborts is broken. The counted part begins with the run, or with the steady part where there is a warm-up.
 */
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { NO_ARRIVALS } from "../../protocol/arrivals_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import type { Ledger } from "../../stats/ledger/ledger.ts";
import { describeMeasured } from "../../stats/thresholds/describe_status.ts";
import type { LoadSpan } from "../../stats/thresholds/load_span.ts";
import { addIdleCounters } from "../../stats/thresholds/measure_counts.ts";
import { nearestScope } from "../../stats/thresholds/nearest_scope.ts";
import type { Threshold } from "../../stats/thresholds/threshold.ts";
import { ThresholdMonitor } from "../../stats/thresholds/threshold_monitor.ts";
import type { LedgerReading } from "../../stats/thresholds/ledger_reading.ts";
import type { PhaseBegan, RunEvent, RunEventSink, StopReason } from "../run_event.ts";

export interface ThresholdWatch {
  /** Undefined where there are no thresholds. */
  readonly monitor: ThresholdMonitor | undefined;
  /** Passes every event on, in order. */
  readonly sink: RunEventSink;
  /** How each condition ends, when everything has been counted; undefined where there are no thresholds. */
  conclude(snapshot: SnapshotMessage): readonly ThresholdStatus[] | undefined;
}

export interface ThresholdWatchOptions {
  readonly thresholds: readonly Threshold[];
  /** Counters that there are, also while nothing was added to them. */
  readonly counters?: readonly string[] | undefined;
  readonly counting: "now" | "later";
  readonly ledger: () => Ledger;
  /** Of a run that is resumed: what an earlier master had judged. */
  readonly earlier?: ThresholdMonitor | undefined;
  /** Since the start of the run. */
  readonly elapsedMs: () => number;
  readonly stop: (reason: StopReason) => void;
  readonly events: RunEventSink;
}

export function createThresholdWatch(options: ThresholdWatchOptions): ThresholdWatch {
  const { thresholds, counting, ledger, elapsedMs, events } = options;
  if (thresholds.length === 0) return { monitor: undefined, sink: events, conclude: () => undefined };
  const monitor = options.earlier ?? new ThresholdMonitor(thresholds, counting);
  let isUnderWay = options.earlier !== undefined;
  const filter = {
    row: monitor.wants.bind(monitor),
    corrected: monitor.wantsCorrected,
    measures: monitor.wantsMeasures,
  };
  let users = 0;
  let scenarios: SnapshotMessage["scenarios"];

  const read = (seconds: number): LedgerReading => {
    const { loadMs, reachedMs, ...read } = ledger().read(filter);
    const counts = read.measures === undefined
      ? read
      : { ...read, measures: addIdleCounters(read.measures, options.counters ?? []) };
    const spans = scenarios === undefined ? {} : { scenarios: spansOf(scenarios) };
    return { seconds, loadSeconds: loadMs / 1000, reachedSeconds: reachedMs / 1000, users, ...spans, ...counts };
  };
  const readNow = () => read(elapsedMs() / 1000);
  const takePhase = ({ phase, elapsedMs: atMs }: PhaseBegan) => {
    if (phase === "steady") {
      const reading = read(atMs / 1000);
      monitor.beginCounting(reading);
    } else if (phase === "coolDown") {
      monitor.endCounting(read(atMs / 1000));
    }
  };

  const takeTick = (event: Extract<RunEvent, { kind: "ticked" }>) => {
    const { elapsedMs: tickMs, loadEndedMs, userCount } = event.snapshot;
    users = userCount;
    scenarios = event.snapshot.scenarios;
    // What is counted after the stop belongs to the last reading, which `conclude` takes.
    if (loadEndedMs !== undefined) return events({ ...event, thresholds: monitor.statuses() });
    monitor.take(read(Math.round(tickMs / 1000)));
    events({ ...event, thresholds: monitor.statuses() });
    const broken = monitor.findAbort(tickMs / 1000);
    if (broken !== undefined) options.stop(toStopReason(broken));
  };

  return {
    monitor,
    sink(event) {
      if (event.kind === "runStarted" && isUnderWay) monitor.continueFrom(readNow());
      isUnderWay = true;
      if (event.kind === "ticked") return takeTick(event);
      if (event.kind === "phaseBegan" && counting === "later") takePhase(event);
      events(event);
      if (event.kind === "statsReset") {
        monitor.reset(emptyReading(elapsedMs() / 1000, users));
      }
    },
    conclude: (snapshot) => {
      scenarios = snapshot.scenarios;
      return monitor.conclude(
        read((snapshot.loadEndedMs ?? snapshot.elapsedMs) / 1000),
        (scope) => nearestScope(scope, snapshot),
      );
    },
  };
}

function toStopReason(status: ThresholdStatus): StopReason {
  return { kind: "thresholdBroken", threshold: status.expression, measured: describeMeasured(status) };
}

function spansOf(scenarios: NonNullable<SnapshotMessage["scenarios"]>): ReadonlyMap<string, LoadSpan> {
  return new Map(scenarios.flatMap(({ name, startMs, overMs }): [string, LoadSpan][] => {
    if (startMs === undefined) return [];
    return [[name, { fromSeconds: startMs / 1000, ...(overMs === undefined ? {} : { toSeconds: overMs / 1000 }) }]];
  }));
}

/** The ledger right after a reset. */
function emptyReading(seconds: number, users: number): LedgerReading {
  const total = {
    method: "",
    name: "",
    requests: 0,
    failures: 0,
    startedLate: 0,
    failedLate: 0,
    times: new Uint8Array(0),
  };
  return { seconds, loadSeconds: 0, users, arrivals: NO_ARRIVALS, total, rows: [] };
}
