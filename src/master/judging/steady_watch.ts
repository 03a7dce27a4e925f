/**
 * Finds whether a run with a warm-up that is over has a steady part: without one its headline figures are those of the whole run, and thresholds have
 * nothing to be judged by. Passes every event on.
 */
import type { UnsteadyRun } from "../../stats/verdict/evidence.ts";
import type { PhaseBegan, RunEventSink } from "../run_event.ts";

export interface SteadyWatch {
  readonly sink: RunEventSink;
  /** Undefined without a warm-up, before the load has ended, and where there is a steady part. */
  readonly unsteady: () => UnsteadyRun | undefined;
}

export function watchSteadyPart(warmUpSeconds: number | undefined, events: RunEventSink): SteadyWatch {
  /** Since the last ramp upwards. */
  let phases: readonly PhaseBegan[] = [];
  return {
    sink(event) {
      if (event.kind === "phaseBegan") phases = event.phase === "ramp" ? [event] : [...phases, event];
      events(event);
    },
    unsteady() {
      const end = phases.at(-1);
      if (warmUpSeconds === undefined || end?.phase !== "coolDown") return undefined;
      const endedIn = phases.at(-2)?.phase;
      const isOver = endedIn === "warmUp" && end.elapsedMs >= warmUpSeconds * 1000; // it waited for reports
      if (isOver) return { endedIn: "steady", warmUpSeconds };
      if (endedIn === "ramp" || endedIn === "warmUp") return { endedIn, warmUpSeconds };
      const [from, to] = [phases.at(-2)?.ledger, end.ledger];
      if (from?.loadMs === undefined || to?.loadMs === undefined) return undefined;
      const reportedMs = to.loadMs - (to.resets === from.resets ? from.loadMs : 0);
      return reportedMs > 0 ? undefined : { endedIn: "steady", warmUpSeconds };
    },
  };
}
