/** Some of the scenarios of a locustfile. What waits for one that is not among them starts at once. Pure. */
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";

/** In the order of the plans. */
export function pickScenarios<Plan extends ScenarioPlan>(plans: readonly Plan[], isPicked: (name: string) => boolean) {
  const picked = plans.filter(({ name }) => isPicked(name));
  return picked.map((plan): Plan => {
    const { start } = plan;
    const canStart = start.kind === "time" || picked.some(({ name }) => name === start.name);
    return canStart ? plan : { ...plan, start: { kind: "time", seconds: 0 } };
  });
}
