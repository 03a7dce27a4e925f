/** The iterations of one user: begins those that the budget of its plan has, and ends the user when there are no more. */
import type { GatedUser, Iteration } from "../../user/lifecycle/iteration_gate.ts";
import type { IterationQuota } from "../../user/lifecycle/iteration_quota.ts";
import type { RunningUser, UserEnd } from "../../user/running/running_user.ts";
import type { IterationBudget, IterationCounter } from "./iteration_budget.ts";

export class UserQuota implements IterationQuota {
  /** Set when it has been started, before its first task. */
  running: Pick<RunningUser, "stop"> | undefined;
  readonly iteration: Iteration;
  readonly #budget: IterationBudget;
  readonly #counter: IterationCounter;
  readonly #onEnd: () => void;
  #user: Pick<GatedUser, "idle" | "endIdle"> | undefined;
  #abort: AbortController | undefined;
  #begun = 0;
  #isOpen = false;

  /** `onEnd`: an iteration has ended, and is counted. */
  constructor(iteration: Iteration, budget: IterationBudget, counter: IterationCounter, onEnd: () => void = () => {}) {
    this.iteration = iteration;
    this.#budget = budget;
    this.#counter = counter;
    this.#onEnd = onEnd;
  }

  open(user: Pick<GatedUser, "idle" | "endIdle">): void {
    this.#user = user;
  }

  begin(): Promise<void> | undefined {
    if (this.#isOpen) return undefined;
    const { signal } = this.#abort ??= new AbortController();
    const taken = this.#budget.take(this.#begun, signal);
    if (typeof taken !== "boolean") return this.#wait(taken);
    this.#settle(taken);
    return undefined;
  }

  end(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#counter.count("ended");
    this.#onEnd();
    if (!this.#budget.mayHaveMore(this.#begun)) this.running?.stop("finishTask"); // noticed before its wait
  }

  /** The user has ended, perhaps in the middle of an iteration. */
  close(how: UserEnd): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#counter.count(how === "died" || how === "stoppedItself" ? "ended" : "interrupted");
    this.#onEnd();
  }

  #settle(isTaken: boolean): void {
    if (!isTaken) return this.running?.stop("finishTask");
    this.#begun++;
    this.#isOpen = true;
    this.#counter.count("started");
  }

  /** The user waits as for the time between two tasks: a stop ends it, and the question with it. */
  async #wait(taken: Promise<boolean>): Promise<void> {
    let isTaken = false;
    const answered = taken.then((answer) => isTaken = answer, () => {}) // it was given up, or the run is over
      .then(() => this.#user?.endIdle());
    try {
      await this.#user?.idle();
    } catch (stop) {
      this.#abort?.abort();
      await answered;
      throw stop;
    }
    this.#settle(isTaken);
  }
}
