/**
 * Keeps as many users of each class as the thread was assigned: starts the next ones, stops the newest ones. Owns the list of
 * living users; the lifecycle of one user is `user/running/user_run.ts`.
 *
 * A user that ends by itself (StopUser, a failed start) is not replaced: it counts as one that was started, as in Locust. So an
 * assignment means "this many have been started and not stopped", and equal assignments never start a user twice.
 */
import type { StartingUsers } from "../protocol/health_message.ts";
import type { IndexesByClass, UsersByClass } from "../protocol/worker_message.ts";
import type { RunningUser, UserEnd } from "../user/running/running_user.ts";
import type { StopMode } from "../user/lifecycle/user_lifecycle.ts";

/** Called once per user, after it was started. */
export type OnUserEnded = (user: RunningUser, how: UserEnd) => void;

type StartUser = (className: string, index: number, onEnded: OnUserEnded) => RunningUser;

interface ClassUsers {
  /** In the order of their start. Ended ones are dropped when they are half of it, so that no ending costs a search. */
  users: RunningUser[];
  alive: number;
  started: number; // and not stopped by an assignment
  readonly spare: number[]; // numbers to start the next ones with
  /** The first user that is in `onStart`, and since when that has been seen. */
  starting: { readonly user: RunningUser; readonly sinceMs: number } | undefined;
}

export class UserKeeper {
  readonly #start: StartUser;
  readonly #classes = new Map<string, ClassUsers>();
  readonly #waiting: (() => void)[] = [];
  #alive = 0;
  #timedOut = 0;

  constructor(start: StartUser) {
    this.#start = start;
  }

  get alive(): number {
    return this.#alive;
  }

  /** Users that did not end within the bounds of a stop. */
  get timedOut(): number {
    return this.#timedOut;
  }

  /** Living users by class; classes without any are left out. */
  get usersByClass(): UsersByClass {
    const counts: Record<string, number> = {};
    for (const [name, { alive }] of this.#classes) {
      if (alive > 0) counts[name] = alive;
    }
    return counts;
  }

  /** Users in `onStart`, by class. Call it once in a while: how long they have been there counts from the call that saw them first. */
  starting(nowMs: number): StartingUsers[] {
    const list: StartingUsers[] = [];
    for (const [userClass, kept] of this.#classes) {
      const starting = kept.users.filter((user) => user.isStarting);
      const [first] = starting;
      if (first !== kept.starting?.user) kept.starting = first && { user: first, sinceMs: nowMs };
      if (kept.starting === undefined) continue;
      list.push({ userClass, users: starting.length, longestMs: nowMs - kept.starting.sinceMs });
    }
    return list;
  }

  /** Task starts a second that the pace of the users asks for. */
  get pacedPerSecond(): number {
    let sum = 0;
    for (const { users } of this.#classes.values()) {
      for (const { expectedIntervalMs, state } of users) {
        if (expectedIntervalMs > 0 && state !== "ended") sum += 1000 / expectedIntervalMs;
      }
    }
    return sum;
  }

  /** Brings every class to its count; classes that are not named are stopped. */
  assign(users: UsersByClass, fresh: IndexesByClass, stopMode: StopMode): void {
    for (const [name, indexes] of Object.entries(fresh)) {
      const { spare } = this.#classOf(name);
      for (const index of indexes) spare.push(index);
    }
    for (const [name, kept] of this.#classes) {
      const change = (users[name] ?? 0) - kept.started;
      if (change < 0) this.#stopNewest(kept, -change, stopMode);
    }
    for (const [name, wanted] of Object.entries(users)) {
      const kept = this.#classOf(name);
      for (const index of kept.spare.splice(0, Math.max(0, wanted - kept.started))) this.#startOne(name, kept, index);
    }
  }

  stopAll(mode: StopMode): void {
    for (const user of this.living()) user.stop(mode);
  }

  /** Aborts what stopping users still wait for. */
  abortAll(): void {
    for (const user of this.living()) user.abort();
  }

  /** Resolves when no user is left. */
  whenEmpty(): Promise<void> {
    if (this.#alive === 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #startOne(name: string, kept: ClassUsers, index: number): void {
    kept.started++;
    kept.alive++;
    this.#alive++;
    kept.users.push(this.#start(name, index, this.#onEnded));
  }

  readonly #onEnded: OnUserEnded = ({ key }, how) => {
    const kept = this.#classOf(key);
    kept.alive--;
    this.#alive--;
    if (how === "timedOut") this.#timedOut++;
    if (kept.users.length > 32 && kept.alive < kept.users.length / 2) {
      kept.users = kept.users.filter((user) => user.state !== "ended");
    }
    if (this.#alive > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  };

  /** Users that ended by themselves count first: no other user is stopped in their place. */
  #stopNewest(kept: ClassUsers, count: number, mode: StopMode): void {
    const running = kept.users.filter((user) => user.state === "running" || user.state === "waiting");
    const surplus = Math.max(0, running.length - (kept.started - count));
    kept.started -= count;
    for (let i = 0; i < surplus; i++) running.pop()?.stop(mode);
  }

  /** Users that have been started and have not ended. */
  living(): RunningUser[] {
    return [...this.#classes.values()].flatMap(({ users }) => users.filter((user) => user.state !== "ended"));
  }

  #classOf(name: string): ClassUsers {
    let kept = this.#classes.get(name);
    if (kept === undefined) {
      this.#classes.set(name, kept = { users: [], alive: 0, started: 0, spare: [], starting: undefined });
    }
    return kept;
  }
}
