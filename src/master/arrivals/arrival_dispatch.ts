/**
 * Divides the arrivals of a run among its workers: who starts which, from which number on. Each worker has as many
 * turns as threads. Knows the workers and the streams; what one stream has is in `divided_stream.ts`. Sends nothing.
 * From which time of the run on a change may count is known by `arrival_leases.ts`.
 *
 * Invariant: a change takes effect at one arrival number for all, the first of a time that nobody has reached, so that
 * no arrival is started twice or by nobody; what a lost worker can not have started is owed by the others.
 */
import { startCurve } from "../../load/arrivals/arrival_rate.ts";
import { CurveReader } from "../../load/arrivals/rate_curve.ts";
import type { ScheduledClass } from "../../stats/ticks/class_arrival_ticks.ts";
import type { ArrivalOrder, ArrivalStream, RateCurve } from "../../protocol/arrivals_message.ts";
import { type Turns, turnsOfThreads, turnsOfUsers } from "./arrival_legs.ts";
import { type ChangeTimes, DividedStream, MAX_IN_ORDER, type StreamSettings } from "./divided_stream.ts";

/** Arrivals that no worker was there for are started late by those that come, but not those of longer ago. */
const CATCH_UP_MS = 6000;

const NONE: ReadonlySet<string> = new Set();

/** More debts than a master can make. */
const IDS_PER_MS = 1000;

/** Has the arrivals while no worker is there. */
const NOBODY: ArrivalMember = { id: "", threads: 1 };

export interface ArrivalMember {
  readonly id: string;
  readonly threads: number;
  /** `arrivals`: it knows nothing of target rates. Absent: both. */
  readonly knows?: "arrivals";
}

/** Users of a class that a worker is to run. */
export type CountUsers = (workerId: string, className: string) => number;

export type MemberOrder =
  & Required<Omit<ArrivalOrder, "runId" | "reading" | "untilMs" | "hold">>
  & { readonly workerId: string };

export class ArrivalDispatch {
  readonly #streams: readonly DividedStream[];
  readonly #firstUserIndex: number;
  readonly #countUsers: CountUsers;
  #members: readonly ArrivalMember[] = [];
  #epoch = 0;
  /** Of debts, and of what workers left. */
  #lastId = 0;

  /** `firstUserIndex`: of the users that are made for arrivals; those below it are given to others. */
  constructor(
    streams: readonly StreamSettings[],
    options: { readonly seed: number; readonly firstUserIndex: number; readonly countUsers?: CountUsers },
  ) {
    this.#firstUserIndex = options.firstUserIndex;
    this.#countUsers = options.countUsers ?? (() => 0);
    this.#streams = streams.map((settings, id) => new DividedStream(id, settings, (options.seed + id) % 2 ** 31));
  }

  /** Arrivals until a time of the run. */
  plannedUntil(runMs: number): number {
    return this.#sumOpen((stream) => stream.plannedUntil(runMs));
  }

  /** Those of the stream that a class is in; undefined: none. */
  plannedOf(className: string, runMs: number): number | undefined {
    const stream = this.#open().find(({ settings }) => settings.classes.some(({ name }) => name === className));
    return stream?.plannedUntil(runMs);
  }

  /** Arrivals per second at a time of the run. */
  rateAt(runMs: number): number {
    return this.#sumOpen((stream) => stream.rateAt(runMs));
  }

