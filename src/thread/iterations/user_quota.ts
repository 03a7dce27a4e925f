/** The iterations of one user: begins those that the budget of its plan has, and ends the user when there are no more. */
import type { GatedUser, Iteration } from "../../user/running/iteration_gate.ts";
import type { IterationQuota } from "../../user/running/iteration_quota.ts";
import type { RunningUser, UserEnd } from "../../user/running/running_user.ts";
import type { IterationBudget, IterationCounter, WaitingUser } from "./iteration_budget.ts";

export class UserQuota implements IterationQuota, WaitingUser {
  /** Set when it has been started, before its first task. */
  running: Pick<RunningUser, "stop"> | undefined;
  readonly iteration: Iteration;
  readonly #budget: IterationBudget;
  readonly #counter: IterationCounter;
  #user: Pick<GatedUser, "idle" | "endIdle"> | undefined;
  #begun = 0;
  #isOpen = false;

  constructor(iteration: Iteration, budget: IterationBudget, counter: IterationCounter) {
    this.iteration = iteration;
    this.#budget = budget;
    this.#counter = counter;
  }

  open(user: Pick<GatedUser, "idle" | "endIdle">): void {
    this.#user = user;
  }

  begin(): Promise<void> | undefined {
    if (this.#isOpen) return undefined;
    return this.#take() === "unknown" ? this.#waitForNext() : undefined;
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#counter.count("ended");
    if (!this.#budget.mayHaveMore(this.#begun)) this.running?.stop("finishTask"); // noticed before its wait
  }

  /** The user has ended, perhaps in the middle of an iteration. */
  close(how: UserEnd): void {
    this.#budget.leave(this);
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#counter.count(how === "died" || how === "stoppedItself" ? "ended" : "interrupted");
  }

  wake(): void {
    this.#user?.endIdle();
  }

  #take(): "yes" | "no" | "unknown" {
    const permission = this.#budget.take(this.#begun, this);
    if (permission === "no") this.running?.stop("finishTask");
    if (permission !== "yes") return permission;
    this.#begun++;
    this.#isOpen = true;
    this.#counter.count("started");
    return "yes";
  }

  async #waitForNext(): Promise<void> {
    do await this.#user?.idle(); while (this.#take() === "unknown");
  }
}
