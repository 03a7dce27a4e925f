/**
 * A ledger as plain data that JSON holds: what the journal keeps, so that a run can be resumed, or reported, after its
 * master is gone. Bytes are base64. Times are ages before the moment of saving, so that no clock is carried along.
 */
import { Buffer } from "node:buffer";
import { LocustError } from "../../base/errors.ts";
import { type DrainCounts, type Phase, PHASES } from "../../protocol/delta_message.ts";
import type { IterationsByPlan } from "../../protocol/iterations_message.ts";
import type { MeasureDelta } from "../../protocol/measures_message.ts";
import {
  type ArrivalCounts,
  type ClassArrivalCounts,
  NO_ARRIVALS,
  NO_CLASS_ARRIVALS,
} from "../../protocol/arrivals_message.ts";
import { compareText } from "../../base/text/compare_text.ts";
import type { RunSums } from "../delta/count_delta.ts";
import type { Entry } from "../delta/entry.ts";
import type { ExceptionGroups } from "../groups/exception_groups.ts";
import type { FailureGroups } from "../groups/failure_groups.ts";
import type { LoadTimeState } from "../ticks/load_time.ts";
import type { MeasureBook } from "../measures/measure_book.ts";
import type { UrlGroup } from "../../protocol/snapshot_message.ts";
import { LedgerRow } from "./ledger_row.ts";
import { TickSeries } from "../ticks/tick_series.ts";

export const LEDGER_STATE_VERSION = 2;

export interface LedgerRowState {
  readonly method: string;
  readonly name: string;
  readonly requests: number;
  readonly failures: number;
  readonly untimed: number;
  readonly bytes: number;
  readonly startAgeMs: number;
  readonly lastAgeMs: number | null;
  readonly times: string;
  readonly corrected?: string;
  readonly phases?: Readonly<Partial<Record<Phase, string>>>;
  readonly drain?: DrainCounts;
  readonly origin?: "url" | "group";
  readonly requestsBySecond: string;
  readonly failuresBySecond: string;
}

/** The rows by tag and value. */
export interface SavedSplits {
  readonly groups: readonly {
    readonly tag: string;
    readonly value: string;
    readonly total: LedgerRowState;
    readonly rows: readonly LedgerRowState[];
  }[];
  readonly dropped: number;
}

export interface LedgerState extends LoadTimeState {
  readonly version: number;
  readonly resets: number;
  readonly rows: readonly LedgerRowState[];
  readonly total: LedgerRowState;
  /** Rows that stand for many URLs. */
  readonly urlGroups?: readonly UrlGroup[];
  readonly splits?: SavedSplits;
  readonly failures: readonly {
    readonly method: string;
    readonly name: string;
    readonly text: string;
    readonly count: number;
    readonly firstAgeMs: number;
    readonly lastAgeMs: number;
  }[];
  readonly exceptions: readonly {
    readonly message: string;
    readonly stack: string;
    readonly where: string;
    readonly count: number;
    readonly workers: readonly string[];
  }[];
  readonly retries: number;
  readonly abandoned: number;
  readonly failedStarts: number;
  readonly lostUsers?: number;
  readonly quitUsers?: number;
  readonly statuses?: Readonly<Record<string, number>>;
  readonly arrivals?: ArrivalCounts;
  readonly iterations?: IterationsByPlan;
  readonly measures?: readonly SavedMeasure[];
  readonly classArrivals?: ClassArrivalCounts;
  readonly requestsByWorker: Readonly<Record<string, number>>;
}

/** A check, metric or transaction with its histograms as text. */
type SavedMeasure = MeasureDelta extends infer D ? { readonly [F in keyof D]: D[F] extends Uint8Array ? string : D[F] }
  : never;

/** Without samples: what a target answered belongs in no file of the run. */
export function saveFailures(groups: FailureGroups, nowMs: number): LedgerState["failures"] {
  return groups.list().map(({ firstMs, lastMs, sample: _sample, ...group }) => ({
    ...group,
    firstAgeMs: nowMs - firstMs,
    lastAgeMs: nowMs - lastMs,
  }));
}

export function restoreFailures(groups: FailureGroups, saved: LedgerState["failures"], savedAtMs: number): void {
  for (const { method, name, text, count, firstAgeMs, lastAgeMs } of saved) {
    groups.count(method, name, text, count, savedAtMs - firstAgeMs, savedAtMs - lastAgeMs);
  }
}

export function saveExceptions(groups: ExceptionGroups): LedgerState["exceptions"] {
  return groups.list().map((group) => ({ ...group, workers: [...group.workers].sort(compareText) }));
}

export function restoreExceptions(groups: ExceptionGroups, saved: LedgerState["exceptions"]): void {
  for (const exception of saved) {
    for (const worker of exception.workers) groups.count(exception, 0, worker);
    groups.count(exception, exception.count);
  }
}

