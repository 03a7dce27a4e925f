/**
 * Makes the roles of users: a class, and in a run with scenarios the scenario that its user belongs to, with tasks,
 * host and options of that one. Roles are named as users are counted and placed: by class, or by scenario and class
 * (`protocol/scenario_message.ts`).
 */
import { deepFreeze } from "../../base/deep_freeze.ts";
import { scenarioClassKey, type ScenarioPlan } from "../../protocol/scenario_message.ts";
import type { Environment } from "../environment.ts";
import { planOf } from "../tasks/class_plans.ts";
import { filterByTags } from "../tasks/task_filter.ts";
import type { TaskPlan } from "../tasks/task_plan.ts";
import type { UserClass } from "../user_class.ts";

export interface UserRole {
  readonly key: string;
  readonly userClass: UserClass;
  /** Undefined: it belongs to none. */
  readonly scenario?: string;
  /** Undefined: what the class does in this run. */
  readonly tasks?: TaskPlan;
  /** Undefined: that of the thread. */
  readonly environment?: Environment;
}

/** The roles of a run by their keys. The plan has been applied to the classes. */
export function createRoles(
  scenarios: readonly ScenarioPlan[] | undefined,
  userClasses: ReadonlyMap<string, UserClass>,
  environment: Environment,
): ReadonlyMap<string, UserRole> {
  if (scenarios === undefined) {
    return new Map([...userClasses].map(([key, userClass]) => [key, { key, userClass }]));
  }
  return new Map(scenarios.flatMap((scenario) => {
    const own = createScenarioEnvironment(scenario, environment);
    return scenario.userClasses.flatMap((name): [string, UserRole][] => {
      const userClass = userClasses.get(name);
      if (userClass === undefined) return [];
      const key = scenarioClassKey(scenario.name, name);
      return [[key, {
        key,
        userClass,
        scenario: scenario.name,
        tasks: filterByTags(planOf(userClass), scenario),
        environment: own,
      }]];
    });
  }));
}

/**
 * The thread's environment with what is different in the scenario. A host of the run, or one that is set later, is
 * above the scenario's; its options are above those of the run, whenever these change.
 */
function createScenarioEnvironment({ name, host, options }: ScenarioPlan, environment: Environment): Environment {
  let [below, parsedOptions] = [environment.parsedOptions, deepFreeze({ ...environment.parsedOptions, ...options })];
  const readOptions = () => {
    if (below !== environment.parsedOptions) {
      below = environment.parsedOptions;
      parsedOptions = deepFreeze({ ...below, ...options });
    }
    return parsedOptions;
  };
  return Object.create(environment, {
    scenario: { value: name, enumerable: true },
    parsedOptions: { get: readOptions, enumerable: true },
    ...(host === undefined ? {} : { host: { get: () => environment.host ?? host, enumerable: true } }),
  }) as Environment;
}
