/**
 * Views of the roster for its readers: a change as the run event that reports it, and the workers' part of a snapshot. Pure.
 */
import type { WorkerSnapshot } from "../../protocol/snapshot_message.ts";
import { sortLostUsers } from "./lost_users.ts";
import type { Roster } from "./roster.ts";
import { describeIncidents, NO_INCIDENTS, type RosterChange, type RosterWorker } from "./roster_worker.ts";
import type { RunEvent } from "../run_event.ts";
import type { RunSettings } from "../run_settings.ts";

/** Undefined where no event is due: that a missing worker is now forgotten adds nothing. `settings`: of the run that is on. */
export function toRunEvent(change: RosterChange, workers: number, settings?: RunSettings): RunEvent | undefined {
  const { id, index } = change.worker;
  switch (change.kind) {
    case "joined":
      return { kind: "workerJoined", workerId: id, index, workers };
    case "returned":
      return { kind: "workerReturned", workerId: id, awayMs: change.awayMs };
    case "missing": {
      const { silentMs, users, usersByClass, brokenBy } = change;
      const lost = settings === undefined ? {} : sortLostUsers(usersByClass, settings);
      return { kind: "workerMissing", workerId: id, silentMs, users, ...lost, brokenBy };
    }
    case "troubled":
      return { kind: "workerTroubled", workerId: id, trouble: change.trouble };
    case "left":
      return { kind: "workerLeft", workerId: id, reason: change.reason };
    case "forgotten":
      return undefined;
  }
}

/** Each worker with what it has counted. One that is gone, or joins, is listed if it has counted something. */
export function snapshotWorkers(roster: Roster, requestsOf: (workerId: string) => number): WorkerSnapshot[] {
  return roster.list()
    .filter(({ id, state }) => (state !== "joining" && state !== "gone") || requestsOf(id) > 0)
    .map((worker) => ({
      id: worker.id,
      index: worker.index,
      host: worker.host,
      state: worker.state,
      users: worker.users,
      threads: worker.threads,
      requests: requestsOf(worker.id),
      ...(worker.socket === undefined ? {} : { socket: worker.socket }),
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
