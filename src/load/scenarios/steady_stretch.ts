/**
 * The steady part of several scenarios: the longest time in which none of them starts, ends, or changes its number of
 * users or its rate. What waits for the end of another one is put where that is expected, until it has begun. Pure.
 */
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";
import { parseArrivalRate } from "../arrivals/arrival_rate.ts";
import type { ScenarioMoment } from "./scenario_progress.ts";
import { expectedLengthMs } from "./scenario_times.ts";
import { ScenarioUsers } from "./scenario_users.ts";

export interface Stretch {
  readonly fromMs: number;
  /** Infinity: the load never changes again. */
  readonly toMs: number;
}

/** The load of a scenario over the time of the run, with straight parts between its corners. */
interface Line {
  readonly fromMs: number;
  readonly toMs: number;
  readonly corners: readonly (readonly [ms: number, value: number])[];
}

/** `limitMs`: the end of the run, if it has one. Undefined: the load changes all the time. */
export function findSteadyStretch(
  plans: readonly ScenarioPlan[],
  moments: readonly ScenarioMoment[],
  runMs: number,
  limitMs = Infinity,
): Stretch | undefined {
  const lines = linesOf(plans, moments, runMs);
  const times = [...new Set([0, limitMs, ...lines.flatMap(timesOf)])].filter((ms) => ms <= limitMs).sort((a, b) =>
    a - b
  );
  let best: Stretch | undefined;
  let now: { readonly fromMs: number; readonly loads: string } | undefined;
  times.slice(0, -1).forEach((fromMs, i) => {
    const toMs = times[i + 1] as number;
    const loads = lines.map((line) => loadIn(line, fromMs, toMs));
    const isSteady = !loads.includes("changes") && loads.some((load) => load !== "none");
    const key = loads.join();
    if (!isSteady) now = undefined;
    else if (now?.loads !== key) now = { fromMs, loads: key };
    if (now !== undefined && toMs - now.fromMs > (best === undefined ? 0 : best.toMs - best.fromMs)) {
      best = { fromMs: now.fromMs, toMs };
    }
  });
  return best;
}

function linesOf(plans: readonly ScenarioPlan[], moments: readonly ScenarioMoment[], runMs: number): readonly Line[] {
  const known = new Map<string, Line>();
  const lineOf = (plan: ScenarioPlan): Line => {
    const found = known.get(plan.name);
    if (found !== undefined) return found;
    const moment = moments.find(({ name }) => name === plan.name);
    const { start } = plan;
    const before = start.kind === "scenario" ? plans.find(({ name }) => name === start.name) : undefined;
    const expectedMs = start.kind === "time"
      ? start.seconds * 1000
      : before === undefined
      ? Infinity
      : lineOf(before).toMs;
    const fromMs = moment?.startMs ?? Math.max(expectedMs, runMs);
    const line = {
      fromMs,
      toMs: moment?.overMs ?? fromMs + expectedLengthMs(plan),
      corners: fromMs === Infinity ? [] : cornersOf(plan).map(([ms, value]) => [fromMs + ms, value] as const),
    };
    known.set(plan.name, line);
    return line;
  };
  return plans.map(lineOf);
}

function cornersOf({ load }: ScenarioPlan): readonly (readonly [ms: number, value: number])[] {
  return load.kind === "arrivals" ? parseArrivalRate(load.rate).curve.points : new ScenarioUsers(load).corners;
}

function timesOf({ fromMs, toMs, corners }: Line): readonly number[] {
  return [fromMs, ...corners.map(([ms]) => ms).filter((ms) => ms < toMs), toMs];
}

/** Its load between two of the times, as text; it has no corner between them. */
function loadIn({ fromMs, toMs, corners }: Line, from: number, to: number): string {
  if (to <= fromMs || from >= toMs) return "none";
  const [, begin] = corners.findLast(([ms]) => ms <= from) ?? [0, 0];
  const next = corners.find(([ms]) => ms > from);
  return next === undefined || next[1] === begin ? String(begin) : "changes";
}
