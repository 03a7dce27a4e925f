/**
 * Which scenarios of a locustfile run: those that `--scenario` names, else all. They are the whole load, so what else
 * would decide it is refused. Finds all problems at once. Pure.
 */
import { formatElapsed } from "../../../base/units.ts";
import { pickScenarios } from "../../../load/scenarios/pick_scenarios.ts";
import { scenarioTimes } from "../../../load/scenarios/scenario_times.ts";
import { nearest } from "../../../base/hints/near_miss.ts";
import type { LocustfileDescription, UserClassDescription } from "../../../protocol/locustfile_description.ts";
import type { ScenarioPlan } from "../../../protocol/scenario_message.ts";
import { NO_SCENARIOS } from "../../../user/scenarios/collect_scenarios.ts";
import { keepTasks } from "./kept_tasks.ts";
import type { RunOptions } from "../reading/options.ts";

export interface ScenarioChoice {
  /** Undefined: the run has none. */
  readonly scenarios: readonly ScenarioPlan[] | undefined;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

export type ScenarioOptions = Pick<
  RunOptions,
  "scenario" | "given" | "userClasses" | "shape" | "tags" | "excludeTags" | "runTimeSeconds"
>;

/** Options that decide a load, by what they would change; a capacity search has its own sentence (`find_max.ts`). */
const LOAD_OPTIONS = [
  "users",
  "spawn-rate",
  "stages",
  "rate",
  "max-users",
  "shape",
  "iterations",
  "iterations-per-user",
  "class-picker",
];

/** `defaultShape`: the word for no shape. */
export function chooseScenarios(
  description: LocustfileDescription,
  options: ScenarioOptions,
  defaultShape: string,
): ScenarioChoice {
  const known = description.scenarios ?? [];
  const asked = [...new Set(options.scenario)];
  if (known.length === 0) return { scenarios: undefined, problems: asked.flatMap(refuseWithout), warnings: [] };
  if (asked.length === 1 && asked[0] === NO_SCENARIOS) return { scenarios: undefined, problems: [], warnings: [] };
  const names = known.map(({ name }) => name);
  const unknown = asked.filter((name) => !names.includes(name)).map((name) => refuseUnknown(name, names));
  const picked = asked.length === 0 ? known : known.filter(({ name }) => asked.includes(name));
  const scenarios = pickScenarios(known, (name) => picked.some((plan) => plan.name === name));
  return {
    scenarios,
    problems: [
      ...unknown,
      ...findMixedLoads(description, options, defaultShape),
      ...scenarios.flatMap((plan) => findEmptied(plan, description.userClasses, options)),
    ],
    warnings: [
      ...findIdleClasses(description),
      ...picked.flatMap(({ name, start }, i) =>
        start.kind === "scenario" && scenarios[i]?.start.kind === "time"
          ? [`The scenario ${name} starts at once: ${start.name}, which it waits for, is not picked`]
          : []
      ),
      ...findLateStarts(scenarios, options.runTimeSeconds),
    ],
  };
}

/** `--scenario none` runs them. */
function findIdleClasses({ scenarios = [], userClasses }: LocustfileDescription): readonly string[] {
  const used = new Set(scenarios.flatMap((plan) => plan.userClasses));
  return userClasses.filter(({ name }) => !used.has(name)).map(({ name }) =>
    `Class "${name}" is in no scenario: it has no users`
  );
}

/** As far as starts are known before. */
function findLateStarts(scenarios: readonly ScenarioPlan[], runTimeSeconds: number | undefined): readonly string[] {
  if (runTimeSeconds === undefined) return [];
  return scenarioTimes(scenarios).filter(({ startMs }) => startMs !== Infinity && startMs >= runTimeSeconds * 1000)
    .map(({ name, startMs }) =>
      `The scenario ${name} would start at ${
        formatElapsed(startMs)
      }: by then the run has ended (-t), and it does not start`
    );
}

/** The classes of the scenarios, in the order of the file. */
export function classesOfScenarios(
  scenarios: readonly ScenarioPlan[],
  { userClasses }: LocustfileDescription,
): readonly UserClassDescription[] {
  return userClasses.filter(({ name }) => scenarios.some((plan) => plan.userClasses.includes(name)));
}

function refuseWithout(name: string): readonly string[] {
  return name === NO_SCENARIOS
    ? []
    : [`Cannot pick --scenario "${name}": the locustfile exports no scenarios; leave it out`];
}

function refuseUnknown(name: string, names: readonly string[]): string {
  const meant = nearest(name, names);
  const advice = meant === undefined ? "choose from" : `did you mean "${meant}"? There are`;
  return `Cannot pick --scenario "${name}": the locustfile has no such scenario; ${advice} ${names.join(", ")}`;
}

function findMixedLoads(
  { shapes }: LocustfileDescription,
  { given, userClasses, shape }: ScenarioOptions,
  defaultShape: string,
): readonly string[] {
  const hasNoShape = shape === defaultShape;
  const mixed = LOAD_OPTIONS.filter((name) => given.has(name) && !(name === "shape" && hasNoShape));
  const [shapeClass] = shapes;
  const way = "leave it out, or run without scenarios by --scenario none";
  return [
    ...mixed.map((name) => `Cannot use --${name} with scenarios: each of them has its own load; ${way}`),
    ...(userClasses.length === 0 ? [] : [
      `Cannot choose ${
        userClasses.join(", ")
      } with scenarios: each of them names its user classes; pick by --scenario, or ` +
      "run without scenarios by --scenario none",
    ]),
    ...(shapeClass === undefined || hasNoShape || given.has("shape") ? [] : [
      `Cannot use the shape ${shapeClass.name} with scenarios: both decide the load; export one of them, or say ` +
      `--shape ${defaultShape} or --scenario none`,
    ]),
  ];
}

/** A user without a task would do nothing. */
function findEmptied(
  plan: ScenarioPlan,
  userClasses: readonly UserClassDescription[],
  options: Pick<ScenarioOptions, "tags" | "excludeTags">,
): readonly string[] {
  return userClasses.filter(({ name, tasks }) =>
    plan.userClasses.includes(name) && tasks.length > 0 && keepTasks(keepTasks(tasks, options), plan).length === 0
  ).map(({ name }) =>
    `Cannot run the scenario "${plan.name}": no task of ${name} is left after its tags and those of the command line; ` +
    '"locust-ts check FILE" shows the tags'
  );
}
