/**
 * The part of the feed that judges: how the thresholds of the run stand, and its verdict. Publishes each change once,
 * and marks the moment at which a threshold breaks. Of one run: the next one has its own.
 */
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import { toSummaryThreshold } from "../../report/summary/summary_lists.ts";
import type { SummaryVerdict } from "../../report/summary/summary.ts";
import { describeMeasured } from "../../stats/thresholds/describe_status.ts";
import type { RunVerdict } from "../../stats/verdict/doubt.ts";
import type { ApiThreshold } from "../answers/api_snapshot.ts";
import type { EventLog } from "./event_log.ts";

export class FeedJudgement {
  readonly #log: Pick<EventLog, "add">;
  readonly #broken: (text: string) => void;
  #statuses: readonly ThresholdStatus[] = [];
  #thresholds: readonly ApiThreshold[] = [];
  #verdict: SummaryVerdict | null = null;

  /** `broken` is told what a threshold measured when it breaks. */
  constructor(log: Pick<EventLog, "add">, broken: (text: string) => void) {
    this.#log = log;
    this.#broken = broken;
  }

  get statuses(): readonly ThresholdStatus[] {
    return this.#statuses;
  }

  get thresholds(): readonly ApiThreshold[] {
    return this.#thresholds;
  }

  /** Null before the first one. */
  get verdict(): SummaryVerdict | null {
    return this.#verdict;
  }

  takeThresholds(statuses: readonly ThresholdStatus[]): void {
    const before = this.#thresholds;
    this.#statuses = statuses;
    this.#thresholds = statuses.map((status) => ({
      ...toSummaryThreshold(status),
      state: status.state,
      row: status.row ?? null,
    }));
    for (const [i, threshold] of this.#thresholds.entries()) {
      const status = statuses[i];
      const was = before[i]?.state ?? "pending";
      if (threshold.state === was || status === undefined) continue;
      this.#log.add("threshold", threshold);
      if (threshold.state === "broken") this.#broken(`${threshold.expression}: ${describeMeasured(status)}`);
    }
  }

  /** Undefined: it is as before. */
  takeVerdict(verdict: RunVerdict | undefined): void {
    if (verdict === undefined) return;
    const next = { ...verdict, notes: verdict.notes ?? [] };
    const isNew = JSON.stringify(next) !== JSON.stringify(this.#verdict);
    this.#verdict = next;
    if (isNew) this.#log.add("verdict", next);
  }
}
