/**
 * `P_arrivals_history.csv`: of each second a line for each class with an arrival rate or a target rate. The file is made when the first
 * of them is seen: a run without such classes has none. Owns it; Locust's files keep Locust's columns.
 */
import { csvLine } from "../../base/text/csv_text.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import { WatchedWrites } from "../files/unwritable.ts";
import { CsvHistory } from "./csv_history.ts";
import { historySecond } from "./csv_rows.ts";

const HEADER = csvLine([
  "Timestamp",
  "Class",
  "Kind",
  "Planned/s",
  "Asked/s",
  "Started/s",
  "Dropped/s",
  "Late/s",
  "Asked",
  "Started",
  "Dropped",
  "Waiting",
  "Late",
]);

/** The lines of one second. Rates are those of the last ten seconds, counts those of the run. */
function arrivalLines(snapshot: SnapshotMessage): string {
  const rate = (perSecond: number) => ({ number: perSecond.toFixed(6) });
  return (snapshot.classArrivals ?? []).map((each) =>
    csvLine([
      historySecond(snapshot),
      each.name,
      each.kind,
      rate(each.plannedPerSecond),
      rate(each.askedPerSecond),
      rate(each.startedPerSecond),
      rate(each.droppedPerSecond),
      rate(each.latePerSecond),
      each.asked,
      each.started,
      each.dropped,
      each.waiting,
      each.late,
    ])
  ).join("");
}

export class ArrivalsCsv {
  readonly path: string;
  readonly #writes: WatchedWrites;
  #history: CsvHistory | undefined;

  constructor(prefix: string, reportError: (message: string) => void) {
    this.path = `${prefix}_arrivals_history.csv`;
    this.#writes = new WatchedWrites(this.path, reportError);
  }

  get failed(): boolean {
    return this.#writes.failed;
  }

  append(snapshot: SnapshotMessage): void {
    const lines = arrivalLines(snapshot);
    if (lines === "") return;
    this.#writes.attempt(() => {
      this.#history ??= CsvHistory.open(this.path, HEADER);
      this.#history.write(historySecond(snapshot), lines);
    });
  }

  sync(): void {
    this.#writes.attempt(() => this.#history?.sync());
  }

  close(): void {
    this.#writes.attempt(() => this.#history?.close());
  }
}
