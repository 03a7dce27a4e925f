/**
 * Judges the thresholds of a run again from its journal, as its master did, so that a master that resumes the run knows
 * which windows were broken before it came.
 */
import type { Ledger } from "../../stats/ledger/ledger.ts";
import type { ThresholdMonitor } from "../../stats/thresholds/threshold_monitor.ts";
import type { RunEvent } from "../run_event.ts";
import type { RunSettings } from "../run_settings.ts";
import { createThresholdWatch, type ThresholdWatch } from "./run_thresholds.ts";

export class ThresholdRecall {
  readonly #ledger: () => Ledger;
  #runId: string | undefined;
  #watch: ThresholdWatch | undefined;
  #elapsedMs = 0;

  /** `ledger`: as of the line that is being read. */
  constructor(ledger: () => Ledger) {
    this.#ledger = ledger;
  }

  /** Undefined where the run has no thresholds. */
  get monitor(): ThresholdMonitor | undefined {
    return this.#watch?.monitor;
  }

  /** A run that a later master resumes is planned again, and remains the same run. */
  plan({ plan: { runId }, thresholds = [], counters, warmUpSeconds }: RunSettings): void {
    if (this.#runId === runId) return;
    this.#runId = runId;
    this.#elapsedMs = 0;
    this.#watch = createThresholdWatch({
      thresholds,
      counters,
      counting: warmUpSeconds === undefined ? "now" : "later",
      ledger: this.#ledger,
      elapsedMs: () => this.#elapsedMs,
      stop: () => {},
      events: () => {},
    });
  }

  /** The time of the run that a line names. */
  elapsed(ms: number): void {
    this.#elapsedMs = Math.max(this.#elapsedMs, ms);
  }

  take(event: RunEvent): void {
    if (event.kind === "ticked") this.elapsed(event.snapshot.elapsedMs);
    else if (event.kind === "phaseBegan") this.elapsed(event.elapsedMs);
    this.#watch?.sink(event);
  }
}
