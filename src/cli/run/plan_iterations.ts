/** The numbers of iterations that `--iterations` and `--iterations-per-user` ask for, as the plan of a run has them. Pure. */
import type { IterationPlan } from "../../protocol/iterations_message.ts";
import type { RunOptions } from "../options/options.ts";

/** `classes`: those whose users run all the time. Undefined: no number was asked for. */
export function planIterations(
  { iterationsPerUser }: Pick<RunOptions, "iterationsPerUser">,
  classes: readonly { readonly name: string }[],
): readonly IterationPlan[] | undefined {
  if (iterationsPerUser === undefined || classes.length === 0) return undefined;
  return [{ name: "", userClasses: classes.map(({ name }) => name), kind: "perUser", count: iterationsPerUser }];
}

/** What stands against a number of iterations, now that the classes are known. */
export function findIterationProblems(
  { iterationsPerUser }: Pick<RunOptions, "iterationsPerUser">,
  classes: readonly { readonly name: string; readonly arrivalRate?: string | number }[],
): readonly string[] {
  const open = classes.find(({ arrivalRate }) => arrivalRate !== undefined);
  if (iterationsPerUser === undefined || open === undefined) return [];
  return [
    `Cannot use --iterations-per-user: ${open.name} has an arrivalRate, so each arrival is an iteration of its own; ` +
    "leave the option out, or name the other classes behind the locustfile",
  ];
}
