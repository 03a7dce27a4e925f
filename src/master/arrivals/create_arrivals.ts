/**
 * Makes the arrivals of a run from its settings: those of all classes with an arrival rate, and the task starts of
 * those with a target rate.
 */
import { RunArrivals, type RunArrivalsOptions } from "./run_arrivals.ts";
import type { RunSettings } from "../run_settings.ts";

/** Undefined where no class has an arrival rate or a target rate. */
export function createArrivals(
  { plan, arrivals = [], targets = [], classes }: RunSettings,
  means: Pick<
    RunArrivalsOptions,
    "roster" | "runMs" | "clock" | "machineClock" | "send" | "join" | "events" | "countUsers" | "health"
  >,
): RunArrivals | undefined {
  const streams = [...arrivals, ...targets];
  if (streams.length === 0) return undefined;
  const { runId, seed } = plan;
  return new RunArrivals({ ...means, runId, seed, streams, mixed: classes.length > 0 });
}
