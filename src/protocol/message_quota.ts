/**
 * Limits the messages of user code of one worker with token buckets. Each message takes time of the master's event
 * loop, which the ticks of the run need too; a loop of `sendMessage` or of log lines in a locustfile must not delay
 * them. Messages over the limit are dropped and counted.
 */
import { formatAmount } from "../base/text/text.ts";
import type { UserMessage } from "./user_message.ts";
import { LOCAL_WORKER_ID } from "./worker_message.ts";

interface Limit {
  readonly perSecond: number;
  readonly atOnce: number;
}

type LimitedKind = "custom" | "log" | "report";

/**
 * Per worker. Custom messages: users that all send something at once are a burst; no locustfile needs more per second
 * than its users have tasks. Log lines: a person reads a few in a second. Reports: each thread has one a second.
 */
const MESSAGE_LIMITS: Readonly<Record<LimitedKind, Limit>> = {
  custom: { perSecond: 5000, atOnce: 20_000 },
  log: { perSecond: 500, atOnce: 5000 },
  report: { perSecond: 500, atOnce: 5000 },
};

const NOUNS: Readonly<Record<LimitedKind, readonly [one: string, many: string]>> = {
  custom: ["custom message", "custom messages"],
  log: ["log line", "log lines"],
  report: ["report of listeners", "reports of listeners"],
};

const ADVICE: Readonly<Record<LimitedKind, string>> = {
  custom: "collect the data of several users in one message, and send less often",
  log: "its own log has all of them; log less often",
  report: "let listeners of reportToMaster add less",
};

/** Least time between two reports of what was dropped. */
const REPORT_EVERY_MS = 10_000;

/** Which end of the link limits: a master grants twice as much, so that only a worker of another make reaches its limits. */
export type QuotaSide = "worker" | "master";

export class UserMessageQuota {
  readonly #buckets: ReadonlyMap<string, TokenBucket>;

  constructor(side: QuotaSide, nowMs: number) {
    const factor = side === "worker" ? 1 : 2;
    this.#buckets = new Map(
      Object.entries(MESSAGE_LIMITS).map(([kind, { perSecond, atOnce }]) =>
        [kind, new TokenBucket({ perSecond: factor * perSecond, atOnce: factor * atOnce }, nowMs)] as const
      ),
    );
  }

  /** Whether the message may pass. One that may not is counted as dropped. What ends the test always may. */
  take({ kind }: Pick<UserMessage, "kind">, nowMs: number): boolean {
    return this.#buckets.get(kind)?.take(nowMs) ?? true;
  }

  /** `Dropped 40 custom messages of worker w1: …`, one sentence per kind of which some were dropped and a report is due. */
  takeReports(workerId: string, nowMs: number): readonly string[] {
    return [...this.#buckets].flatMap(([kind, bucket]) => {
      const dropped = bucket.takeReport(nowMs);
      if (dropped === 0 || (kind === "log" && workerId === LOCAL_WORKER_ID)) return []; // whose log is this process's
      return [describeDropped(kind as LimitedKind, dropped, workerId)];
    });
  }
}

function describeDropped(kind: LimitedKind, dropped: number, workerId: string): string {
  const { perSecond } = MESSAGE_LIMITS[kind];
  return `Dropped ${
    formatAmount(dropped, ...NOUNS[kind])
  } of worker ${workerId}: it sent more than ${perSecond} a second; ` +
    ADVICE[kind];
}

/** Lets a burst of `atOnce` pass, then `perSecond`. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #atOnce: number;
  #left: number;
  #filledMs: number;
  #dropped = 0;
  #reportedMs = -Infinity;

  constructor(limits: Limit, nowMs: number) {
    this.#perSecond = limits.perSecond;
    this.#atOnce = this.#left = limits.atOnce;
    this.#filledMs = nowMs;
  }

  take(nowMs: number): boolean {
    this.#left = Math.min(this.#atOnce, this.#left + (nowMs - this.#filledMs) * this.#perSecond / 1000);
    this.#filledMs = nowMs;
    if (this.#left < 1) {
      this.#dropped++;
      return false;
    }
    this.#left--;
    return true;
  }

  /** How many were dropped since the last report, if one is due; 0 otherwise. */
  takeReport(nowMs: number): number {
    if (this.#dropped === 0 || nowMs - this.#reportedMs < REPORT_EVERY_MS) return 0;
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#reportedMs = nowMs;
    return dropped;
  }
}
