/**
 * Collects the scenarios that a locustfile exports: `export const scenarios = { browse: { users: Visitor, … } }`.
 * Several files add up. Checks each, and what they say of each other; a problem names its scenario, file and line.
 * Pure.
 */
import { describeKind } from "../../base/given_text.ts";
import { findObjectName } from "../../base/object_names.ts";
import { parseArrivalRate } from "../../load/arrivals/arrival_rate.ts";
import { CurveReader } from "../../load/arrivals/rate_curve.ts";
import { rampDurationMs, rampUsers } from "../../load/ramp.ts";
import { findCircle, scenarioLengthMs } from "../../load/scenarios/scenario_times.ts";
import type { CustomArgument } from "../../protocol/locustfile_description.ts";
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";
import type { UserClass } from "../user_class.ts";
import { readScenario } from "./scenario_fields.ts";
import { findScenarioLine } from "./scenario_place.ts";

interface ScenarioModule {
  readonly file: string;
  readonly exports: Readonly<Record<string, unknown>>;
}

export interface CollectedScenarios {
  readonly plans: readonly ScenarioPlan[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export interface ScenarioContext {
  readonly userClasses: ReadonlyMap<string, UserClass>;
  readonly arguments: readonly CustomArgument[];
  readonly readText: (file: string) => string | undefined;
}

/** `--scenario none`: the locustfile runs without them. */
export const NO_SCENARIOS = "none";

/** Each is a row of a table and a line of a chart: more are data, and not scenarios. */
const MAX_SCENARIOS = 50;

const NAME = /^[\p{L}_][\p{L}\p{N}_.-]{0,63}$/u;
const FORM = "export const scenarios = { browse: { users: Visitor, userCount: 10 } }";

interface Stated {
  readonly name: string;
  readonly value: unknown;
  readonly file: string;
}

export function collectScenarios(modules: readonly ScenarioModule[], context: ScenarioContext): CollectedScenarios {
  const problems: string[] = [];
  const stated: Stated[] = [];
  for (const { file, exports } of modules) {
    const { scenarios } = exports;
    if (scenarios === undefined) continue;
    if (!isListOfNames(scenarios)) {
      problems.push(`Cannot use the scenarios of ${file}: they are ${describeKind(scenarios)}; ${FORM}`);
      continue;
    }
    const entries = Object.entries(scenarios);
    if (entries.length === 0) problems.push(`Cannot use the scenarios of ${file}: there is none; ${FORM}`);
    stated.push(...entries.map(([name, value]) => ({ name, value, file })));
  }
  if (stated.length > MAX_SCENARIOS) {
    problems.push(`Cannot use ${stated.length} scenarios: there may be ${MAX_SCENARIOS}; put classes together in one`);
  }
  const complain = ({ name, file }: Stated, problem: string, key?: string) => {
    const source = context.readText(file);
    const line = source === undefined ? undefined : findScenarioLine(source, name, key);
    const place = `${file}${line === undefined ? "" : `:${line}`}`;
    problems.push(`Cannot use the scenario "${name}" of ${place}: ${problem}`);
  };
  const byClass = new Map<unknown, string>([...context.userClasses].map(([name, value]) => [value, name]));
  const scenarioNames = stated.map(({ name }) => name);
  const plans: ScenarioPlan[] = [];
  for (const each of stated) {
    if (each.name === NO_SCENARIOS) {
      complain(each, `its name cannot be used: --scenario ${NO_SCENARIOS} runs without scenarios; give it another one`);
    } else if (findObjectName(each.name) !== undefined) complain(each, findObjectName(each.name) as string);
    else if (!NAME.test(each.name)) {
      complain(each, "its name cannot be used; write a letter, then up to 63 letters, digits, _, - or .");
    }
    if (scenarioNames.indexOf(each.name) !== stated.indexOf(each)) {
      complain(each, "there is another one of this name; rename one");
    }
    const { plan, problems: found } = readScenario(each.name, each.value, {
      nameOf: (value) => byClass.get(value),
      scenarioNames,
      arguments: context.arguments,
      openClass: (name) => openStatics(context.userClasses.get(name)),
    });
    for (const { key, problem } of found) complain(each, problem, key);
    if (plan !== undefined) plans.push(plan);
  }
  for (const { name, problem, key } of findBadStarts(plans)) {
    const at = stated.find((each) => each.name === name);
    if (at !== undefined) complain(at, problem, key);
  }
  const shortfalls = () => plans.flatMap((plan) => [...describeShortfall(plan), ...describeShortRamp(plan)]);
  return { plans, problems, warnings: problems.length > 0 ? [] : shortfalls() };
}

/** Of a module as well, but not of a map, a promise or a list. */
function isListOfNames(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  return !(Array.isArray(value) || value instanceof Map || value instanceof Set || value instanceof Promise);
}

/** A class may state anything: what is wrong with it is said of the class. */
function openStatics(userClass: UserClass | undefined): { arrivalRate?: string | number; maxUsers?: number } {
  const { arrivalRate, maxUsers }: { arrivalRate?: unknown; maxUsers?: unknown } = userClass ?? {};
  return {
    ...(typeof arrivalRate === "string" || typeof arrivalRate === "number" ? { arrivalRate } : {}),
    ...(typeof maxUsers === "number" ? { maxUsers } : {}),
  };
}

/** Scenarios that would never start: in a circle, or after one that has no end. */
function findBadStarts(
  plans: readonly ScenarioPlan[],
): readonly { readonly name: string; readonly problem: string; readonly key: string }[] {
  const circle = findCircle(plans);
  if (circle !== undefined) {
    const problem = `scenarios wait for each other in a circle (${circle.join(" → ")}); let one start at a time`;
    return [{ name: circle[0] as string, problem, key: "startAfter" }];
  }
  return plans.flatMap(({ name, start }) => {
    const other = start.kind === "scenario" ? plans.find((each) => each.name === start.name) : undefined;
    if (other === undefined || scenarioLengthMs(other) !== Infinity || hasIterations(other)) return [];
    const problem = `it starts after "${other.name}", which never ends; give that one a runTime`;
    return [{ name, problem, key: "startAfter" }];
  });
}

function hasIterations({ iterations, iterationsPerUser }: ScenarioPlan): boolean {
  return iterations !== undefined || iterationsPerUser !== undefined;
}

/** Arrivals end at a time: it is known before that they do not make up the number. */
function describeShortfall(plan: ScenarioPlan): readonly string[] {
  const { name, load, iterations } = plan;
  if (load.kind !== "arrivals" || iterations === undefined) return [];
  const lengthMs = scenarioLengthMs(plan);
  if (lengthMs === Infinity) return [];
  const arrivals = Math.ceil(new CurveReader(parseArrivalRate(load.rate).curve).countAt(lengthMs) - 1e-6);
  if (arrivals >= iterations) return [];
  return [`Scenario "${name}" asks for ${iterations} iterations, and ${arrivals} arrivals come before its end`];
}

/** Its time is over before all of its users have started, as with the usual rate of one a second. */
function describeShortRamp({ name, load, runTimeSeconds }: ScenarioPlan): readonly string[] {
  if (load.kind !== "users" || runTimeSeconds === undefined) return [];
  const { users, spawnRate } = load;
  const rampSeconds = rampDurationMs(0, users, spawnRate) / 1000;
  if (rampSeconds < runTimeSeconds) return [];
  const started = rampUsers(0, users, spawnRate, runTimeSeconds * 1000 - 1);
  return [
    `Scenario "${name}" ends after ${runTimeSeconds} s with ${started} of its ${users} users: at ${spawnRate}/s they take ${
      Number(rampSeconds.toFixed(1))
    } s to start; give it a larger spawnRate, or a longer runTime`,
  ];
}