/** What the total of a part of the run is made of. */
export type SavedTotal = Pick<LedgerState, "resets" | "countsFromAgeMs" | "loadMs" | "total">;

export function saveRow(row: LedgerRow, nowMs: number): LedgerRowState {
  const { run } = row;
  const { times, corrected } = run.times;
  const phases = savePhases(run);
  return {
    method: run.method,
    name: run.name,
    requests: run.requests,
    failures: run.failures,
    untimed: run.untimed,
    bytes: run.bytes,
    startAgeMs: nowMs - row.startMs,
    lastAgeMs: run.lastMs === -Infinity ? null : nowMs - run.lastMs,
    times: toBase64(times.pack()),
    ...(corrected === undefined ? {} : { corrected: toBase64(corrected.pack()) }),
    ...(phases === undefined ? {} : { phases }),
    ...(run.drained === 0
      ? {}
      : { drain: { ended: run.drained, started: run.startedLate, startedFailures: run.failedLate } }),
    ...(run.origin === undefined || run.origin === "given" ? {} : { origin: run.origin }),
    requestsBySecond: toBase64(row.requestsBySecond.pack()),
    failuresBySecond: toBase64(row.failuresBySecond.pack()),
  };
}

/** Fills an empty row. `nowMs`: the moment that ages count back from. */
export function restoreRow(row: LedgerRow, state: LedgerRowState, nowMs: number): void {
  const { run } = row;
  run.requests = state.requests;
  run.failures = state.failures;
  run.untimed = state.untimed;
  run.bytes = state.bytes;
  run.drained = state.drain?.ended ?? 0;
  run.startedLate = state.drain?.started ?? 0;
  run.failedLate = state.drain?.startedFailures ?? 0;
  run.lastMs = state.lastAgeMs === null ? -Infinity : nowMs - state.lastAgeMs;
  run.times.addPacked(
    fromBase64(state.times),
    state.corrected === undefined ? undefined : fromBase64(state.corrected),
  );
  for (const phase of PHASES) {
    const packed = state.phases?.[phase];
    if (packed !== undefined) run.phase(phase).addPacked(fromBase64(packed));
  }
  row.startMs = nowMs - state.startAgeMs;
  row.requestsBySecond = TickSeries.unpack(fromBase64(state.requestsBySecond));
  row.failuresBySecond = TickSeries.unpack(fromBase64(state.failuresBySecond));
}

/** Undefined where there are none. */
export function saveMeasures(book: MeasureBook, nowMs: number): readonly SavedMeasure[] | undefined {
  return book.toDeltas(nowMs)?.map((delta): SavedMeasure => {
    if (delta.kind === "trend") return { ...delta, values: toBase64(delta.values) };
    if (delta.kind !== "transaction") return delta;
    return { ...delta, times: toBase64(delta.times), busyTimes: toBase64(delta.busyTimes) };
  });
}

/** Fills an empty book. `nowMs`: the moment that ages count back from. */
export function restoreMeasures(book: MeasureBook, saved: readonly SavedMeasure[], nowMs: number): void {
  const deltas = saved.map((each): MeasureDelta => {
    if (each.kind === "trend") return { ...each, values: fromBase64(each.values) };
    if (each.kind !== "transaction") return each;
    return { ...each, times: fromBase64(each.times), busyTimes: fromBase64(each.busyTimes) };
  });
  book.add(deltas, nowMs);
}

/** What two rows counted together, under the name of the first. */
export function addRowStates(a: LedgerRowState, b: LedgerRowState): LedgerRowState {
  const sum = new LedgerRow(a.method, a.name, "named", 0);
  const other = new LedgerRow(b.method, b.name, "named", 0);
  restoreRow(sum, a, 0);
  restoreRow(other, b, 0);
  sum.absorb(other);
  return saveRow(sum, 0);
}

/** The counts that belong to no row, but for those by status. */
export function restoreSums(state: LedgerState): Omit<RunSums, "statuses"> {
  const { retries, abandoned, failedStarts, lostUsers = 0, quitUsers = 0 } = state;
  const { arrivals = NO_ARRIVALS, classArrivals = NO_CLASS_ARRIVALS, iterations } = state;
  return { retries, abandoned, failedStarts, lostUsers, quitUsers, arrivals, classArrivals, iterations };
}

/** Throws a `LocustError` unless the state is one that this version can read. */
export function checkLedgerState(state: LedgerState): void {
  if (state.version === LEDGER_STATE_VERSION) return;
  throw new LocustError(
    `Cannot restore the statistics of a run: they have format ${state.version} and not ${LEDGER_STATE_VERSION}; use the version that wrote them`,
    { code: "bad_state" },
  );
}

function savePhases(run: Entry): Partial<Record<Phase, string>> | undefined {
  let phases: Partial<Record<Phase, string>> | undefined;
  for (const [phase, histogram] of run.phases ?? []) {
    if (histogram.count > 0) phases = { ...phases, [phase]: toBase64(histogram.pack()) };
  }
  return phases;
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
