/**
 * Collects the evidence of a run's verdict as every run does, and beside it that of the window of a capacity search's
 * step: what was observed before the window, and the counts of then, do not count for it.
 */
import type { WorkerHealth } from "../../protocol/health_message.ts";
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { LedgerCounts } from "../../stats/ledger/ledger.ts";
import { findGeneratorDoubts } from "../../stats/verdict/generator_doubts.ts";
import { HealthMonitor } from "../../stats/verdict/health_monitor.ts";
import type { AbsentWorker } from "../../stats/verdict/evidence.ts";
import type { WorkerMoment } from "../../stats/verdict/worker_record.ts";

export interface HealthNow {
  readonly snapshot: SnapshotMessage;
  readonly counts: LedgerCounts;
}

export class SearchHealth extends HealthMonitor {
  #window = new HealthMonitor();
  #first: HealthNow | undefined;

  override observeWorker(id: string, health: WorkerHealth, moment: WorkerMoment): void {
    super.observeWorker(id, health, moment);
    this.#window.observeWorker(id, health, moment);
  }

  override observeAbsence(absent: AbsentWorker): void {
    super.observeAbsence(absent);
    this.#window.observeAbsence(absent);
  }

  override observeTick(lateMs: number, spanMs: number): void {
    super.observeTick(lateMs, spanMs);
    this.#window.observeTick(lateMs, spanMs);
  }

  beginWindow(now: HealthNow): void {
    this.#window = new HealthMonitor();
    this.#first = now;
  }

  /** Of the load generator since the window began, as sentences. */
  windowDoubts({ snapshot, counts }: HealthNow): readonly string[] {
    const first = this.#first?.snapshot;
    if (first === undefined) return [];
    const requestsOf = new Map(first.workers.map(({ id, requests }) => [id, requests]));
    const failuresOf = new Map(first.failures.map((each) => [keyOf(each), each.count]));
    const { total } = snapshot;
    const evidence = this.#window.evidence({
      total: {
        requests: total.requests - first.total.requests,
        failures: total.failures - first.total.failures,
        bytes: total.bytes - first.total.bytes,
      },
      workers: snapshot.workers.map(({ id, threads, requests }) => ({
        id,
        threads,
        requests: requests - (requestsOf.get(id) ?? 0),
      })),
      failures: snapshot.failures.map((each) => ({
        text: each.text,
        count: each.count - (failuresOf.get(keyOf(each)) ?? 0),
      })),
    }, { counts });
    return findGeneratorDoubts(evidence);
  }
}

function keyOf({ method, name, text }: SnapshotMessage["failures"][number]): string {
  return `${method}\0${name}\0${text}`;
}
