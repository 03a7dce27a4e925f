/** Sorts the users of a worker that is lost by what becomes of them. Pure. */
import type { IterationPlan } from "../../protocol/iterations_message.ts";
import type { UsersByClass } from "../../protocol/worker_message.ts";

/** Numbers of users; the others are started anew by other workers. A kind that is not there is left out. */
export interface LostUsers {
  /** They make a number of iterations each, of which nobody knows how many are left. */
  readonly ended?: number;
  /** They served arrivals, which other workers start from now on with users of their own. */
  readonly serving?: number;
}

/** Of the settings of a run. */
export interface LoadedClasses {
  readonly plan: { readonly iterations?: readonly IterationPlan[] };
  readonly arrivals?: readonly { readonly classes: readonly { readonly name: string }[] }[];
}

export function sortLostUsers(users: UsersByClass, { plan, arrivals = [] }: LoadedClasses): LostUsers {
  const once = (plan.iterations ?? []).flatMap(({ kind, userClasses }) => kind === "perUser" ? userClasses : []);
  const open = arrivals.flatMap(({ classes }) => classes.map(({ name }) => name));
  const ended = countUsers(users, once.filter((name) => !open.includes(name)));
  const serving = countUsers(users, open);
  return { ...(ended === 0 ? {} : { ended }), ...(serving === 0 ? {} : { serving }) };
}

function countUsers(users: UsersByClass, classes: readonly string[]): number {
  return [...new Set(classes)].reduce((sum, name) => sum + (users[name] ?? 0), 0);
}
