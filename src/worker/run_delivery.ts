/**
 * Delivers the latest run of a worker to its master: the numbers, and after the last user the message that these were all. It knows
 * when a delta is due and in which order the last ones go; the owner of the link, if there is one, sends them.
 *
 * Invariant: `stopped` is said only when every number that it stands for is on its way or acknowledged.
 */
import type { Clock } from "../base/clock.ts";
import type { DeltaMessage } from "../protocol/delta_message.ts";
import type { MachineClock } from "../platform/machine/machine_clock.ts";
import type { ReportPace } from "../protocol/thread_message.ts";
import type { ToMaster } from "../protocol/worker_message.ts";
import { DeltaAccumulator } from "../stats/recording/delta_accumulator.ts";
import { type Made, Reporter } from "./reporter.ts";

/**
 * Well under the second in which threads report, so that one that is early, or follows a report that was late, does not wait for the
 * next: a kill must not cost more than the last second.
 */
const REPORT_INTERVAL_MS = 500;

/** A run whose users are gone: what is left is to deliver and to report the end. */
interface Ending {
  readonly runId: string;
  readonly abandoned: number;
  isTold: boolean;
}

export class RunDelivery {
  readonly #clock: Clock;
  readonly #machineClock: MachineClock | undefined;
  readonly #send: (message: ToMaster) => void;
  #reporter: Reporter | undefined;
  #ending: Ending | undefined;
  #heldUp: ReportPace | undefined; // a report was due while an earlier one was on its way
  #unreported = 0; // deltas of threads since the last report

  constructor(
    options: {
      readonly clock: Clock;
      readonly machineClock?: MachineClock | undefined;
      readonly send: (message: ToMaster) => void;
    },
  ) {
    this.#clock = options.clock;
    this.#machineClock = options.machineClock;
    this.#send = options.send;
  }

  /** Whether there has been a run. */
  get hasRun(): boolean {
    return this.#reporter !== undefined;
  }

  /** Whether the users of the run are gone. */
  get hasEnded(): boolean {
    return this.#ending !== undefined;
  }

  /** For how long the latest report is on its way. */
  get unconfirmedMs(): number {
    return this.#reporter?.unconfirmedMs ?? 0;
  }

  /** A run begins, or continues after its users were ended because no master was there. */
  begin(runId: string): void {
    this.#ending = undefined;
    if (this.#reporter?.runId === runId) return;
    this.#heldUp = undefined;
    const store = new DeltaAccumulator();
    this.#reporter = new Reporter({
      runId,
      clock: this.#clock,
      store,
      intervalMs: REPORT_INTERVAL_MS,
      machineClock: this.#machineClock,
    });
  }

  /** What a thread counted. Returns how many threads have reported since the last report. */
  add(runId: string, delta: DeltaMessage, made?: Made): number {
    if (this.#reporter?.runId !== runId) return this.#unreported;
    this.#reporter.add(delta, made);
    return ++this.#unreported;
  }

  /** A thread has died in a run. */
  threadGone(runId: string, thread: number): void {
    if (this.#reporter?.runId === runId) this.#reporter.forget(thread);
  }

  /** Whether something was added since the last report. */
  get isDue(): boolean {
    return this.#unreported > 0;
  }

  /** Sends what is due, unless an earlier delta is still on its way. Call it only while there is a link. */
  report(pace: ReportPace = "due"): void {
    const stats = this.#reporter?.take(pace);
    if (stats === undefined) {
      const isUrgent = pace === "now" || this.#heldUp === "now"; // a heartbeat in between must not make it wait for its interval
      this.#heldUp = this.#reporter?.isWaiting === true ? (isUrgent ? "now" : "due") : undefined;
      return;
    }
    this.#heldUp = undefined;
    this.#unreported = 0;
    this.#send(stats);
  }

  /** On a new link: the delta that no master has acknowledged. */
  repeat(): void {
    const again = this.#reporter?.again();
    if (again !== undefined) this.#send(again);
    if (this.#ending !== undefined) this.#ending.isTold = false;
  }

  /** What was due meanwhile goes with it. */
  acknowledge(runId: string, seq: number): void {
    this.#reporter?.acknowledge(runId, seq);
    if (this.#heldUp !== undefined) this.report(this.#heldUp);
  }

  /** The users of the run are gone, `abandoned` of them by force. */
  end(runId: string, abandoned: number): void {
    this.#ending = { runId, abandoned, isTold: false };
  }

  /** After the last user: the last delta, then `stopped`. `done`: all of it has been acknowledged. Call it only while there is a link. */
  reportEnd(): "done" | "pending" {
    const ending = this.#ending;
    const reporter = this.#reporter;
    if (ending === undefined || reporter === undefined) return "pending";
    if (!reporter.isWaiting) {
      const last = reporter.take("now");
      if (last !== undefined) this.#send(last);
    } else if (!ending.isTold) {
      return "pending"; // a delta is on its way; what came after it follows its acknowledgement
    }
    if (!ending.isTold) {
      ending.isTold = true;
      const { runId, abandoned } = ending;
      this.#send({ kind: "stopped", runId, lastSeq: reporter.lastSeq, abandoned });
    }
    return reporter.isWaiting ? "pending" : "done";
  }
}
