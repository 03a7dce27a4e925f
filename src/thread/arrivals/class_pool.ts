/**
 * The pooled users of one class: each serves an arrival, waits for the next one, and keeps its cookies and connections.
 * Newcomers are made when none is free. How many there may be is decided by the stream (`stream_driver.ts`).
 */
import type { GatedUser, Iteration, IterationGate, WhenLate } from "../../user/lifecycle/iteration_gate.ts";
import type { RunningUser, UserEnd } from "../../user/running/running_user.ts";
import type { StopMode } from "../../user/lifecycle/user_lifecycle.ts";
import { ArrivalQueue } from "./arrival_queue.ts";

/** How the users of a class serve arrivals: its statics. */
export interface PoolRules {
  readonly iteration: Iteration;
  /** Each arrival has a user of its own, which ends after it. */
  readonly freshUsers: boolean;
  readonly whenLate: WhenLate;
}

export type StartPooledUser = (
  className: string,
  index: number,
  gate: IterationGate,
  onEnded: (user: RunningUser, how: UserEnd) => void,
) => RunningUser;

export interface ClassPoolOptions {
  readonly className: string;
  readonly rules: PoolRules;
  readonly startUser: StartPooledUser;
  /** A user is free: `true` if the next arrival was given to it. */
  readonly onFree: (pool: ClassPool, user: PooledUser) => boolean;
  /** A user waits for an arrival. */
  readonly onIdle: () => void;
  readonly onEnded: (how: UserEnd) => void;
}

export class ClassPool {
  readonly className: string;
  readonly rules: PoolRules;
  /** Arrivals of this class that wait. */
  readonly queue = new ArrivalQueue();
  readonly #options: ClassPoolOptions;
  readonly #users = new Set<PooledUser>();
  /** The one that became free last is taken first: its connections are the warmest. */
  readonly #idle: PooledUser[] = [];

  constructor(options: ClassPoolOptions) {
    this.className = options.className;
    this.rules = options.rules;
    this.#options = options;
  }

  /** Users that have not ended. */
  get alive(): number {
    return this.#users.size;
  }

  get idle(): number {
    return this.#idle.length;
  }

  /** Users that serve an arrival, or are about to end. */
  get busy(): number {
    return this.#users.size - this.#idle.length;
  }

  living(): RunningUser[] {
    return [...this.#users].flatMap(({ running }) => running ?? []);
  }

  /** Gives an arrival to a free user. False: none is free. */
  giveToIdle(heldBackMs: number): boolean {
    const user = this.#idle.pop();
    user?.begin(heldBackMs);
    return user !== undefined;
  }

  giveToNewcomer(userIndex: number, heldBackMs: number): void {
    const { className, startUser, onEnded } = this.#options;
    const user = new PooledUser(this.rules, heldBackMs, (free) => this.#freed(free));
    this.#users.add(user);
    user.running = startUser(className, userIndex, user, (_running, how) => {
      this.#users.delete(user);
      const at = this.#idle.indexOf(user);
      if (at >= 0) this.#idle.splice(at, 1);
      onEnded(how);
    });
  }

  /** Ends a free user to make room for one of another class. False: none is free. */
  dismissIdle(): boolean {
    const user = this.#idle.shift();
    user?.running?.stop("finishTask");
    return user !== undefined;
  }

  stopAll(mode: StopMode): void {
    for (const { running } of this.#users) running?.stop(mode);
  }

  abortAll(): void {
    for (const { running } of this.#users) running?.abort();
  }

  /** Whether it has the next arrival already. */
  #freed(user: PooledUser): boolean {
    if (this.#options.onFree(this, user)) return true;
    this.#idle.push(user);
    this.#options.onIdle();
    return false;
  }
}

/** One user and its gate. */
export class PooledUser implements IterationGate {
  running: RunningUser | undefined;
  readonly #rules: PoolRules;
  readonly #freed: (user: PooledUser) => boolean;
  #heldBackMs: number;
  #user: GatedUser | undefined;

  constructor(rules: PoolRules, heldBackMs: number, freed: (user: PooledUser) => boolean) {
    this.#rules = rules;
    this.#heldBackMs = heldBackMs;
    this.#freed = freed;
  }

  get iteration(): Iteration {
    return this.#rules.iteration;
  }

  open(user: GatedUser): void {
    this.#user = user;
    user.requests.heldBackMs = this.#heldBackMs;
  }

  /** Begins the next iteration of a user that is free, `heldBackMs` after its arrival. */
  begin(heldBackMs: number): void {
    this.note(heldBackMs);
    this.#user?.endIdle();
  }

  /** The same of one that is about to ask for its next iteration. */
  note(heldBackMs: number): void {
    this.#heldBackMs = heldBackMs;
    if (this.#user !== undefined) this.#user.requests.heldBackMs = heldBackMs;
  }

  next(): Promise<void> | undefined {
    if (this.#rules.freshUsers) {
      this.running?.stop("finishTask"); // noticed before another task begins
      return undefined;
    }
    return this.#freed(this) ? undefined : this.#user?.idle();
  }
}
