/**
 * Delivers one run's statistics to the master: numbered, one delta on its way at a time, everything newer merged until that
 * one is acknowledged. An outage of any length costs the memory of two deltas. One that is too large for a frame goes in parts,
 * each with a number of its own. It decides; the owner of the link sends.
 *
 * Invariant: a delta leaves `#inFlight` only by its acknowledgement, and a number never stands for two contents.
 */
import type { Clock } from "../base/clock.ts";
import { type MachineClock, readingAt } from "../platform/machine/machine_clock.ts";
import type { DeltaMessage } from "../protocol/delta_message.ts";
import type { ReportPace } from "../protocol/thread_message.ts";
import type { ToMaster } from "../protocol/worker_message.ts";
import { ageDelta } from "../stats/delta/delta.ts";
import { splitDelta } from "../stats/delta/split_delta.ts";

export type StatsMessage = Extract<ToMaster, { kind: "stats" }>;

/** Merges deltas; `stats/delta/delta.ts` has the real one. */
export interface DeltaStore {
  add(delta: DeltaMessage, receivedAtMs: number): void;
  take(nowMs: number): DeltaMessage | undefined;
}

interface InFlight {
  readonly seq: number;
  readonly delta: DeltaMessage;
  readonly packedAtMs: number;
  readonly spanMs: number;
}

export class Reporter {
  readonly runId: string;
  readonly #clock: Clock;
  readonly #store: DeltaStore;
  readonly #intervalMs: number;
  readonly #machineClock: MachineClock | undefined;
  #inFlight: InFlight | undefined;
  #parts: Omit<InFlight, "seq">[] = []; // of a delta that was too large, in their order
  #lastSeq = 0;
  #lastPackedMs: number;

  /** `intervalMs`: the least time between two deltas during the run. */
  constructor(
    options: {
      readonly runId: string;
      readonly clock: Clock;
      readonly store: DeltaStore;
      readonly intervalMs?: number;
      readonly machineClock?: MachineClock | undefined;
    },
  ) {
    this.runId = options.runId;
    this.#clock = options.clock;
    this.#store = options.store;
    this.#intervalMs = options.intervalMs ?? 1000;
    this.#machineClock = options.machineClock;
    this.#lastPackedMs = options.clock.nowMs();
  }

  /** What a thread counted. */
  add(delta: DeltaMessage): void {
    this.#store.add(delta, this.#clock.nowMs());
  }

  /**
   * The next delta to send, if it is time for one: `now` for what may be the last of a run, which does not wait for the interval.
   * `undefined` while one is on its way or there is nothing to report.
   */
  take(when: ReportPace): StatsMessage | undefined {
    const nowMs = this.#clock.nowMs();
    if (this.#inFlight !== undefined) return undefined;
    if (this.#parts.length > 0) return this.#sendPart();
    if (when === "due" && nowMs - this.#lastPackedMs < this.#intervalMs) return undefined;
    const delta = this.#store.take(nowMs);
    const spanMs = nowMs - this.#lastPackedMs;
    this.#lastPackedMs = nowMs;
    if (delta === undefined) return undefined;
    this.#parts = splitDelta(delta).map((part) => ({ delta: part, packedAtMs: nowMs, spanMs }));
    return this.#sendPart();
  }

  /** The delta on its way, to be sent again on a new link. Its ages have grown meanwhile. */
  again(): StatsMessage | undefined {
    return this.#inFlight === undefined ? undefined : this.#message(this.#inFlight);
  }

  /** The master has it. Acknowledgements of other runs or other numbers are ignored. */
  acknowledge(runId: string, seq: number): void {
    if (runId === this.runId && seq === this.#inFlight?.seq) this.#inFlight = undefined;
  }

  /** Number of the latest delta: the run's last one once nothing is added any more and `take` gives nothing. */
  get lastSeq(): number {
    return this.#lastSeq + this.#parts.length;
  }

  /** Whether a delta is on its way. */
  get isWaiting(): boolean {
    return this.#inFlight !== undefined;
  }

  #sendPart(): StatsMessage | undefined {
    const part = this.#parts.shift();
    if (part === undefined) return undefined;
    this.#lastSeq++;
    this.#inFlight = { seq: this.#lastSeq, ...part };
    return this.#message(this.#inFlight);
  }

  #message(inFlight: InFlight): StatsMessage {
    const { seq, spanMs, delta, packedAtMs } = inFlight;
    const nowMs = this.#clock.nowMs();
    return {
      kind: "stats",
      runId: this.runId,
      seq,
      spanMs: Math.round(spanMs),
      delta: ageDelta(delta, nowMs - packedAtMs),
      ...readingAt(this.#machineClock, nowMs),
    };
  }
}
