/**
 * Errors of the authoring model that a locustfile may catch or a test may expect. What steers a user is in
 * `http/session/control_flow.ts`.
 */
import { LocustError } from "../../base/errors.ts";

/** A `MarkovTaskSet` that cannot run. */
export abstract class MarkovError extends LocustError {
  constructor(message: string) {
    super(message, { code: "markov" });
    this.name = new.target.name;
  }
}

/** No method has a transition. */
export class NoMarkovTasksError extends MarkovError {}

/** A transition leads to a method that does not exist, or has no valid weight. */
export class InvalidTransitionError extends MarkovError {}

/** A transition leads to a method that has no transitions itself. */
export class NonMarkovTaskTransitionError extends MarkovError {}

/** A state is tagged; tags would break the chain. */
export class MarkovTaskTagError extends MarkovError {}
