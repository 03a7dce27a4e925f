/**
 * Writes one run to the journal: its events, and with each tick what was counted since the last, so that it can be
 * acknowledged. From time to time it writes the whole ledger as a checkpoint, so that a reader has little to add up.
 *
 * Invariant: a delta is in a `counted` line before `commit` resolves, together with its delivery number.
 */
import type { Clock } from "../base/clock.ts";
import type { EntrySnapshot, SnapshotMessage } from "../protocol/snapshot_message.ts";
import type { DeltaMessage } from "../protocol/delta_message.ts";
import { DeltaAccumulator } from "../stats/delta_accumulator.ts";
import type { Ledger } from "../stats/ledger.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Journal } from "./journal.ts";
import type { JournalLine } from "./journal_line.ts";
import type { RunEvent } from "./run_event.ts";
import { maskSettings } from "./settings_secrets.ts";
import type { RunProgress, RunSettings } from "./run_settings.ts";

/** Workers whose counts are kept apart within a tick; the rest of a large cluster shares one sum. */
const MAX_SEPARATE_WORKERS = 8;
const OTHER_WORKERS = "(other workers)";
/** The rows of a larger cluster are written with each of so many ticks, those of a smaller one with every tick. */
const WORKERS_EVERY_TICKS = 10;
const MANY_WORKERS = 32;
/** A checkpoint is written when the lines since the last one are this many times its size, and at least so many characters. */
const CHECKPOINT_FACTOR = 2;
const CHECKPOINT_MIN = 512 * 1024;

export interface RunToRecord {
  readonly settings: RunSettings;
  readonly ledger: Ledger;
  readonly deliveries: Deliveries;
  progress(): RunProgress;
}

export class RunRecorder {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #run: RunToRecord;
  readonly #counted = new Map<string, DeltaAccumulator>();
  #sinceCheckpoint = 0;
  #ticks = 0;
  #checkpointLength = 0;

  constructor(options: { readonly journal: Journal; readonly clock: Clock; readonly run: RunToRecord }) {
    this.#journal = options.journal;
    this.#clock = options.clock;
    this.#run = options.run;
  }

  /** A delta that has just been applied to the ledger. */
  count(worker: string, delta: DeltaMessage): void {
    const key = this.#counted.has(worker) || this.#counted.size < MAX_SEPARATE_WORKERS ? worker : OTHER_WORKERS;
    let sum = this.#counted.get(key);
    if (sum === undefined) this.#counted.set(key, sum = new DeltaAccumulator());
    sum.add(delta, this.#clock.nowMs());
  }

  /** An event of the run, in its order. */
  event(event: RunEvent): void {
    if (event.kind === "statsReset") {
      this.#recordCounted(); // what was counted before is not to be added after it
      this.#journal.record({ kind: "statsReset" });
    } else {
      this.#journal.record(event.kind === "ticked" || event.kind === "runEnded" ? this.#thin(event) : event);
    }
    if (event.kind === "runStarted") {
      this.#journal.record({ kind: "runPlanned", settings: maskSettings(this.#run.settings) });
    }
    if (event.kind === "runEnded") this.#recordCheckpoint();
  }

  /** Resolves when all that was counted so far is in the file (or the disk refused): then it may be acknowledged. */
  async commit(): Promise<void> {
    this.#recordCounted();
    if (this.#sinceCheckpoint >= Math.max(CHECKPOINT_MIN, CHECKPOINT_FACTOR * this.#checkpointLength)) {
      this.#recordCheckpoint();
    }
    await this.#journal.flush();
  }

  /**
   * The event without what would be most of the file: histograms, which `counted` lines and checkpoints hold, and at most ticks the
   * rows of very many workers.
   */
  #thin(event: Extract<RunEvent, { kind: "ticked" | "runEnded" }>): RunEvent {
    const { workers, entries, total } = event.snapshot;
    const hasWorkers = event.kind === "runEnded" || workers.length <= MANY_WORKERS ||
      this.#ticks++ % WORKERS_EVERY_TICKS === 0;
    const snapshot: SnapshotMessage = {
      ...event.snapshot,
      entries: entries.map(withoutTimes),
      total: withoutTimes(total),
      workers: hasWorkers ? workers : [],
    };
    return { ...event, snapshot };
  }

  /**
   * Where a resumed run is about to go on; resolves when that is in the file. Before it no user may be given a number: a master that
   * is killed at once must not be followed by one that gives the same numbers.
   */
  async reserve(progress: RunProgress): Promise<void> {
    this.#recordCounted(progress);
    await this.#journal.flush();
  }

  #recordCounted(progress: RunProgress = this.#run.progress()): void {
    const nowMs = this.#clock.nowMs();
    const deltas = [];
    for (const [worker, sum] of this.#counted) {
      const delta = sum.take(nowMs);
      if (delta !== undefined) deltas.push({ node: worker, delta });
    }
    const { applied, finished } = this.#run.deliveries.save();
    const line: JournalLine = {
      kind: "counted",
      runId: this.#run.deliveries.runId,
      wallMs: this.#clock.wallMs(),
      progress,
      applied,
      ...(finished === undefined ? {} : { finished }),
      deltas,
    };
    this.#sinceCheckpoint += this.#journal.record(line);
  }

  #recordCheckpoint(): void {
    const line: JournalLine = {
      kind: "checkpoint",
      runId: this.#run.deliveries.runId,
      wallMs: this.#clock.wallMs(),
      progress: this.#run.progress(),
      deliveries: this.#run.deliveries.save(),
      ledger: this.#run.ledger.save(),
    };
    this.#counted.clear(); // the ledger has them
    this.#checkpointLength = this.#journal.record(line);
    this.#sinceCheckpoint = 0;
  }
}

function withoutTimes(entry: EntrySnapshot): EntrySnapshot {
  const { times: _times, windowTimes: _windowTimes, ...figures } = entry;
  return figures;
}
