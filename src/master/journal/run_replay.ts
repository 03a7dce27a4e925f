/**
 * Counts a run again from the lines of its journal, at the times of the run's clock, and gives its events back as they were. The figures
 * of a tick are computed when they are read: most readers want the total of most ticks only.
 *
 * Invariant: a ledger that was fed the same counts at the same times shows the same figures; so files that are made of these events equal
 * those of the run.
 */
import { type Clock, sleepOn } from "../../base/clock.ts";
import type { DeltaMessage } from "../../protocol/delta_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { REPORT_LEAD_MS } from "../../base/report_times.ts";
import { Ledger } from "../../stats/ledger/ledger.ts";
import type { CountedSpan } from "../../stats/ledger/span_counter.ts";
import { CountsReader } from "./journal_counts.ts";
import type { CountedLine, JournalLine, PlannedLine, ThinEvent, ThinSnapshot } from "./journal_line.ts";
import type { RunEvent } from "../run_event.ts";

export class RunReplay {
  readonly clock = new ReplayClock();
  /** Counted lines that cannot be read, as after a damaged one. */
  lostLines = 0;
  #runId: string | undefined;
  #ledger: Ledger | undefined;
  #reader = new CountsReader();
  /** Changes with each line: figures of an earlier one can no longer be computed. */
  #version = 0;
  #workers: SnapshotMessage["workers"] = [];
  readonly #counted: (delta: DeltaMessage) => void;

  /** `counted` gets each delta that the ledger has taken. */
  constructor(counted: (delta: DeltaMessage) => void = () => {}) {
    this.#counted = counted;
  }

  get ledger(): Ledger {
    this.#ledger ??= new Ledger({ clock: this.clock, leadMs: REPORT_LEAD_MS });
    return this.#ledger;
  }

  /** What was counted since the last tick. */
  takeSpan(): CountedSpan {
    return this.ledger.takeSpan();
  }

  /** Takes the next line. Returns the event that it stands for, if it is one. */
  take(line: JournalLine): RunEvent | undefined {
    this.#version++;
    switch (line.kind) {
      case "journalOpened":
        this.#reader = new CountsReader(); // another process writes from here on
        return undefined;
      case "runPlanned":
        this.#plan(line);
        return undefined;
      case "shared": // for a master that resumes the run; snapshots have what is shown of it
        return undefined;
      case "counted":
        this.#count(line);
        return undefined;
      case "checkpoint":
        this.clock.set(line.atMs);
        this.#reader = new CountsReader();
        this.#ledger = Ledger.restore(line.ledger, { clock: this.clock, awayMs: 0, leadMs: REPORT_LEAD_MS });
        return undefined;
      case "ticked":
        this.clock.set(line.atMs);
        this.ledger.rotate();
        this.ledger.takeSpan(); // the line has it
        return this.#thicken(line);
      case "runEnded":
        this.clock.set(line.atMs);
        this.ledger.complete();
        return this.#thicken(line);
      default: {
        const { atMs, ...event } = line;
        if (atMs !== undefined) this.clock.set(atMs);
        if (event.kind === "statsReset") this.ledger.reset();
        else if (event.kind === "stopping") this.ledger.endLoad();
        return event;
      }
    }
  }

  /** A run that a later master resumes is planned again, and remains the same run. */
  #plan({ settings, atMs, startWallMs }: PlannedLine): void {
    if (this.#runId === settings.plan.runId) return;
    this.#runId = settings.plan.runId;
    this.clock.set(atMs, startWallMs);
    this.#ledger = new Ledger({ clock: this.clock, leadMs: REPORT_LEAD_MS });
    this.#reader = new CountsReader();
  }

  #count({ atMs, reachedMs, counts }: CountedLine): void {
    this.clock.set(atMs);
    if (reachedMs !== undefined) this.ledger.reach.reportedMs = reachedMs;
    try {
      for (const { node, delta } of this.#reader.read(counts)) {
        if (this.ledger.apply(delta, node)) this.#counted(delta);
      }
    } catch {
      this.lostLines++; // the line before it is damaged: an expected state of this file, which the reader reports
    }
  }

  #thicken(line: ThinEvent): RunEvent {
    const { atMs: _atMs, snapshot: thin, ...event } = line;
    if (thin.workers.length > 0) this.#workers = thin.workers;
    const snapshot = this.#snapshotOf(thin);
    if (event.kind === "ticked") return { ...event, snapshot };
    return { ...event, snapshot, ledger: this.ledger.save() };
  }

  #snapshotOf({ total, ...thin }: ThinSnapshot): SnapshotMessage {
    const { state, userCount, targetUserCount, usersByClass } = thin;
    const workers = this.#workers;
    const version = this.#version;
    let counted: SnapshotMessage | undefined;
    let countedTotal = total;
    const readTotal = () => this.ledger.snapshotTotal();
    const readGroups = () => this.ledger.urlGroups;
    const checkVersion = () => {
      if (version !== this.#version) throw new Error("the figures of an earlier tick are read after the next line");
    };
    const read = () => {
      if (counted !== undefined) return counted;
      checkVersion();
      return counted = this.ledger.snapshot({ state, userCount, targetUserCount, usersByClass, workers });
    };
    const snapshot: SnapshotMessage = {
      ...thin,
      workers,
      get total() {
        if (countedTotal === undefined) checkVersion();
        return countedTotal ??= readTotal();
      },
      get entries() {
        return read().entries;
      },
      get urlGroups() {
        if (counted === undefined) checkVersion();
        return counted === undefined ? readGroups() : counted.urlGroups;
      },
      get splits() {
        return read().splits;
      },
      get droppedTags() {
        return read().droppedTags;
      },
      get failures() {
        return read().failures;
      },
      get exceptions() {
        return read().exceptions;
      },
      get statuses() {
        return read().statuses;
      },
    };
    // Absent where there are none, as in a run. Histories of them read each tick's, and nothing else of it.
    if (this.ledger.hasMeasures) {
      let measures: SnapshotMessage["measures"];
      const get = () => {
        if (counted !== undefined) return counted.measures;
        checkVersion();
        return measures ??= this.ledger.snapshotMeasures();
      };
      Object.defineProperty(snapshot, "measures", { enumerable: true, get });
    }
    return snapshot;
  }
}

/** Shows what the run's clock showed when the line that is being read was written. */
class ReplayClock implements Clock {
  #nowMs = 0;
  #wallMs = 0;

  /** `wallMs`: the date of that time, where it is known. */
  set(nowMs: number, wallMs?: number): void {
    this.#nowMs = nowMs;
    if (wallMs !== undefined) this.#wallMs = wallMs;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  schedule(): never {
    throw new Error("nothing is scheduled while a journal is read");
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }
}
