/** The workers of a snapshot: the roster's rows with what each of them has counted. Pure. */
import type { WorkerSnapshot } from "../protocol/snapshot_message.ts";
import type { Roster } from "./roster.ts";
import { describeIncidents, NO_INCIDENTS, type RosterWorker } from "./roster_worker.ts";

export function snapshotWorkers(roster: Roster, requestsOf: (workerId: string) => number): WorkerSnapshot[] {
  return roster.list()
    .filter((worker) => worker.state !== "joining" && (worker.state !== "gone" || requestsOf(worker.id) > 0))
    .map((worker) => ({
      id: worker.id,
      index: worker.index,
      host: worker.host,
      state: worker.state,
      users: worker.users,
      threads: worker.threads,
      requests: requestsOf(worker.id),
      cpuPercent: worker.health?.cpuPercent ?? 0,
      rssBytes: worker.health?.rssBytes ?? 0,
      loopLagP99Ms: worker.health?.loopLagP99Ms ?? 0,
      latenessP99Ms: worker.health?.latenessP99Ms ?? 0,
      ...incidentsOf(worker),
    }));
}

function incidentsOf({ incidents }: RosterWorker): Pick<WorkerSnapshot, "incidents"> {
  const texts = incidents === NO_INCIDENTS ? [] : describeIncidents(incidents);
  return texts.length === 0 ? {} : { incidents: texts };
}
