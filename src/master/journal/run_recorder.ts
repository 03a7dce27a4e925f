/**
 * Writes one run to the journal: its events, and before each that changes or shows the figures what was counted since the last, so that it
 * can be acknowledged and made again. The whole ledger follows where a reader could not add it up: at the end, where a run is resumed,
 * and where the disk took no lines.
 *
 * Invariant: with detail `full` a delta is in a `counted` line before `commit` resolves, with the delivery number that stands for it.
 */
import type { EntrySnapshot, SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import { DeltaAccumulator } from "../../stats/recording/delta_accumulator.ts";
import { ExceptionGroups } from "../../stats/groups/exception_groups.ts";
import type { Ledger } from "../../stats/ledger/ledger.ts";
import type { Deliveries } from "../workers/deliveries.ts";
import type { Journal } from "./journal.ts";
import { CountsWriter, type NodeCounts } from "./journal_counts.ts";
import type { CheckpointLine, CountedLine, JournalDetail, ThinSnapshot } from "./journal_line.ts";
import type { RunClock } from "../run_clock.ts";
import type { RunEvent } from "../run_event.ts";
import { maskSettings } from "./settings_secrets.ts";
import type { SharedState } from "../questions/shared_state.ts";
import type { RunProgress, RunSettings } from "../run_settings.ts";

/** Workers whose counts are kept apart within a tick; the rest of a large cluster shares one sum. */
const MAX_SEPARATE_WORKERS = 8;
const OTHER_WORKERS = "(other workers)";
/** The rows of a larger cluster's workers table are written with each of so many ticks, those of a smaller one with every tick. */
const WORKERS_EVERY_TICKS = 10;
const MANY_WORKERS = 32;
/** With detail `total` rows are written with each of so many ticks. */
const ROWS_EVERY_TICKS = 10;

export interface RunToRecord {
  readonly settings: RunSettings;
  readonly ledger: Ledger;
  readonly deliveries: Deliveries;
  progress(): RunProgress;
}

export class RunRecorder {
  readonly #journal: Journal;
  readonly #clock: RunClock;
  readonly #run: RunToRecord;
  readonly #detail: JournalDetail;
  readonly #counted = new Map<string, DeltaAccumulator>();
  /** Exceptions of workers that share one sum: each with its workers. */
  readonly #exceptions = new ExceptionGroups();
  #writer = new CountsWriter();
  #ticks = 0;
  #isEnding = false;
  #countedAtMs: number | undefined;
  #droppedLines = 0;

  constructor(options: { readonly journal: Journal; readonly clock: RunClock; readonly run: RunToRecord }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#run = options.run;
    this.#detail = options.journal.detail;
  }

  /** A delta that has just been applied to the ledger. */
  count(worker: string, delta: DeltaMessage): void {
    const isSeparate = this.#counted.has(worker) || this.#counted.size < MAX_SEPARATE_WORKERS;
    const key = isSeparate ? worker : OTHER_WORKERS;
    let sum = this.#counted.get(key);
    if (sum === undefined) this.#counted.set(key, sum = new DeltaAccumulator({ grouping: "off" }));
    const { samples: _samples, exemplars: _exemplars, failedTimes: _failedTimes, ...counts } = delta; // no counts
    if (isSeparate) return sum.add(counts, this.#clock.nowMs());
    sum.add({ ...counts, exceptions: [] }, this.#clock.nowMs());
    for (const exception of delta.exceptions) this.#exceptions.count(exception, exception.count, worker);
  }

  /** An event of the run, in its order. */
  event(event: RunEvent): void {
    const atMs = this.#clock.nowMs();
    switch (event.kind) {
      case "runStarted":
        this.#journal.record({ ...event, atMs });
        this.#journal.record({
          kind: "runPlanned",
          atMs,
          startWallMs: this.#run.ledger.startWallMs,
          detail: this.#detail,
          settings: maskSettings(this.#run.settings),
        });
        return;
      case "ticked":
        this.#ticks++;
        if (this.#areRowsDue) this.#recordCounted();
        this.#journal.record({ ...event, atMs, snapshot: this.#thin(event.snapshot, "someWorkers") });
        return;
      case "runEnded": {
        this.#recordCounted();
        if (this.#detail === "total") this.#recordCheckpoint();
        const { ledger: _ledger, ...ended } = event;
        this.#journal.record({ ...ended, atMs, snapshot: this.#thin(event.snapshot, "allWorkers") });
        return;
      }
      case "sampled":
      case "traced":
      case "failuresTimed":
        return;
      case "scenarioMoved": // a resumed run that did not know would begin it again
        this.#journal.record({ ...event, atMs });
        return void this.#journal.flush();
      case "statsReset": // what was counted before is not to be added after it
        this.#recordCounted();
        return void this.#journal.record({ kind: "statsReset", atMs });
      case "stopping":
        this.#isEnding = true;
        this.#recordCounted();
        return void this.#journal.record({ ...event, atMs });
      default:
        this.#journal.record({ ...event, atMs });
    }
  }

  /** Resolves when all that was counted so far is in the file (or the disk refused): then it may be acknowledged. */
  async commit(): Promise<void> {
    if (this.#areRowsDue && this.#countedAtMs !== this.#clock.nowMs()) this.#recordCounted();
    await this.#journal.flush();
  }

  /**
   * Where a resumed run is about to go on; resolves when that is in the file. Before it no user may be given a number: a master that
   * is killed at once must not be followed by one that gives the same numbers.
   */
  async reserve(progress: RunProgress): Promise<void> {
    this.#recordCheckpoint(progress);
    await this.#journal.flush();
  }

  /** What has been given to threads; resolves when that is in the file. */
  async share(changes: SharedState): Promise<void> {
    const { runId } = this.#run.deliveries;
    this.#journal.record({ kind: "shared", atMs: this.#clock.nowMs(), runId, changes });
    await this.#journal.flush();
  }

  get #areRowsDue(): boolean {
    return this.#detail === "full" || this.#isEnding || this.#ticks % ROWS_EVERY_TICKS === 0;
  }

  #thin(snapshot: SnapshotMessage, wanted: "allWorkers" | "someWorkers"): ThinSnapshot {
    const { entries: _rows, urlGroups: _groups, splits: _splits, droppedTags: _tags, ...counted } = snapshot;
    const { measures: _measures, total, ...rest } = counted;
    const { failures: _failures, exceptions: _exceptions, statuses: _statuses, ...thin } = rest;
    const hasWorkers = wanted === "allWorkers" || thin.workers.length <= MANY_WORKERS ||
      this.#ticks % WORKERS_EVERY_TICKS === 1;
    return {
      ...thin,
      workers: hasWorkers ? thin.workers : [],
      ...(this.#detail === "total" ? { total: withoutTimes(total) } : {}),
    };
  }

  #recordCounted(): void {
    if (this.#journal.droppedLines > this.#droppedLines) {
      this.#droppedLines = this.#journal.droppedLines;
      return this.#recordCheckpoint();
    }
    const nowMs = this.#clock.nowMs();
    this.#countedAtMs = nowMs;
    const { applied, finished } = this.#run.deliveries.save();
    const line: CountedLine = {
      kind: "counted",
      atMs: nowMs,
      runId: this.#run.deliveries.runId,
      wallMs: this.#clock.wallMs(),
      progress: this.#run.progress(),
      applied,
      reachedMs: this.#run.ledger.reach.reportedMs,
      ...(finished === undefined ? {} : { finished }),
      counts: this.#writer.write(this.#takeCounts(nowMs), {
        resets: this.#run.ledger.resets,
        exceptions: this.#exceptions.list(),
      }),
    };
    this.#exceptions.clear();
    this.#journal.record(line);
  }

  /** In the order in which the workers' numbers came. */
  #takeCounts(nowMs: number): readonly NodeCounts[] {
    const counts: NodeCounts[] = [];
    for (const [node, sum] of this.#counted) {
      const delta = sum.take(nowMs);
      if (delta !== undefined) counts.push({ node, delta });
    }
    // Rows are kept from tick to tick, but not whose numbers come first.
    if (this.#counted.size > 1) this.#counted.clear();
    return counts;
  }

  #recordCheckpoint(progress: RunProgress = this.#run.progress()): void {
    const line: CheckpointLine = {
      kind: "checkpoint",
      atMs: this.#clock.nowMs(),
      runId: this.#run.deliveries.runId,
      wallMs: this.#clock.wallMs(),
      progress,
      deliveries: this.#run.deliveries.save(),
      ledger: this.#run.ledger.save(),
    };
    this.#counted.clear(); // the ledger has them
    this.#exceptions.clear();
    this.#writer = new CountsWriter(); // numbers of before may be in a line that the disk did not take
    this.#journal.record(line);
  }
}

function withoutTimes(entry: EntrySnapshot): EntrySnapshot {
  const { times: _times, windowTimes: _windowTimes, ...figures } = entry;
  return figures;
}
