/**
 * The exceptions that control a user instead of reporting a mistake. They are beside the sessions because most of them
 * appear in client calls: thrown by a listener of `events.request`, or by the call itself when the user must stop.
 * Their effect on a task set is decided in `src/user/tasks/task_outcome.ts`.
 */

/** Base of the control-flow exceptions: never counted, never logged as an error, passed through by every event. */
export abstract class ControlFlow extends Error {
  constructor(message = "") {
    super(message);
    this.name = new.target.name;
  }
}

/** The depth to which wrapped errors are searched: SDKs wrap theirs once or twice, and an error may be its own cause. */
const MAX_DEPTH = 8;

/**
 * The control flow in a thrown value. A disposer that throws while an exception passes makes a `SuppressedError` of
 * both, and an `await using` response ends by throwing when its user must stop. An SDK that was given `client.fetch`
 * wraps what that throws in an error of its own, as its cause. Undefined: an ordinary error.
 */
export function findControlFlow(thrown: unknown, depth = 0): ControlFlow | undefined {
  if (thrown instanceof ControlFlow) return thrown;
  if (!(thrown instanceof Error) || depth > MAX_DEPTH) return undefined;
  const inner = isSuppressedError(thrown) ? [thrown.error, thrown.suppressed] : [thrown.cause];
  for (const each of inner) {
    const found = findControlFlow(each, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** By its parts: compiled `using` blocks bring a class of their own. */
function isSuppressedError(thrown: unknown): thrown is Error & { error: unknown; suppressed: unknown } {
  return thrown instanceof Error && "error" in thrown && "suppressed" in thrown;
}

/** Ends this one user, after the `onStop` hooks of its task sets and its own. */
export class StopUser extends ControlFlow {}

/**
 * How the runner ends a user: what its next client call or wait throws. Code that catches `StopUser` catches it, too;
 * only `measure()` and `rest()`, which swallow whatever their block throws, must recognise it and let it pass.
 */
export class UserStopped extends StopUser {
  constructor() {
    super("the user was stopped");
    this.name = "StopUser";
  }
}

/** Stops the whole test with its message, wherever user code throws it. */
export class StopTest extends ControlFlow {}

/** The test ends because its locustfile cannot continue: the exit code is 2. */
export class UnusableLocustfile extends StopTest {}

/** Ends the current task; the user waits, then picks the next one. */
export class RescheduleTask extends ControlFlow {}

/** Ends the current task; the user picks the next one without waiting. */
export class RescheduleTaskImmediately extends ControlFlow {}

/** Leaves the current task set. With `reschedule` true its parent picks the next task at once, else it waits first. */
export class InterruptTaskSet extends ControlFlow {
  readonly reschedule: boolean;

  constructor(reschedule = true) {
    super("the task set was interrupted");
    this.reschedule = reschedule;
  }
}
