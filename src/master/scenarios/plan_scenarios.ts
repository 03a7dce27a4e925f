/** The scenarios of a run as the master plans with them: a mix of classes for each, and a stream for each that is open. Pure. */
import { endCurve, parseArrivalRate, startCurve } from "../../load/arrivals/arrival_rate.ts";
import type { MixedClass } from "../../load/class_mix.ts";
import type { ScenarioMoment } from "../../load/scenarios/scenario_progress.ts";
import { scenarioLengthMs, scenarioTimes } from "../../load/scenarios/scenario_times.ts";
import { ScenarioUsers } from "../../load/scenarios/scenario_users.ts";
import type { RateCurve } from "../../protocol/arrivals_message.ts";
import type { IterationPlan } from "../../protocol/iterations_message.ts";
import { scenarioClassKey, type ScenarioPlan } from "../../protocol/scenario_message.ts";
import type { StreamSettings } from "../arrivals/divided_stream.ts";
import { DEFAULT_MAX_USERS } from "../arrivals/plan_arrivals.ts";
import type { RunSettings } from "../run_settings.ts";
import type { ScenarioMixes } from "../users/user_dispatch.ts";

/** Before its time, a stream has no arrivals. */
const NOT_YET: RateCurve = { countBefore: 0, points: [[0, 0]] };

/** The classes of each scenario, as their users are placed; none for one whose users come with arrivals. */
function scenarioMixes(
  plans: readonly ScenarioPlan[],
  classes: readonly MixedClass[],
): readonly (readonly MixedClass[])[] {
  return plans.map((plan) => plan.load.kind === "arrivals" ? [] : classesOf(plan, classes));
}

/** The classes of a run as its users are placed. */
export function mixesOf({ load, classes }: RunSettings): readonly MixedClass[] | ScenarioMixes {
  return load.kind === "scenarios" ? { mixes: scenarioMixes(load.scenarios, classes) } : classes;
}

/** The classes of closed scenarios with what they state, under the names of their users: those that keep a target rate. */
export function closedScenarioClasses<Class extends { readonly name: string }>(
  plans: readonly ScenarioPlan[],
  classes: readonly Class[],
): readonly Class[] {
  return plans.filter(({ load }) => load.kind !== "arrivals").flatMap((plan) =>
    classes.filter(({ name }) => plan.userClasses.includes(name))
      .map((each) => ({ ...each, name: scenarioClassKey(plan.name, each.name) }))
  );
}

/** Their numbers of iterations, under the names of the scenarios. */
export function scenarioIterations(plans: readonly ScenarioPlan[]): readonly IterationPlan[] {
  return plans.flatMap(({ name, userClasses, iterations, iterationsPerUser }): IterationPlan[] => {
    const count = iterations ?? iterationsPerUser;
    if (count === undefined) return [];
    const kind = iterations === undefined ? "perUser" : "shared";
    return [{ name, kind, count, userClasses: userClasses.map((each) => scenarioClassKey(name, each)) }];
  });
}

/** The streams of the open scenarios, in their order. */
export function scenarioStreams(
  plans: readonly ScenarioPlan[],
  classes: readonly MixedClass[],
): readonly StreamSettings[] {
  return plans.flatMap((plan): StreamSettings[] => {
    if (plan.load.kind !== "arrivals") return [];
    const { pattern } = parseArrivalRate(plan.load.rate);
    const startMs = plan.start.kind === "time" ? plan.start.seconds * 1000 : undefined;
    return [{
      pattern,
      curve: scenarioCurve(plan, startMs),
      classes: classesOf(plan, classes).map(({ name, weight }) => ({ name, weight })),
      maxUsers: plan.load.maxUsers ?? DEFAULT_MAX_USERS,
      ...(plan.iterations === undefined ? {} : { count: plan.iterations }),
    }];
  });
}

/** The arrivals of a scenario over the time of the run. `startMs`: undefined while it is not known. */
export function scenarioCurve(plan: ScenarioPlan, startMs: number | undefined): RateCurve {
  if (startMs === undefined || plan.load.kind !== "arrivals") return NOT_YET;
  const lengthMs = scenarioLengthMs(plan);
  const { curve } = parseArrivalRate(plan.load.rate);
  return startCurve(endCurve(curve, lengthMs === Infinity ? undefined : lengthMs), startMs, 0);
}

/** The streams with the starts that are known by now. */
export function resumeStreams(
  streams: readonly StreamSettings[],
  plans: readonly ScenarioPlan[],
  moments: readonly ScenarioMoment[],
): readonly StreamSettings[] {
  const open = plans.filter(({ load }) => load.kind === "arrivals");
  return streams.map((stream, i) => {
    const plan = open[i];
    const startMs = moments.find(({ name }) => name === plan?.name)?.startMs;
    return plan === undefined || startMs === undefined ? stream : { ...stream, curve: scenarioCurve(plan, startMs) };
  });
}

/**
 * The most users that run at the same time for certain: of the scenarios that start at a time, and of each other one by
 * itself, as when it starts is not known exactly.
 */
export function peakOfScenarios(plans: readonly ScenarioPlan[], limitMs: number): number {
  const times = scenarioTimes(plans);
  const lines = plans.map((plan, i) => ({
    plan,
    users: new ScenarioUsers(plan.load),
    ...(times[i] as (typeof times)[number]),
  }));
  const timed = lines.filter(({ plan, startMs }) => plan.start.kind === "time" && startMs < limitMs);
  const usersAt = (ms: number) =>
    timed.reduce(
      (sum, { users, startMs, endMs }) =>
        sum + (ms >= startMs && ms < Math.min(endMs, limitMs) ? users.at(ms - startMs).users : 0),
      0,
    );
  const corners = timed.flatMap(({ users, startMs, endMs }) => [
    ...users.corners.map(([ms]) => startMs + ms),
    ...(endMs === Infinity ? [] : [endMs]),
  ]).filter((ms) => ms <= limitMs);
  // A number is reached at a corner, or just before it.
  const together = corners.flatMap((ms) => [usersAt(ms), usersAt(ms - 1e-3)]);
  const alone = lines.filter(({ plan, startMs }) => plan.start.kind === "scenario" && startMs < limitMs)
    .map(({ plan, users }) => {
      const lengthMs = scenarioLengthMs(plan);
      return lengthMs === Infinity
        ? users.peak
        : Math.max(0, ...users.corners.map(([ms]) => users.at(Math.min(ms, lengthMs - 1)).users));
    });
  return Math.max(0, ...together, ...alone);
}

function classesOf(plan: ScenarioPlan, classes: readonly MixedClass[]): readonly MixedClass[] {
  return plan.userClasses.flatMap((name): MixedClass[] => {
    const found = classes.find((each) => each.name === name);
    if (found === undefined) return [];
    // A scenario that names a class wants it, also one that is switched off elsewhere.
    const weight = found.weight > 0 || found.fixedCount > 0 ? found.weight : 1;
    return [{ name: scenarioClassKey(plan.name, name), weight, fixedCount: found.fixedCount }];
  });
}
