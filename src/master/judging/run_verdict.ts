/** Judges a run as of a snapshot: from what was watched, the ledger, the deliveries and the thresholds. Changes nothing. */
import type { SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { ThresholdStatus } from "../../protocol/threshold_message.ts";
import type { Ledger } from "../../stats/ledger/ledger.ts";
import type { RunVerdict } from "../../stats/verdict/doubt.ts";
import type { UnsteadyRun } from "../../stats/verdict/evidence.ts";
import type { HealthMonitor } from "../../stats/verdict/health_monitor.ts";
import { isExpectedInSearch } from "../../stats/verdict/generator_doubts.ts";
import { decideVerdict } from "../../stats/verdict/verdict.ts";
import type { Deliveries } from "../workers/deliveries.ts";
import type { RunSearch } from "../capacity/run_search.ts";

export function judgeRun({ health, snapshot, ledger, deliveries, thresholds = [], search, reportable, unsteady }: {
  readonly health: HealthMonitor;
  readonly snapshot: SnapshotMessage;
  readonly ledger: Ledger;
  readonly deliveries: Deliveries;
  readonly thresholds: readonly ThresholdStatus[] | undefined;
  /** A capacity search overloads the system on purpose: its steps have verdicts of their own. */
  readonly search?: Pick<RunSearch, "notes"> | undefined;
  /** Arrivals that workers have had the time to report; undefined: no class has an arrival rate. */
  readonly reportable?: number | undefined;
  readonly unsteady?: (() => UnsteadyRun | undefined) | undefined;
}): RunVerdict {
  const isExpected = search === undefined ? () => false : isExpectedInSearch;
  const verdict = decideVerdict(
    health.evidence(snapshot, {
      counts: ledger.counts(),
      ...(reportable === undefined ? {} : { reportable }),
      skippedDeltas: deliveries.skipped,
      unsteady: unsteady?.(),
      meanMsOf: (id) => ledger.byWorker.meanMsOf(id),
      thinPercentiles: thresholds.flatMap(({ expression, statistic, thin }) =>
        thin === undefined ? [] : [{ expression, statistic, ...thin }]
      ),
    }),
    isExpected,
  );
  const notes = search?.notes() ?? [];
  return notes.length === 0 ? verdict : { ...verdict, notes: [...verdict.notes ?? [], ...notes] };
}
