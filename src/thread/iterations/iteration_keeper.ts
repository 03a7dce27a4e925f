/** The numbers of iterations that a run asks for, as far as this thread has users of them: gives each user its quota, and counts. */
import type { IterationPlan, IterationsByPlan } from "../../protocol/iterations_message.ts";
import type { Iteration } from "../../user/running/iteration_gate.ts";
import { type IterationBudget, IterationCounter, PerUserBudget } from "./iteration_budget.ts";
import { UserQuota } from "./user_quota.ts";

interface KeptPlan {
  readonly name: string;
  readonly budget: IterationBudget;
  readonly counter: IterationCounter;
}

export class IterationKeeper {
  readonly #byClass = new Map<string, KeptPlan>();
  readonly #plans: readonly KeptPlan[];

  constructor(plans: readonly IterationPlan[]) {
    this.#plans = plans.map(({ name, userClasses, count }) => {
      const kept = { name, budget: new PerUserBudget(count), counter: new IterationCounter() };
      for (const userClass of userClasses) this.#byClass.set(userClass, kept);
      return kept;
    });
  }

  /** Undefined: users of this class make as many as they can. */
  quotaFor(className: string, iteration: Iteration): UserQuota | undefined {
    const kept = this.#byClass.get(className);
    return kept === undefined ? undefined : new UserQuota(iteration, kept.budget, kept.counter);
  }

  /** What was counted since the last call; undefined: nothing. */
  takeCounts(): IterationsByPlan | undefined {
    const counts = this.#plans.flatMap(({ name, counter }) => {
      const taken = counter.take();
      return taken === undefined ? [] : [[name, taken] as const];
    });
    return counts.length === 0 ? undefined : Object.fromEntries(counts);
  }
}