  /** The classes, and the rate of each at a time of the run. */
  classesAt(runMs: number): readonly ScheduledClass[] {
    return this.#streams.flatMap((stream) => {
      const { classes, kind = "arrivals" } = stream.settings;
      const total = classes.reduce((sum, { weight }) => sum + weight, 0);
      const perSecond = stream.rateAt(runMs);
      return classes.map(({ name, weight }) => ({ name, kind, plannedPerSecond: perSecond * weight / total }));
    });
  }

  /** Whether users have come or gone, so that those of a target rate have other shares. */
  get hasOtherTargets(): boolean {
    return this.#targets().some((stream) => this.#hasOtherUsers(stream));
  }

  divideTargets(times: ChangeTimes): void {
    for (const stream of this.#targets()) {
      if (this.#hasOtherUsers(stream)) this.#legFrom(stream, times, stream.curveAt(times.atMs));
    }
  }

  #hasOtherUsers(stream: DividedStream): boolean {
    const before = stream.lastUsers;
    return this.#usersFor(stream).some((users, i) => users !== before[i]);
  }

  /** No arrival starts at that time of the run or later; undefined: there is no end. */
  endAt(endMs: number | undefined): void {
    for (const stream of this.#streams) stream.endAt(endMs);
  }

  /** The workers at the start: arrivals begin with those of `fromMs`, which is 0 unless an earlier master began the run. */
  begin(members: readonly ArrivalMember[], fromMs = 0): void {
    this.#members = members.length === 0 ? [NOBODY] : members;
    // Higher than those of the earlier master, which workers have seen: it made far fewer orders than one a millisecond.
    this.#epoch = Math.max(this.#epoch, Math.ceil(fromMs));
    this.#lastId = Math.max(this.#lastId, Math.ceil(fromMs) * IDS_PER_MS);
    for (const stream of this.#streams) stream.begin(fromMs, this.#turnsOf(stream));
  }

  /** Other workers take part. What those that are gone leave is said by `settle`, once it is known. */
  setMembers(members: readonly ArrivalMember[], times: ChangeTimes): void {
    const [before] = this.#members;
    for (const { id } of this.#members.filter((each) => !members.some((member) => member.id === each.id))) {
      for (const stream of this.#streams) stream.memberGone(id);
    }
    this.#members = members.length === 0 ? [NOBODY] : members;
    for (const stream of this.#streams) this.#legFrom(stream, times, stream.curveAt(times.atMs));
    if (before !== NOBODY || members.length === 0) return;
    this.settle(NOBODY.id, { sinceMs: times.nowMs - CATCH_UP_MS, nowMs: times.nowMs });
  }

  /**
   * A worker that takes part no more has started nothing of `sinceMs` or later: the others owe it, those that can be
   * told so if there are any.
   */
  settle(
    workerId: string,
    { sinceMs, nowMs, unreachable = NONE }: {
      readonly sinceMs: number;
      readonly nowMs: number;
      readonly unreachable?: ReadonlySet<string>;
    },
  ): void {
    const members = this.#members.map(({ id }) => id);
    const createId = () => ++this.#lastId;
    for (const stream of this.#streams) stream.settle({ workerId, sinceMs, nowMs, members, unreachable, createId });
  }

  /** Of debts so far. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The worker has heard of all orders with debts up to `lastId`; what it owes of before that time stays its own. */
  heard(workerId: string, of: { readonly atMs: number; readonly lastId: number }): void {
    for (const stream of this.#streams) stream.heard(workerId, of);
  }

  /** Another rate, in the shares that the streams have then. */
  setRate(curve: RateCurve, times: ChangeTimes, of: "arrivals" | "targets" = "arrivals"): void {
    const { atMs } = times;
    const streams = of === "arrivals" ? this.#open() : this.#targets();
    const rates = streams.map((stream) => stream.curveRateAt(atMs));
    const total = rates.reduce((sum, rate) => sum + rate, 0);
    for (const [i, stream] of streams.entries()) {
      const before = new CurveReader(stream.curveAt(atMs));
      const share = total > 0 ? (rates[i] ?? 0) / total : 1 / streams.length;
      const points = curve.points.map(([ms, perSecond]) => [ms, perSecond * share] as const);
      this.#legFrom(stream, times, startCurve({ ...curve, points }, atMs, before.countAt(atMs)));
    }
  }

  /** The arrivals of one stream begin. `curve`: over the time of the run. */
  beginStream(id: number, curve: RateCurve, times: ChangeTimes): void {
    for (const stream of this.#streams) if (stream.id === id) this.#legFrom(stream, times, curve);
  }

  /** A stream's end is over: its users end, and the run goes on. */
  endStream(id: number): void {
    for (const stream of this.#streams) if (stream.id === id) stream.end();
  }

  /** What each worker is to know now, those that take part no more but have arrivals left (`leavers`) as well. */
  orders(runMs: number, leavers: readonly string[] = []): MemberOrder[] {
    const members = this.#members.filter((member) => member !== NOBODY);
    const receivers = [...members, ...leavers.map((id) => ({ id, threads: 0 }))];
    const most = Math.max(1, ...this.#streams.flatMap((each) => receivers.map(({ id }) => each.owedOf(id).length)));
    return Array.from({ length: Math.ceil(most / MAX_IN_ORDER) }, (_, part) => {
      this.#epoch++;
      return receivers.map((receiver) => this.#orderFor(receiver, runMs, part));
    }).flat();
  }

  #orderFor({ id: workerId, knows }: ArrivalMember, runMs: number, part: number): MemberOrder {
    return {
      workerId,
      epoch: this.#epoch,
      runMs,
      streams: (knows === "arrivals" ? this.#open() : this.#streams).map((stream): ArrivalStream => ({
        ...stream.orderFor(workerId, part),
        firstUserIndex: this.#firstUserIndex + stream.id,
        userIndexStep: this.#streams.length,
      })),
    };
  }

  #legFrom(stream: DividedStream, times: ChangeTimes, curve: RateCurve): void {
    stream.legFrom(times, curve, this.#turnsOf(stream));
  }

  #turnsOf(stream: DividedStream): Turns {
    return stream.settings.kind === "target"
      ? turnsOfUsers(this.#members, this.#usersFor(stream))
      : turnsOfThreads(this.#members, stream.settings.maxUsers);
  }

  /** Users of each member that keep the target rate of a stream. */
  #usersFor({ settings }: DividedStream): readonly number[] {
    const name = settings.classes[0]?.name;
    return this.#members.map(({ id, knows }) =>
      name === undefined || knows === "arrivals" ? 0 : this.#countUsers(id, name)
    );
  }

  #open(): readonly DividedStream[] {
    return this.#streams.filter(({ settings }) => settings.kind === undefined);
  }

  #targets(): readonly DividedStream[] {
    return this.#streams.filter(({ settings }) => settings.kind === "target");
  }

  #sumOpen(read: (stream: DividedStream) => number): number {
    return this.#open().reduce((total, stream) => total + read(stream), 0);
  }
}
