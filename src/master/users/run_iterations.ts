/**
 * The numbers of iterations that a run asks for: how far each is, and whether all of them are done, which is the end of
 * the run. Who runs which users is known by the run, what was counted by the ledger.
 *
 * Invariant: what may have been started is not started again. So a plan is over when none of its users is left, also
 * where some of them were on a worker that is gone.
 */
import {
  addIterations,
  type IterationPlan,
  type IterationsByPlan,
  iterationsLease,
  NO_ITERATIONS,
} from "../../protocol/iterations_message.ts";
import type { UsersByClass } from "../../protocol/worker_message.ts";
import type { IterationUsers } from "./iteration_users.ts";
import type { RunSettings } from "../run_settings.ts";
import type { StopReason } from "../run_event.ts";
import type { PlannedIterations } from "../../stats/ledger/iteration_counts.ts";

export interface RunIterationsOptions {
  readonly plans: readonly IterationPlan[];
  /** Classes whose users run all the time, by name. */
  readonly classes: readonly string[];
  /** Those whose users serve arrivals. */
  readonly openClasses?: readonly string[];
  /** Of scenarios: each ends by itself. Absent: of the whole test. */
  readonly of?: "scenarios";
  /** What is known of users at this moment. */
  readonly users: () => IterationUsers;
}

/** Undefined where no number of iterations was asked for. */
export function createIterations(
  { plan: { iterations: plans }, load, classes, arrivals = [] }: RunSettings,
  users: () => IterationUsers,
): RunIterations | undefined {
  if (plans === undefined) return undefined;
  const namesOf = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);
  const openClasses = arrivals.flatMap((stream) => namesOf(stream.classes));
  const of = load.kind === "scenarios" ? { of: "scenarios" as const } : {};
  return new RunIterations({ plans, classes: namesOf(classes), openClasses, users, ...of });
}

/** Counts come each second, and with a killed worker's part of the schedule given to others a little later. */
const COUNTS_COME_MS = 3000;
/** Arrivals that waited on a killed worker are never reported again: with no user in use for so long, none waits anywhere. */
const NOBODY_MS = 10_000;

export class RunIterations {
  readonly #options: RunIterationsOptions;
  /** The most users that a plan has had, by its name. */
  readonly #peaks = new Map<string, number>();
  readonly #byWorker = new Map<string, IterationsByPlan>();
  /** By plan: since when all arrivals have been due, and since when no user has been in use then. */
  readonly #dueMs = new Map<string, { readonly sinceMs: number; unusedSinceMs: number }>();

  constructor(options: RunIterationsOptions) {
    this.#options = options;
  }

  /** Classes of which no user is started in another's place. */
  get onceClasses(): readonly string[] {
    return this.#options.plans.flatMap(({ kind, userClasses }) => kind === "perUser" ? userClasses : []);
  }

  /** The end of the run when all are done. */
  get reason(): StopReason {
    const [first] = this.#options.plans;
    return { kind: "iterations", count: first?.count ?? 0, of: first?.kind === "shared" ? "all" : "eachUser" };
  }

  /** What a worker has delivered. */
  count(workerId: string, counts: IterationsByPlan | undefined): void {
    if (counts !== undefined) this.#byWorker.set(workerId, addIterations(this.#byWorker.get(workerId) ?? {}, counts));
  }

  /** Whether every user of the run makes a number of iterations, and all of these are done. */
  get isOver(): boolean {
    const { plans, classes } = this.#options;
    if (this.#options.of === "scenarios") return false;
    const users = this.#options.users();
    if (!users.isOn) return false;
    const isCovered = classes.every((name) => plans.some(({ userClasses }) => userClasses.includes(name)));
    return isCovered && plans.every((plan) => this.#isDone(plan, users));
  }

  /**
   * Whether users make their last iterations of a shared number: the next delta may be the end, and must not wait for
   * one before it.
   */
  get isEnding(): boolean {
    const users = this.#options.users();
    return this.#options.plans.some(({ name, userClasses }) => {
      const left = users.leases.find((lease) => lease.name === iterationsLease(name))?.left;
      return left !== undefined && left !== null && left <= countUsers(users.wanted, userClasses);
    });
  }

  /** Whether the number of one scenario is done; false where it has none. `isSettled`: its users have been started. */
  isPlanDone(name: string, isSettled: boolean): boolean {
    const plan = this.#options.plans.find((each) => each.name === name);
    if (plan === undefined) return false;
    const users = this.#options.users();
    this.#notePeak(plan, users); // it may be done before anyone reads a snapshot
    return this.#isDone(plan, { ...users, isSettled });
  }

