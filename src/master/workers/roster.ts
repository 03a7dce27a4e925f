/**
 * The roster of the workers of this master, with state, users and health of each. It changes by `worker_state.ts` and its
 * owner's calls; links, assignments and the ledger have other owners. The owner calls `check` about once a second.
 *
 * Silence is counted in checks, not in clock time: after this process was suspended, no worker has been silent for longer than
 * one check, because no message could have been received.
 */
import type { Clock } from "../../base/clock.ts";
import type { WorkerHealth } from "../../protocol/health_message.ts";
import type { ReadyMessage, UsersByClass, WorkerIntroduction } from "../../protocol/worker_message.ts";
import {
  type AliveUsers,
  createRow,
  type EarlierMissing,
  NO_INCIDENTS,
  ROSTER_LIMITS,
  type RosterChange,
  type RosterLimits,
  type RosterWorker,
  type Row,
} from "./roster_worker.ts";
import { isPlaceable, isPresent, nextWorkerState, type WorkerFact } from "./worker_state.ts";

export class Roster {
  readonly #clock: Clock;
  readonly #limits: RosterLimits;
  readonly #rows = new Map<string, Row>();
  /** Workers of an older minor version of the protocol get no users: the run has what they do not know. */
  neededMinor = 0;
  #nextIndex = 0;
  #userCount = 0;
  #lastCheckMs: number;

  constructor(options: { readonly clock: Clock; readonly limits?: Partial<RosterLimits> }) {
    this.#clock = options.clock;
    this.#limits = { ...ROSTER_LIMITS, ...options.limits };
    this.#lastCheckMs = options.clock.nowMs();
  }

