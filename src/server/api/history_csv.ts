/** The lines of `_stats_history.csv` of the latest run, kept for download: one for each second of the load. Bounded. */
import type { RunEvent, RunEventSink } from "../../master/run_event.ts";
import { HISTORY_HEADER, historyLines, historySecond } from "../../report/csv/csv_rows.ts";

/** A day and more; the oldest go. */
const MAX_LINES = 100_000;

export class HistoryCsv {
  #lines: string[] = [];
  #lastSecond = -1;

  readonly sink: RunEventSink = (event) => this.#take(event);

  text(): string {
    return HISTORY_HEADER + this.#lines.join("");
  }

  #take(event: RunEvent): void {
    if (event.kind === "runStarted") {
      this.#lines = [];
      this.#lastSecond = -1;
    }
    if (event.kind !== "ticked" && event.kind !== "runEnded") return;
    const { snapshot } = event;
    if (event.kind === "ticked" && snapshot.loadEndedMs !== undefined) return;
    const second = historySecond(snapshot);
    if (second === this.#lastSecond) this.#lines.pop();
    this.#lastSecond = second;
    this.#lines.push(historyLines(snapshot, "aggregated"));
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }
}
