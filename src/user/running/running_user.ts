/** A user that runs, as its owner sees it: what it is, how to end it, and how it has ended. Types. */
import type { Environment } from "../environment.ts";
import type { IterationTerms, StopMode, UserState } from "../lifecycle/user_lifecycle.ts";
import type { RunContext } from "../lifecycle/run_context.ts";
import type { UserRole } from "../scenarios/user_role.ts";
import type { User } from "../user.ts";
import type { UserClass } from "../user_class.ts";

/** How a user ended. */
export type UserEnd =
  | "stopped" // by a stop of the run or of its user count
  | "stoppedItself" // StopUser, StopTest, user.stop()
  | "failedStart" // its constructor or onStart threw
  | "died" // an exception that nothing survives left its task loop
  | "unresponsive" // it swallowed its end; its hooks have run
  | "timedOut"; // it did not end within the bounds of a stop

export interface RunningUser {
  readonly className: string;
  /** As it is counted: that of its role, else its class's name. */
  readonly key: string;
  readonly index: number;
  readonly state: UserState;
  /** Between two task starts of a paced user; 0 for others, and before its first task. */
  readonly expectedIntervalMs: number;
  /** Whether its constructor or `onStart` has not ended. */
  readonly isStarting: boolean;
  /** The user itself; undefined if its constructor threw. */
  readonly user: User | undefined;
  /**
   * `finishRequest`: the request in flight is counted, then the user ends. `finishTask`: the task may continue, for the
   * stop timeout.
   */
  stop(mode: StopMode): void;
  /** Aborts what is in flight and gives the user up. */
  abort(): void;
  /** Resolves when the user has ended, and never rejects. */
  readonly ended: Promise<void>;
}

/**
 * `gate`: its iterations begin with arrivals. `quota`: it ends after a number of them. `pacer`: its tasks are started
 * by the target rate of its class.
 */
export interface StartUserOptions extends IterationTerms {
  readonly runContext: RunContext<Environment>;
  readonly userClass: UserClass;
  /** Its part in the run, where that is more than its class. */
  readonly role?: UserRole;
  /** Unique within the run: seeds its random numbers, and is its `index`. */
  readonly index: number;
  /** The scenario that it is started for: the automatic tag `scenario` of its samples. */
  readonly scenario?: string | undefined;
  /** Called once, not before `startUser` has returned. */
  readonly onEnded?: (user: RunningUser, how: UserEnd) => void;
}