  /** A link with an accepted `hello`: a new worker, or a known one on a new link. */
  greet(introduction: WorkerIntroduction): RosterWorker {
    const row = this.#rows.get(introduction.workerId) ?? this.#add(introduction.workerId);
    row.host = introduction.host;
    row.threads = introduction.threads;
    row.version = introduction.version;
    row.protocolMinor = introduction.protocol[1];
    row.silentMs = 0;
    row.lostBecause = undefined;
    row.isLeaving = false; // it announces its leave again
    const wasMissing = row.state === "missing";
    if (this.#move(row, "greeted")) row.isReturning = wasMissing;
    return row;
  }

  /**
   * A worker of a run that is resumed. `missing`: it has users and numbers, and will dial by itself; `gone`: all of its numbers are
   * here, and its counts are still shown. `lost`: the earlier master had called it missing, and the wait for it goes on from there.
   */
  recall(id: string, state: "missing" | "gone", lost?: Omit<EarlierMissing, "id">): void {
    if (this.#rows.has(id)) return;
    const row = this.#add(id);
    row.state = state;
    row.isAwaited = state === "missing" && lost === undefined;
    if (lost === undefined) return;
    row.silentMs = row.awayMs = lost.silentMs;
    row.lostBecause = lost.brokenBy;
    row.usersWhenLost = lost.users;
    if (lost.silentMs >= this.#limits.forgetAfterMs) row.state = "gone";
  }

  /** Its `ready` message. A change only if it was not here before. */
  declare(id: string, ready: ReadyMessage): RosterChange | undefined {
    const row = this.#rows.get(id);
    if (row === undefined) return undefined;
    const before = row.state;
    this.#move(row, "declared");
    row.isAwaited = row.isReturning = false;
    row.locustfileHash = ready.locustfileHash;
    row.socket = ready.socket;
    this.#setUsers(row, ready.run?.users ?? {});
    row.appliedEpoch = ready.run?.epoch ?? 0;
    if (before !== "joining") return undefined;
    if (!row.hasJoined) {
      row.hasJoined = true;
      return { kind: "joined", worker: row };
    }
    return this.#returned(row);
  }

  /** Any message from it. A change if it was missing on a link that only was silent, or silent for remarkably long. */
  hear(id: string): RosterChange | undefined {
    const row = this.#rows.get(id);
    if (row === undefined) return undefined;
    const { silentMs } = row;
    row.silentMs = 0;
    if (row.isReturning && row.state === "missing") {
      this.#move(row, "greeted"); // it has yet to say on this link what it runs
      return undefined;
    }
    if (this.#move(row, "heard")) {
      if (row.isLeaving) this.#move(row, "stopAsked");
      return this.#returned(row);
    }
    if (silentMs < this.#limits.remarkableSilenceMs || !row.hasJoined || !isPresent(row.state)) return undefined;
    row.incidents = { ...row.incidents, longestSilenceMs: Math.max(row.incidents.longestSilenceMs, silentMs) };
    return { kind: "troubled", worker: row, trouble: { kind: "wasSilent", silentMs } };
  }

  /**
   * Bytes have come from it since the last check. A large message takes its time on a slow line, with all that was sent after it: who sends
   * one is not silent. One that is missing is back with the whole message.
   */
  hearPart(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined || row.silentMs === 0 || !isPresent(row.state)) return;
    row.silentMs = 0;
    row.lastPartMs = this.#clock.nowMs();
  }

  /** Whether it has never been ready, and has not said goodbye. */
  isNewcomer(id: string): boolean {
    const row = this.#rows.get(id);
    return row !== undefined && !row.hasJoined && !row.isLeaving && row.incidents.leftBecause === undefined;
  }

  /** Whether it is gone because of its silence, and not because it said goodbye or was sent away. */
  isGivenUp(id: string): boolean {
    const row = this.#rows.get(id);
    return row?.state === "gone" && row.incidents.leftBecause === undefined;
  }

  /** Its measurements of the last second. A change if a thread has begun to hang. */
  beat(id: string, alive: AliveUsers, health: WorkerHealth): RosterChange | undefined {
    const row = this.#rows.get(id);
    if (row === undefined) return undefined;
    const known = new Set(row.health?.hung.map(({ thread }) => thread));
    row.health = health;
    // Users that are to stop end a little after the assignment was applied: this is how it becomes known.
    if (alive.usersByClass !== undefined) row.usersByClass = alive.usersByClass;
    this.#countUsers(row, alive.users);
    const longestMs = Math.max(0, ...health.hung.map(({ silentMs }) => silentMs));
    if (longestMs === 0) return undefined;
    row.incidents = { ...row.incidents, longestHangMs: Math.max(row.incidents.longestHangMs, longestMs) };
    const fresh = health.hung.find(({ thread }) => !known.has(thread));
    return fresh === undefined
      ? undefined
      : { kind: "troubled", worker: row, trouble: { kind: "threadHung", ...fresh } };
  }

  /** A new run begins: what happened to workers before it is not its business. */
  forgetIncidents(): void {
    for (const row of this.#rows.values()) row.incidents = NO_INCIDENTS;
  }

  /** An assignment was sent. Epochs only grow. */
  assign(id: string, epoch: number, users: UsersByClass): void {
    const row = this.#rows.get(id);
    if (row === undefined || !isPlaceable(row.state)) return;
    row.assigned = users;
    row.assignedEpoch = epoch;
    this.#move(row, "assigned");
  }

  /** Its `applied` message: what it runs now. Only that of the latest epoch completes the assignment. */
  apply(id: string, epoch: number, users: UsersByClass): void {
    const row = this.#rows.get(id);
    if (row === undefined || !isPresent(row.state)) return;
    row.appliedEpoch = Math.max(row.appliedEpoch, epoch);
    this.#setUsers(row, users);
    if (epoch === row.assignedEpoch) this.#move(row, "applied");
  }

  askStop(id: string): void {
    const row = this.#rows.get(id);
    if (row !== undefined) this.#move(row, "stopAsked");
  }

  /** It will end its users, deliver, and say goodbye. */
  announceLeave(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    row.isLeaving = true;
    this.#move(row, "stopAsked");
  }

  /** All its users have ended. */
  stopped(id: string): void {
    const row = this.#rows.get(id);
    if (row === undefined) return;
    if (!row.isLeaving) this.#move(row, "stopped");
    row.assigned = {};
    this.#setUsers(row, {});
  }

  /** Its link broke without a goodbye: it has a little time to come back on another. A change if it had joined. */
  loseLink(id: string, reason: string): RosterChange | undefined {
    const row = this.#rows.get(id);
    if (row === undefined || !isPresent(row.state)) return undefined;
    row.lostBecause ??= reason;
    row.silentMs = 0;
    if (!row.hasJoined) return undefined;
    row.incidents = { ...row.incidents, brokenLinks: row.incidents.brokenLinks + 1 };
    return { kind: "troubled", worker: row, trouble: { kind: "linkBroke", reason } };
  }

  /** It said goodbye, or we sent it away. */
  leave(id: string, reason: string): RosterChange | undefined {
    const row = this.#rows.get(id);
    if (row === undefined || !this.#move(row, "left")) return undefined;
    this.#clear(row);
    row.incidents = { ...row.incidents, leftBecause: reason };
    return { kind: "left", worker: row, reason };
  }

  /** Counts the time since the last check as silence and says what follows from it. */
  check(): readonly RosterChange[] {
    const nowMs = this.#clock.nowMs();
    const stepMs = Math.min(nowMs - this.#lastCheckMs, this.#limits.longestCheckMs);
    this.#lastCheckMs = nowMs;
    const changes: RosterChange[] = [];
    for (const row of this.#rows.values()) {
      const change = row.state === "missing" ? this.#waitFor(row, stepMs) : this.#listenTo(row, stepMs);
      if (change !== undefined) changes.push(change);
    }
    this.#forgetOldest();
    return changes;
  }

  get(id: string): RosterWorker | undefined {
    return this.#rows.get(id);
  }

  /** All that are remembered, by index. */
  list(): readonly RosterWorker[] {
    return [...this.#rows.values()]; // a map keeps the order of arrival
  }

  /** Those that can be given users, by index. */
  placeable(): readonly RosterWorker[] {
    return this.list().filter(({ state, protocolMinor }) => isPlaceable(state) && protocolMinor >= this.neededMinor);
  }

  /** Whether some worker can be given users, and all of those run what they were assigned. */
  get isSettled(): boolean {
    let hasPlaceable = false;
    for (const row of this.#rows.values()) {
      if (!isPlaceable(row.state)) continue;
      if (row.appliedEpoch < row.assignedEpoch) return false;
      hasPlaceable = true;
    }
    return hasPlaceable;
  }

  /** Whether a worker that an earlier master had in the run may still dial in: nobody knows what it runs. */
  get isAwaited(): boolean {
    return [...this.#rows.values()].some((row) => row.isAwaited && row.state !== "gone");
  }

  /** Those that are not missing or gone and have a locustfile. */
  get readyCount(): number {
    return this.ready().length;
  }

  /** The same as a list, by index. */
  ready(): readonly RosterWorker[] {
    return this.list().filter(isReady);
  }

  /** Those of them that are too old to be given users of this run. */
  older(): readonly RosterWorker[] {
    return this.list().filter((row) => isReady(row) && row.protocolMinor < this.neededMinor);
  }

  /** The same as one number, as of their last heartbeats. */
  get userCount(): number {
    return this.#userCount;
  }

  /** Users that the workers who are here say they run. */
  usersByClass(): Record<string, number> {
    const sum: Record<string, number> = {};
    for (const row of this.#rows.values()) {
      for (const [name, count] of Object.entries(row.usersByClass)) sum[name] = (sum[name] ?? 0) + count;
    }
    return sum;
  }

  #listenTo(row: Row, stepMs: number): RosterChange | undefined {
    row.silentMs += stepMs; // also of one that is gone: the verdict says how long ago that was
    if (row.state === "gone") {
      row.awayMs += stepMs; // it may come back
      return undefined;
    }
    const limitMs = row.lostBecause === undefined ? this.#limits.missingAfterMs : this.#limits.redialWithinMs;
    if (row.silentMs < limitMs) return undefined;
    if (row.isReturning && this.#move(row, "lostAgain")) { // it was not back yet: nothing is new to anyone
      row.awayMs += row.silentMs;
      return undefined;
    }
    const users = row.usersWhenLost = row.users;
    const { usersByClass } = row;
    this.#move(row, "silent");
    this.#clear(row);
    row.awayMs = row.silentMs;
    if (!row.hasJoined) return undefined;
    return { kind: "missing", worker: row, silentMs: row.silentMs, users, usersByClass, brokenBy: row.lostBecause };
  }

  #waitFor(row: Row, stepMs: number): RosterChange | undefined {
    row.awayMs += stepMs;
    row.silentMs += stepMs;
    if (row.silentMs < this.#limits.forgetAfterMs || !this.#move(row, "expired")) return undefined;
    return { kind: "forgotten", worker: row };
  }

  #returned(row: Row): RosterChange {
    const awayMs = row.awayMs;
    row.awayMs = 0;
    const { absences, absentMs } = row.incidents;
    row.incidents = { ...row.incidents, absences: absences + 1, absentMs: absentMs + awayMs };
    return { kind: "returned", worker: row, awayMs, users: row.usersWhenLost };
  }

  /** Whether the fact changed the state. */
  #move(row: Row, fact: WorkerFact): boolean {
    const before = row.state;
    row.state = nextWorkerState(before, fact);
    return row.state !== before;
  }

  #setUsers(row: Row, users: UsersByClass): void {
    row.usersByClass = users;
    this.#countUsers(row, Object.values(users).reduce((sum, count) => sum + count, 0));
  }

  #countUsers(row: Row, users: number): void {
    this.#userCount += users - row.users;
    row.users = users;
  }

  #clear(row: Row): void {
    this.#setUsers(row, {});
    row.assigned = {};
  }

  #add(id: string): Row {
    const row = createRow(id, this.#nextIndex++);
    this.#rows.set(id, row);
    return row;
  }

  #forgetOldest(): void {
    let surplus = this.#rows.size - this.#limits.maxRemembered;
    for (const row of this.#rows.values()) {
      if (surplus <= 0) return;
      if (row.state !== "gone") continue;
      this.#countUsers(row, 0);
      this.#rows.delete(row.id);
      surplus--;
    }
  }
}

function isReady({ state }: Pick<RosterWorker, "state">): boolean {
  return isPresent(state) && state !== "joining";
}
