/**
 * Takes in what workers deliver of a run: each delta is counted once, then passed to the journal, and what single requests have left
 * beside their counts (lines of `--samples`, traces of `--trace-share`, times of failures) becomes run events. Says in the verdict how many lines
 * were dropped on their way.
 */
import type { Clock } from "../base/clock.ts";
import { formatAmount } from "../base/text/text.ts";
import type { DeltaMessage } from "../protocol/delta_message.ts";
import type { ToMaster } from "../protocol/worker_message.ts";
import { ageDelta } from "../stats/delta/delta.ts";
import { type MachineClock, waitedMs } from "../platform/machine/machine_clock.ts";
import { keepUsers } from "../stats/delta/count_delta.ts";
import type { Ledger } from "../stats/ledger/ledger.ts";
import type { RunVerdict } from "../stats/verdict/doubt.ts";
import type { Deliveries } from "./workers/deliveries.ts";
import type { RunEventSink } from "./run_event.ts";

export interface RunCountsOptions {
  readonly clock: Pick<Clock, "wallMs" | "nowMs">;
  /** The one that workers on this machine have as well; absent: there is none. */
  readonly machineClock?: MachineClock | undefined;
  readonly ledger: Ledger;
  readonly deliveries: Deliveries;
  readonly events: RunEventSink;
  /** A delta has been applied to the ledger: for the journal. */
  readonly counted: (workerId: string, delta: DeltaMessage) => void;
}

export class RunCounts {
  readonly #options: RunCountsOptions;
  #dropped = 0;

  constructor(options: RunCountsOptions) {
    this.#options = options;
  }

  /** Counts a delta, unless it was counted before. `isNew` gets one that was not, also if it belongs to the time before a reset. */
  receive(
    workerId: string,
    message: Extract<ToMaster, { kind: "stats" }>,
    isNew: (delta: DeltaMessage) => void = () => {},
  ): void {
    const { clock, machineClock, deliveries, ledger, counted } = this.#options;
    deliveries.receive(workerId, message, () => {
      const nowMs = clock.nowMs(); // once: this process may be kept from running between two readings
      const waited = waitedMs(machineClock, message.reading, nowMs);
      // What has waited for this loop is older than it was when it left its worker.
      const received = ageDelta(message.delta, waited);
      isNew(received);
      const isCurrent = ledger.apply(received, workerId, nowMs - waited - (message.reachAgeMs ?? 0));
      const delta = isCurrent ? received : keepUsers(received);
      if (delta !== undefined) counted(workerId, delta);
      if (isCurrent) this.#passOn(received);
    });
  }

  #passOn({ samples: batch, exemplars, failedTimes }: DeltaMessage): void {
    const { clock, ledger, events } = this.#options;
    const rename = <Of extends { readonly method: string; readonly name: string }>(of: Of): Of => ({
      ...of,
      name: ledger.nameOf(of.method, of.name),
    });
    if (failedTimes !== undefined) events({ kind: "failuresTimed", groups: failedTimes.map(rename) });
    if (batch !== undefined) {
      this.#dropped += batch.dropped;
      events({ kind: "sampled", batch });
    }
    if (exemplars !== undefined) {
      const wallMs = clock.wallMs();
      events({
        kind: "traced",
        requests: exemplars.map(({ ageMs, ...rest }) => ({ ...rename(rest), wallMs: wallMs - ageMs })),
      });
    }
  }

  /** The figures count every request; only lines of the file are missing. */
  noteIn(verdict: RunVerdict): RunVerdict {
    if (this.#dropped === 0) return verdict;
    const requests = formatAmount(this.#dropped, "request has", "requests have");
    const note =
      `${requests} no line in the file of --samples: the load was faster than the lines could be transferred`;
    return { ...verdict, notes: [...verdict.notes ?? [], note] };
  }
}
