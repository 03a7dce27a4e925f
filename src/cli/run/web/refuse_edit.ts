/**
 * Decides whether the load of a run may be changed as a person asks: what decides a load is not overridden from the
 * page. Pure.
 */
import type { Run } from "../../../master/run.ts";
import { Refusal } from "../../../server/answers/api_error.ts";
import type { EditOrder } from "../../../server/orders/run_control.ts";

/** A run, as far as it says what may be changed in it. */
export type EditedRun = Pick<Run, "settings" | "arrivals">;

/** The refusal of an order that the load of this run does not go with; undefined: it does. */
export function refuseEdit(order: EditOrder, { settings, arrivals }: EditedRun): Refusal | undefined {
  const refuse = (message: string, field: string) => new Refusal(422, message, field);
  const wantsUsers = (order.users ?? order.spawnRate) !== undefined;
  const { load, capacity, classes } = settings;
  if (load.kind === "scenarios") {
    const field = (["users", "spawnRate", "rate", "targetRate"] as const).find((key) => (order[key] ?? null) !== null);
    if (field !== undefined) {
      return refuse("Cannot edit the load: each scenario has its own; edit the locustfile", field);
    }
  }
  if (load.kind === "shape" && (wantsUsers || order.runTimeSeconds !== undefined)) {
    return refuse(`Cannot edit the load: the shape ${load.shape} decides it`, "users");
  }
  if (capacity !== undefined && (wantsUsers || (order.rate ?? undefined) !== undefined)) {
    return refuse("Cannot edit the load: a capacity search decides it; stop the run to end the search", "users");
  }
  if (arrivals !== undefined && classes.length === 0 && wantsUsers) {
    return refuse("Cannot edit the number of users: arrivals decide the load; change their rate", "users");
  }
  if ((order.rate ?? undefined) !== undefined && (arrivals === undefined || settings.arrivals === undefined)) {
    return refuse("Cannot edit the arrival rate: the run has users instead of arrivals", "rate");
  }
  if (order.targetRate !== undefined && (arrivals === undefined || settings.targets === undefined)) {
    return refuse("Cannot edit the target rate: no user class of the run has one", "targetRate");
  }
  return undefined;
}
