/**
 * Delivers one run's statistics to the master: numbered, one delta on its way at a time, everything newer merged until that
 * one is acknowledged. An outage of any length costs the memory of two deltas. One that is too large for a frame goes in parts,
 * each with a number of its own. Says with each up to when the threads have counted, and says it, too, when they have counted nothing. It decides; the
 * owner of the link sends.
 *
 * Invariant: a delta leaves `#inFlight` only by its acknowledgement, and a number never stands for two contents.
 */
import type { Clock } from "../base/clock.ts";
import { type MachineClock, readingAt } from "../platform/machine/machine_clock.ts";
import { type DeltaMessage, EMPTY_DELTA } from "../protocol/delta_message.ts";
import type { ReportPace } from "../protocol/thread_message.ts";
import type { ToMaster } from "../protocol/worker_message.ts";
import { countRequests } from "../stats/delta/count_delta.ts";
import { ageDelta } from "../stats/delta/delta.ts";
import { splitDelta } from "../stats/delta/split_delta.ts";
import { ReportReach } from "../stats/ticks/report_reach.ts";

export type StatsMessage = Extract<ToMaster, { kind: "stats" }>;

/** Merges deltas; `stats/delta/delta.ts` has the real one. */
export interface DeltaStore {
  add(delta: DeltaMessage, receivedAtMs: number): void;
  take(nowMs: number): DeltaMessage | undefined;
}

/** Whose counts a delta has, and when it was made, by this clock. */
export interface Made {
  readonly thread: number;
  readonly atMs: number;
}

interface InFlight {
  readonly seq: number;
  readonly delta: DeltaMessage;
  readonly packedAtMs: number;
  readonly spanMs: number;
  readonly reachMs: number;
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
  #sentAtMs = 0;
  readonly #reach: ReportReach<number>;
  /** Up to when the deltas before have counted. */
  #reachMs: number;
  /** A thread has reported since the last delta. */
  #isHeard = false;

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
    this.#lastPackedMs = this.#reachMs = options.clock.nowMs();
    this.#reach = new ReportReach(this.#reachMs);
  }

  /** What a thread counted, be it nothing. */
  add(delta: DeltaMessage, made?: Made): void {
    const nowMs = this.#clock.nowMs();
    const { thread, atMs } = made ?? { thread: 0, atMs: nowMs };
    this.#store.add(delta, nowMs);
    this.#reach.reported(thread, { reachMs: atMs, requests: countRequests(delta) }, nowMs);
    this.#isHeard = true;
  }

  /** A thread is gone: it will report nothing more. */
  forget(thread: number): void {
    this.#reach.forget(thread);
  }

  /**
   * The next delta to send, if it is time for one: `now` for what may be the last of a run, which does not wait for the interval.
   * `undefined` while one is on its way or there is nothing to report. That threads have counted nothing is something, but for the last delta.
   */
  take(when: ReportPace): StatsMessage | undefined {
    const nowMs = this.#clock.nowMs();
    if (this.#inFlight !== undefined) return undefined;
    if (this.#parts.length > 0) return this.#sendPart();
    if (when === "due" && nowMs - this.#lastPackedMs < this.#intervalMs) return undefined;
    const delta = this.#store.take(nowMs) ?? (when === "due" && this.#isHeard ? EMPTY_DELTA : undefined);
    const spanMs = nowMs - this.#lastPackedMs;
    this.#lastPackedMs = nowMs;
    this.#isHeard = false;
    if (delta === undefined) return undefined;
    const before = this.#reachMs;
    this.#reachMs = this.#reachAt(nowMs);
    const parts = splitDelta(delta);
    // Only with the last part everything is there.
    this.#parts = parts.map((part, i) => {
      const reachMs = i === parts.length - 1 ? this.#reachMs : before;
      return { delta: part, packedAtMs: nowMs, spanMs, reachMs };
    });
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

  /** Since the delta on its way was sent, the last time; 0: none is. */
  get unconfirmedMs(): number {
    return this.#inFlight === undefined ? 0 : this.#clock.nowMs() - this.#sentAtMs;
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

  #reachAt(nowMs: number): number {
    const reachMs = this.#reach.at(nowMs);
    if (reachMs === "late") return this.#reachMs;
    return reachMs === "silent" ? nowMs : Math.max(this.#reachMs, reachMs);
  }

  #message(inFlight: InFlight): StatsMessage {
    const { seq, spanMs, delta, packedAtMs, reachMs } = inFlight;
    const nowMs = this.#sentAtMs = this.#clock.nowMs();
    return {
      kind: "stats",
      runId: this.runId,
      seq,
      spanMs: Math.round(spanMs),
      reachAgeMs: Math.max(0, Math.round(nowMs - reachMs)),
      delta: ageDelta(delta, nowMs - packedAtMs),
      ...readingAt(this.#machineClock, nowMs),
    };
  }
}
