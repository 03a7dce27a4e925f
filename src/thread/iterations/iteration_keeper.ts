/**
 * The numbers of iterations that a run asks for, as far as this thread has users of them: gives each user its quota,
 * and counts.
 */
import type { IterationPlan, IterationsByPlan } from "../../protocol/iterations_message.ts";
import type { Iteration } from "../../user/lifecycle/iteration_gate.ts";
import type { Lease } from "../../user/cluster/lease.ts";
import { type IterationBudget, IterationCounter, PerUserBudget, SharedBudget, UNLIMITED } from "./iteration_budget.ts";
import { UserQuota } from "./user_quota.ts";

interface KeptPlan {
  readonly name: string;
  readonly budget: IterationBudget;
  readonly counter: IterationCounter;
  /** An iteration of a user that runs all the time has ended. */
  readonly onEnd: () => void;
}

export class IterationKeeper {
  readonly #byClass = new Map<string, KeptPlan>();
  readonly #plans: readonly KeptPlan[];

  /**
   * `leaseOf`: this thread's part of a number that all users share. `onSpent`: no iteration of such a plan is under way
   * here, and none can begin without an answer of the master, as long as `isSpent` says so.
   */
  constructor(
    plans: readonly IterationPlan[],
    leaseOf: (plan: IterationPlan, onGivenBack: () => void) => Pick<Lease, "next" | "isEnded" | "isEmpty">,
    onSpent: (isSpent: () => boolean) => void,
  ) {
    this.#plans = plans.map((plan) => {
      const { name, kind, userClasses, count } = plan;
      const counter = new IterationCounter();
      const isSpent = () => counter.open === 0 && !budget.hasAtHand;
      const onEnd = () => isSpent() && onSpent(isSpent);
      const budget: IterationBudget = kind === "shared"
        ? new SharedBudget(() => leaseOf(plan, onEnd)) // other threads may make the last ones, with what went back
        : new PerUserBudget(count);
      const kept = { name, budget, counter, onEnd };
      for (const userClass of userClasses) this.#byClass.set(userClass, kept);
      return kept;
    });
  }

  /** Undefined: users of this class make as many as they can. */
  quotaFor(className: string, iteration: Iteration): UserQuota | undefined {
    const kept = this.#byClass.get(className);
    return kept === undefined ? undefined : new UserQuota(iteration, kept.budget, kept.counter, kept.onEnd);
  }

  /** The same of a user that serves arrivals: it counts, and ends nobody. */
  counterFor(className: string, iteration: Iteration): UserQuota | undefined {
    const kept = this.#byClass.get(className);
    return kept === undefined ? undefined : new UserQuota(iteration, UNLIMITED, kept.counter);
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
