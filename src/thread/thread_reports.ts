/**
 * The reports of one run inside a thread: once a second what was counted and how the thread feels, sooner what may be
 * the end of the run's iterations, and a last one. What is in them its owner knows; this decides when they leave, and
 * that a listener's mistake costs none.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { DeltaMessage } from "../protocol/delta_message.ts";
import { encodeCustomData } from "../protocol/wire/custom_data.ts";
import { REPORT_EVERY_MS, REPORT_LEAD_MS } from "../base/report_times.ts";
import { type MachineClock, readingAt } from "../platform/machine/machine_clock.ts";
import type { FromThread, ReportPace, ThreadHealth } from "../protocol/thread_message.ts";
import type { Environment } from "../user/environment.ts";
import { reportListenerFailure } from "../user/events/listener_failures.ts";
import type { FrictionMeter } from "./friction_meter.ts";
import type { LatenessMeter, LoopMeter } from "./lag_meters.ts";

/** A report takes up to so long, with what the processor has forgotten of its code since the last one. */
const REPORT_TAKES_MS = 6;

/**
 * Iterations end and begin, and users come and go: what may be an end is reported so much later at the earliest, if it
 * still is one.
 */
const END_MS = 5;

/** The part of a thread's health that its users know. */
export type UsersHealth = Pick<ThreadHealth, "users" | "endedStreams" | "pacedPerSecond" | "starting">;

export interface ThreadReportsOptions {
  readonly runId: string;
  readonly clientId: string;
  readonly clock: Clock;
  readonly machineClock?: MachineClock | undefined;
  readonly loop: LoopMeter;
  readonly lateness: LatenessMeter;
  readonly friction: FrictionMeter;
  readonly events: Environment["events"];
  /** Reports the listener failures until now. */
  readonly flushFailures: () => void;
  /** What was counted since the last call. */
  readonly drain: () => DeltaMessage;
  readonly users: () => UsersHealth;
  /** So long should wait what takes `forMs`, to be in nobody's way; absent: not at all. Asked once for each report. */
  readonly putOffMs?: (forMs: number) => number;
  readonly post: (message: FromThread) => void;
}

export class ThreadReports {
  readonly #options: ThreadReportsOptions;
  #next: Timer | undefined;
  #soon: Timer | undefined;
  /** What may have come to its end. */
  readonly #ends = new Set<() => boolean>();
  #isEnding = false;

  constructor(options: ThreadReportsOptions) {
    this.#options = options;
  }

  /** Begins to report. `askedWallMs`: when the other threads did; this one keeps their rhythm. */
  start(askedWallMs: number | undefined): void {
    const { clock, loop, lateness, friction } = this.#options;
    loop.takeP99Ms(); // what happened before the run does not count
    lateness.takeP99Ms();
    friction.take();
    friction.takeBlock();
    friction.takeStandstill();
    const lateMs = askedWallMs === undefined ? 0 : Math.max(0, clock.wallMs() - askedWallMs);
    const sinceMs = (lateMs + REPORT_LEAD_MS) % REPORT_EVERY_MS;
    this.#reportAt(clock.nowMs() + REPORT_EVERY_MS - sinceMs);
  }

  /** What may be the end of the run's iterations is not to wait for the next second. */
  reportSoon(isEnd: () => boolean): void {
    if (this.#isEnding) return;
    this.#ends.add(isEnd);
    this.#soon ??= this.#options.clock.schedule(END_MS, () => {
      this.#soon = undefined;
      const hasEnded = [...this.#ends].some((each) => each());
      this.#ends.clear();
      if (hasEnded && !this.#isEnding) this.#post("now");
    });
  }

  /** The users are ending: from now on the last report is the one that tells of it. */
  expectEnd(): void {
    this.#isEnding = true;
  }

  /** Posts the last delta. */
  finish(): void {
    this.#next?.cancel();
    this.#next = undefined;
    this.#soon?.cancel();
    this.#post("due");
  }

  #reportAt(dueMs: number): void {
    const { clock, putOffMs } = this.#options;
    const report = () => {
      this.#reportAt(Math.max(dueMs + REPORT_EVERY_MS, clock.nowMs())); // after a stall: no burst of reports
      this.#post("due");
    };
    this.#next = clock.schedule(dueMs - clock.nowMs(), () => {
      const waitMs = putOffMs?.(REPORT_TAKES_MS) ?? 0;
      if (waitMs <= 0) return report();
      this.#next = clock.schedule(waitMs, report);
    });
  }

  #post(pace: ReportPace): void {
    const { runId, clock, machineClock, loop, lateness, friction, flushFailures, drain, users, post } = this.#options;
    this.#postListeners();
    flushFailures();
    const atMs = clock.nowMs(); // before: the thread may be kept from running while it packs, and counts nothing meanwhile
    const delta = drain();
    const blocked = friction.takeBlock();
    const stoodIn = friction.takeStandstill();
    post({
      kind: "delta",
      pace,
      runId,
      delta,
      ...readingAt(machineClock, atMs),
      health: {
        loopLagP99Ms: loop.takeP99Ms(),
        latenessP99Ms: lateness.takeP99Ms(),
        friction: friction.take(),
        ...(blocked === undefined ? {} : { blocked }),
        ...(stoodIn === undefined ? {} : { stoodIn }),
        ...users(),
      },
    });
  }

  /** What the locustfile adds to a report. */
  #postListeners(): void {
    const { clientId, events: { reportToMaster }, post } = this.#options;
    if (!reportToMaster.hasListeners) return;
    const data: Record<string, unknown> = {};
    try {
      reportToMaster.fire({ clientId, data });
      if (Object.keys(data).length > 0) {
        post({ kind: "userMessage", message: { kind: "report", data: encodeCustomData(data) } });
      }
    } catch (thrown) {
      reportListenerFailure(reportToMaster.eventName, thrown); // control flow, or data that cannot leave the thread
    }
  }
}