  #notePeak(plan: IterationPlan, users: IterationUsers): number {
    const peak = Math.max(this.#peaks.get(plan.name) ?? 0, this.#usersOf(plan, users));
    this.#peaks.set(plan.name, peak);
    return peak;
  }

  /** For snapshots. */
  planned(): readonly PlannedIterations[] {
    const users = this.#options.users();
    return this.#options.plans.map((plan) => {
      const { name, kind, count } = plan;
      if (kind === "shared") return { name, kind, asked: count, unknown: this.#unsureOf(plan, users) };
      return { name, kind, asked: count * this.#notePeak(plan, users), unknown: this.#unknownOf(plan, users) };
    });
  }

  #isDone(plan: IterationPlan, users: IterationUsers): boolean {
    if (this.#isOpen(plan)) return this.#areArrivalsDone(plan, users);
    const { name, kind, count, userClasses } = plan;
    const { isSettled, running, wanted, counts } = users;
    const { ended, interrupted } = counts[name] ?? NO_ITERATIONS;
    // Users may still be in their wait times, or have yet to be started.
    if (kind === "shared" && ended + interrupted >= count) return true;
    return isSettled && countUsers(wanted, userClasses) > 0 && countUsers(running, userClasses) === 0;
  }

  /** Whether each iteration begins with an arrival. */
  #isOpen({ userClasses }: IterationPlan): boolean {
    return this.#options.openClasses?.includes(userClasses[0] ?? "") === true;
  }

  /**
   * Where a worker was killed, some are not counted: then the schedule's end, a moment for counts to come, and no user
   * in use are the end.
   */
  #areArrivalsDone({ name, count, userClasses }: IterationPlan, users: IterationUsers): boolean {
    const { counts, running, elapsedMs } = users;
    const arrivals = users.arrivalsOf(userClasses);
    if (arrivals === undefined) return false;
    const { asked, started, dropped, planned } = arrivals;
    const { ended, interrupted } = counts[name] ?? NO_ITERATIONS;
    if (ended + interrupted + dropped >= count) return true;
    if (planned < count) return false;
    const due = this.#dueMs.get(name) ?? { sinceMs: elapsedMs, unusedSinceMs: elapsedMs };
    this.#dueMs.set(name, due);
    if (countUsers(running, userClasses) > 0) {
      due.unusedSinceMs = elapsedMs;
      return false;
    }
    if (elapsedMs - due.unusedSinceMs > NOBODY_MS) return true;
    return elapsedMs - due.sinceMs > COUNTS_COME_MS && asked <= started + dropped && !this.#isUnderWay(name, users);
  }

  /**
   * Whether a worker that is here has begun some that have not ended: the users in use are those of its last heartbeat,
   * which is older.
   */
  #isUnderWay(name: string, { isHere }: IterationUsers): boolean {
    return [...this.#byWorker].some(([workerId, counts]) => {
      const { started, ended, interrupted } = counts[name] ?? NO_ITERATIONS;
      return started > ended + interrupted && isHere(workerId);
    });
  }

  /** A plan of all classes knows at the beginning of a ramp how many users there will be. */
  #usersOf({ userClasses }: IterationPlan, { wanted, target }: IterationUsers): number {
    const isOfAll = this.#options.classes.every((name) => userClasses.includes(name));
    return isOfAll ? Math.max(target, countUsers(wanted, userClasses)) : countUsers(wanted, userClasses);
  }

  /**
   * Granted to threads that are gone, and not known to be started. When the run has ended that is all that was granted,
   * not given back and not counted; before, some of that is with threads that are here.
   */
  #unsureOf(plan: IterationPlan, { leases, counts, hasEnded, arrivalsOf }: IterationUsers): number {
    if (this.#isOpen(plan)) {
      const arrivals = arrivalsOf(plan.userClasses);
      if (arrivals === undefined || !hasEnded) return 0;
      return Math.max(0, arrivals.planned - arrivals.notCounted - arrivals.asked);
    }
    const { name, count } = plan;
    const lease = leases.find((each) => each.name === iterationsLease(name));
    if (lease === undefined) return 0;
    const { started } = counts[name] ?? NO_ITERATIONS;
    return Math.max(0, Math.min(hasEnded ? Infinity : lease.unsure, count - started - (lease.left ?? 0)));
  }

  #unknownOf({ name, userClasses, count }: IterationPlan, { lost }: IterationUsers): number {
    return lost.reduce((sum, { workerId, users }) => {
      const started = this.#byWorker.get(workerId)?.[name]?.started ?? 0;
      return sum + Math.max(0, countUsers(users, userClasses) * count - started);
    }, 0);
  }
}

function countUsers(users: UsersByClass, classes: readonly string[]): number {
  return classes.reduce((sum, name) => sum + (users[name] ?? 0), 0);
}
