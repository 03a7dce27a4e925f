/**
 * The capacity search of a run: reads the ledger with each tick, sets the load that the search asks for as an edit of
 * the run would, and ends the run when the search has ended. Which load comes next is decided by `load/capacity`.
 *
 * Adds to each tick how far the search is, and an event for each step that was judged; what was found is in the last
 * event of the run.
 */
import { formatAmount } from "../../base/text/text.ts";
import { formatRate } from "../../load/arrivals/arrival_rate.ts";
import { answerCapacity } from "../../load/capacity/capacity_answer.ts";
import { SearchMachine, type SearchOrder } from "../../load/capacity/search_machine.ts";
import type { CapacityReport, CapacityStep } from "../../protocol/capacity_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import { readSlo } from "../../stats/capacity/read_slo.ts";
import type { Ledger } from "../../stats/ledger/ledger.ts";
import { matchesScope } from "../../stats/thresholds/threshold.ts";
import type { LedgerReading } from "../../stats/thresholds/ledger_reading.ts";
import { type CapacitySettings, judgeAtLeast } from "./capacity_settings.ts";
import type { RunEvent, RunEventSink, StopReason } from "../run_event.ts";
import { SearchHealth } from "./search_health.ts";

export interface RunSearchOptions {
  readonly settings: CapacitySettings;
  readonly ledger: Ledger;
  /** Steps of an earlier master. */
  readonly earlier?: readonly CapacityStep[] | undefined;
  /** Whether all users that were asked for have been started. */
  readonly isReached: () => boolean;
  readonly setUsers: (users: number, spawnRate: number) => void;
  readonly setRate: (rate: string) => void;
  readonly stop: (reason: StopReason) => void;
  readonly events: RunEventSink;
}

/**
 * A step's users start within this, unless `-r` says otherwise: they are no arrivals of their own, and the step settles
 * after them.
 */
const RAMP_SECONDS = 2;

export class RunSearch {
  readonly #options: RunSearchOptions;
  readonly #machine: SearchMachine;
  /** Of the run. */
  readonly health = new SearchHealth();
  readonly #filter: Parameters<Ledger["read"]>[0];
  #load: number;
  #isBegun = false;

  constructor(options: RunSearchOptions) {
    const { range, slo, stepSeconds, maxUsers } = options.settings;
    this.#options = options;
    this.#machine = new SearchMachine(
      { slo: readSlo(slo), range, stepSeconds, ...(maxUsers === undefined ? {} : { maxUsers }) },
      options.earlier,
    );
    this.#load = options.earlier === undefined ? range.start : 0;
    this.#filter = {
      row: (row) => this.#machine.slo.some(({ scope }) => matchesScope(scope, row)),
      corrected: this.#machine.slo.some(({ conditions }) =>
        conditions.some(({ statistic }) => "latency" in statistic && statistic.latency === "corrected")
      ),
    };
  }

  /** Passes every event on, in order. */
  readonly sink: RunEventSink = (event) => {
    const { events } = this.#options;
    if (event.kind !== "ticked") {
      events(event);
      if (event.kind === "statsReset") this.#machine.reset();
      return;
    }
    if (event.snapshot.loadEndedMs !== undefined) return events({ ...event, capacity: this.#machine.progress });
    const orders = this.#takeTick(event);
    events({ ...event, capacity: this.#machine.progress });
    for (const order of orders) this.#follow(order, event);
  };

  /** The answer, as of now. */
  conclude(): CapacityReport {
    const { range, slo } = this.#options.settings;
    return answerCapacity({ steps: this.#machine.steps, range, slo, end: this.#machine.end ?? "stopped" });
  }

  /** What the end of the run tells of it. */
  found(): { readonly capacity: CapacityReport } {
    return { capacity: this.conclude() };
  }

  /** For the verdict of the run. */
  notes(): readonly string[] {
    const { steps } = this.#machine;
    const doubtful = steps.filter(({ doubts }) => doubts.length > 0).length;
    if (doubtful === 0) return [];
    return [
      `The load generator was in doubt in ${doubtful} of ${
        formatAmount(steps.length, "step")
      } of the capacity search: see its steps`,
    ];
  }

  /** `--at-least`, where it is given. */
  thresholds(): readonly ThresholdStatus[] {
    return judgeAtLeast(this.#options.settings, this.conclude());
  }

  #takeTick({ snapshot }: Extract<RunEvent, { kind: "ticked" }>): readonly SearchOrder[] {
    const seconds = Math.round(snapshot.elapsedMs / 1000);
    if (!this.#isBegun) {
      this.#isBegun = true;
      return this.#machine.begin(seconds);
    }
    const { ledger, isReached } = this.#options;
    return this.#machine.take({
      reading: this.#read(seconds, snapshot.userCount),
      isReached: isReached(),
      doubts: () => this.health.windowDoubts({ snapshot, counts: ledger.counts() }),
    });
  }

  #read(seconds: number, users: number): LedgerReading {
    const { total, rows, arrivals, loadMs } = this.#options.ledger.read(this.#filter);
    return { seconds, loadSeconds: loadMs / 1000, users, arrivals, total, rows };
  }

  #follow(order: SearchOrder, { snapshot }: Extract<RunEvent, { kind: "ticked" }>): void {
    const { events, stop, ledger } = this.#options;
    switch (order.kind) {
      case "load":
        return this.#setLoad(order.load);
      case "windowBegan":
        return this.health.beginWindow({ snapshot, counts: ledger.counts() });
      case "judged":
        return events({ kind: "capacityStep", step: order.step, elapsedMs: snapshot.elapsedMs });
      case "ended":
        return stop({ kind: "searchEnded", end: order.end });
    }
  }

  #setLoad(load: number): void {
    const { settings: { range, spawnRate }, setUsers, setRate } = this.#options;
    const before = this.#load;
    if (load === before) return;
    this.#load = load;
    if (range.unit === "/s") return setRate(formatRate(load));
    setUsers(load, spawnRate ?? Math.max(1, Math.abs(load - before) / RAMP_SECONDS));
  }
}
