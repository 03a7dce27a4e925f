/** A scenario in words, for people who read a list of them. Pure. */
import { formatAmount } from "../../base/text/text.ts";
import { formatElapsed } from "../../base/units.ts";
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";
import { shortenRate } from "../arrivals/arrival_rate.ts";
import { ScenarioUsers } from "./scenario_users.ts";

/** `Buyer: arrivals at 10/s for 4:00 from 1:00 on, at most 200 users, tags: buy` */
export function describeScenario(plan: ScenarioPlan): string {
  const { userClasses, start, runTimeSeconds, host, tags, excludeTags, options } = plan;
  const parts = [
    `${describeLoad(plan)}${runTimeSeconds === undefined ? "" : ` for ${formatElapsed(runTimeSeconds * 1000)}`}${
      start.kind === "scenario"
        ? ` after ${start.name}`
        : start.seconds === 0
        ? ""
        : ` from ${formatElapsed(start.seconds * 1000)} on`
    }`,
    ...(plan.load.kind === "arrivals" && plan.load.maxUsers !== undefined
      ? [`at most ${formatAmount(plan.load.maxUsers, "user")}`]
      : []),
    ...(plan.iterations === undefined ? [] : [formatAmount(plan.iterations, "iteration")]),
    ...(plan.iterationsPerUser === undefined ? [] : [`${formatAmount(plan.iterationsPerUser, "iteration")} per user`]),
    ...(host === undefined ? [] : [`host ${host}`]),
    ...(tags.length === 0 ? [] : [`tags: ${tags.join(" ")}`]),
    ...(excludeTags.length === 0 ? [] : [`without tags: ${excludeTags.join(" ")}`]),
    ...(Object.keys(options).length === 0 ? [] : [`options: ${Object.keys(options).join(" ")}`]),
  ];
  return `${userClasses.join(", ")}: ${parts.join(", ")}`;
}

function describeLoad({ load }: ScenarioPlan): string {
  switch (load.kind) {
    case "arrivals":
      return `arrivals at ${shortenRate(load.rate)}${/^[\d.]+$/.test(load.rate) ? "/s" : ""}`;
    case "users":
      return load.users === 1 ? "1 user" : `${load.users} users at ${load.spawnRate}/s`;
    case "stages":
      return `up to ${formatAmount(new ScenarioUsers(load).peak, "user")} in ${
        formatAmount(load.stages.length, "stage")
      }`;
  }
}
