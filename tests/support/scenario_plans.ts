/** Plans of scenarios for tests. */
import type { ScenarioPlan } from "../../src/protocol/scenario_message.ts";

/** Ten users at once, from the start to the end of the run. */
export function planScenario(name: string, changes: Partial<ScenarioPlan> = {}): ScenarioPlan {
  return {
    name,
    userClasses: ["Shopper"],
    load: { kind: "users", users: 10, spawnRate: Infinity },
    start: { kind: "time", seconds: 0 },
    tags: [],
    excludeTags: [],
    options: {},
    ...changes,
  };
}
