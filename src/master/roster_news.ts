/** A change in the roster as the run event that tells of it. Pure. */
import type { RosterChange } from "./roster_worker.ts";
import type { RunEvent } from "./run_event.ts";

/** Undefined: nobody needs to hear of it again (a worker that was missing is now forgotten). */
export function toRunEvent(change: RosterChange, workers: number): RunEvent | undefined {
  const { id, index } = change.worker;
  switch (change.kind) {
    case "joined":
      return { kind: "workerJoined", workerId: id, index, workers };
    case "returned":
      return { kind: "workerReturned", workerId: id, awayMs: change.awayMs };
    case "missing": {
      const { silentMs, users, brokenBy } = change;
      return { kind: "workerMissing", workerId: id, silentMs, users, brokenBy };
    }
    case "troubled":
      return { kind: "workerTroubled", workerId: id, trouble: change.trouble };
    case "left":
      return { kind: "workerLeft", workerId: id, reason: change.reason };
    case "forgotten":
      return undefined;
  }
}
