/** The numbers of iterations that `--iterations` and `--iterations-per-user` ask for, as the plan of a run has them. Pure. */
import type { IterationPlan } from "../../../protocol/iterations_message.ts";
import type { RunOptions } from "../../options/reading/options.ts";

type Numbers = Pick<RunOptions, "iterations" | "iterationsPerUser">;

/** `classes`: those whose users run all the time; where there are none, those of arrivals. Undefined: no number was asked for. */
export function planIterations(
  { iterations, iterationsPerUser }: Numbers,
  classes: readonly { readonly name: string }[],
): readonly IterationPlan[] | undefined {
  const userClasses = classes.map(({ name }) => name);
  if (iterations !== undefined) return [{ name: "", userClasses, kind: "shared", count: iterations }];
  if (iterationsPerUser !== undefined) return [{ name: "", userClasses, kind: "perUser", count: iterationsPerUser }];
  return undefined;
}

type IterationOptions = Numbers & Pick<RunOptions, "rate" | "users" | "stages" | "web">;

/** What stands against a number of iterations, now that the classes are known. */
export function findIterationProblems(
  { iterations, iterationsPerUser, rate, users, stages, web }: IterationOptions,
  classes: readonly { readonly name: string; readonly arrivalRate?: string | number }[],
): readonly string[] {
  const open = classes.find(({ arrivalRate }) => arrivalRate !== undefined);
  if (rate !== undefined) return [];
  if (open === undefined) {
    const flag = iterations !== undefined
      ? "--iterations"
      : iterationsPerUser !== undefined
      ? "--iterations-per-user"
      : "";
    if (flag === "" || users > 0 || stages !== undefined || web) return [];
    return [`Cannot use ${flag} with --users 0: nobody would make them, and the run would not end; write -u 1 or more`];
  }
  if (iterationsPerUser !== undefined) {
    return [
      `Cannot use --iterations-per-user: ${open.name} has an arrivalRate, so each arrival is an iteration; ` +
      "leave the option out, or name the other classes after the locustfile",
    ];
  }
  if (iterations === undefined || classes.length === 1) return [];
  return [
    `Cannot use --iterations: ${open.name} has an arrivalRate and is not the only class, so it is not clear whose they are; ` +
    "name one class after the locustfile, or give all of them one rate with --rate",
  ];
}
