/**
 * Turns "this many users now" into one absolute assignment per worker. Owns the class mixes (which class the next user
 * has), the placement (how many of each class each worker runs), the epochs and the index numbers; sends nothing.
 *
 * Invariant: an index number is given out once in a run. A user that moves to another worker is a new user there, with
 * a new number.
 */
import { ClassMix, type MixedClass } from "../../load/class_mix.ts";
import { type Capacity, placeUsers } from "../../load/placement.ts";
import { placeUsersUnmoved } from "../../load/unmoved_placement.ts";
import type { IndexesByClass, UsersByClass } from "../../protocol/worker_message.ts";

/** One worker's new assignment. */
export interface Assignment {
  readonly workerId: string;
  readonly epoch: number;
  readonly users: UsersByClass;
  readonly fresh: IndexesByClass;
}

/** The classes of each scenario. */
export interface ScenarioMixes {
  readonly mixes: readonly (readonly MixedClass[])[];
}

export class UserDispatch {
  /** One, or one for each scenario; no class is in two of them. */
  readonly #mixes: readonly ClassMix[];
  readonly #place: typeof placeUsers;
  readonly #unused = new Map<string, number[]>(); // numbers of users that the mix wants and no worker has
  #capacity: readonly Capacity[] = [];
  #placed = new Map<string, UsersByClass>();
  readonly #away = new Map<string, UsersByClass>(); // what workers that left us still run, for when they come back
  readonly #spare = new Map<string, Record<string, number[]>>(); // numbers that a worker holds and has not used
  readonly #onceClasses: ReadonlySet<string>;
  #nextIndex = 0;
  #epoch = 0;

  /**
   * `unmoved`: users that run stay where they are when workers join and leave. `onceClasses`: of these no user is
   * started in the place of one whose worker has left.
   */
  constructor(
    classes: readonly MixedClass[] | ScenarioMixes,
    moves: "fewest" | "unmoved" = "fewest",
    onceClasses: readonly string[] = [],
  ) {
    this.#onceClasses = new Set(onceClasses);
    this.#mixes = ("mixes" in classes ? classes.mixes : [classes]).map((each) => new ClassMix(each));
    this.#place = moves === "fewest" ? placeUsers : placeUsersUnmoved;
  }

  /** Users that the assignments ask for, over all workers. */
  get total(): number {
    let total = 0;
    for (const users of Object.values(this.usersByClass)) total += users;
    return total;
  }

  get usersByClass(): UsersByClass {
    return Object.assign({}, ...this.#mixes.map((mix) => mix.counts()));
  }

  /** What workers that left still ran. */
  get away(): readonly { readonly workerId: string; readonly users: UsersByClass }[] {
    return [...this.#away].map(([workerId, users]) => ({ workerId, users }));
  }

  /** The state that a journal keeps so that a resumed run gives no index number twice. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  /** Continues after `nextIndex` of an earlier master of the same run. */
  resumeFrom(nextIndex: number): void {
    this.#nextIndex = Math.max(this.#nextIndex, nextIndex);
  }

  usersOf(workerId: string): UsersByClass {
    return this.#placed.get(workerId) ?? {};
  }

  /** Wants `total` users; `only` restricts the classes of new ones. Returns what changed. */
  resize(total: number, only?: readonly string[]): Assignment[] {
    return this.resizeAll([total], only);
  }

  /** The same with a number for each scenario. */
  resizeAll(totals: readonly number[], only?: readonly string[]): Assignment[] {
    const changes = this.#mixes.flatMap((mix, i) => mix.resize(totals[i] ?? 0, only));
    for (const { name, change } of changes) {
      if (change > 0) this.#unusedOf(name).push(this.#nextIndex++);
      else this.#unusedOf(name).pop();
    }
    return this.#assign();
  }

  /** Sets the workers that can take users. Returns the assignments that a join or a leave changes, with the fewest moves. */
  setWorkers(capacity: readonly Capacity[]): Assignment[] {
    this.#capacity = capacity;
    const present = new Set(capacity.map((worker) => worker.id));
    for (const [id, users] of this.#placed) {
      if (present.has(id)) continue;
      this.#placed.delete(id);
      this.#away.set(id, users);
    }
    for (const [id, users] of this.#away) {
      if (!present.has(id)) continue;
      this.#away.delete(id);
      if (!this.#placed.has(id)) this.#placed.set(id, users);
    }
    return this.#assign();
  }

  /**
   * What a worker says that it runs of this run, and the numbers it holds: they stay where the fewest moves leave them.
   * `epoch`: its last one, which an earlier master may have sent; later epochs are higher.
   */
  adopt(workerId: string, users: UsersByClass, spare: IndexesByClass, epoch: number): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    this.#away.delete(workerId);
    this.#placed.set(workerId, users);
    this.#spare.set(workerId, Object.fromEntries(Object.entries(spare).map(([name, indexes]) => [name, [...indexes]])));
  }

  /** The worker's whole assignment again, under a new epoch: what a worker gets that joins or comes back. */
  repeat(workerId: string): Assignment {
    return { workerId, epoch: ++this.#epoch, users: this.usersOf(workerId), fresh: {} };
  }

  #assign(): Assignment[] {
    if (this.#capacity.length === 0) return [];
    const wanted = this.#place(this.#placed, this.#capacity, this.#wantedCounts());
    const changed: Assignment[] = [];
    for (const { id } of this.#capacity) {
      const before = this.#placed.get(id) ?? {};
      const users = wanted.get(id) ?? {};
      if (sameUsers(before, users)) continue;
      changed.push({ workerId: id, epoch: ++this.#epoch, users, fresh: this.#freshIndexes(id, before, users) });
    }
    this.#placed = new Map(wanted);
    return changed;
  }

  /** The mix without users that are not to be replaced. */
  #wantedCounts(): Record<string, number> {
    const counts: Record<string, number> = { ...this.usersByClass };
    if (this.#onceClasses.size === 0) return counts;
    for (const users of this.#away.values()) {
      for (const [name, count] of Object.entries(users)) {
        if (this.#onceClasses.has(name)) counts[name] = Math.max(0, (counts[name] ?? 0) - count);
      }
    }
    return counts;
  }

  #freshIndexes(workerId: string, before: UsersByClass, users: UsersByClass): IndexesByClass {
    const fresh: Record<string, number[]> = {};
    const spare = this.#spare.get(workerId);
    for (const [name, count] of Object.entries(users)) {
      let missing = count - (before[name] ?? 0);
      const unused = this.#unusedOf(name);
      while (missing-- > 0) {
        if (spare?.[name]?.shift() !== undefined) continue; // it still holds one
        (fresh[name] ??= []).push(unused.shift() ?? this.#nextIndex++);
      }
    }
    return fresh;
  }

  #unusedOf(name: string): number[] {
    let indexes = this.#unused.get(name);
    if (indexes === undefined) this.#unused.set(name, indexes = []);
    return indexes;
  }
}

function sameUsers(a: UsersByClass, b: UsersByClass): boolean {
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if ((a[name] ?? 0) !== (b[name] ?? 0)) return false;
  }
  return true;
}
