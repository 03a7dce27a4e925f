/**
 * Divides the arrivals of a run among its workers: who starts which, from which number on. Each worker has as many turns as threads. Pure
 * but for its own state; sends nothing. From which time of the run on a change may count is known by `arrival_leases.ts`.
 *
 * Invariant: a change takes effect at one arrival number for all, the first of a time that nobody has reached, so that no arrival is started
 * twice or by nobody; what a lost worker can not have started is owed by the others.
 */
import { ArrivalPositions } from "../../load/arrivals/arrival_positions.ts";
import { endCurve, startCurve } from "../../load/arrivals/arrival_rate.ts";
import { curveAt, firstArrivalFrom, roundUp } from "../../load/arrivals/first_arrival.ts";
import { CurveReader } from "../../load/arrivals/rate_curve.ts";
import type { ScheduledClass } from "../../stats/class_arrival_ticks.ts";
import type {
  ArrivalLeg,
  ArrivalOrder,
  ArrivalStream,
  LeftArrivals,
  OwedArrivals,
  RateCurve,
} from "../../protocol/arrivals_message.ts";
import {
  type Debt,
  divideOwed,
  earlierPart,
  laterPart,
  type Leg,
  legsFor,
  takeFrom,
  turnsOfThreads,
  turnsOfUsers,
} from "./arrival_legs.ts";

/** A thread that stood still for so long may still have to start arrivals of a leg that is over. */
const FORGET_AFTER_MS = 5000;
/** As many legs, and as many debts, as an order may have: `protocol/parse_arrivals.ts`. */
const MAX_IN_ORDER = 16;

/** Whoever ends a stretch of time must mean the same number as who begins with it, though their sums differ in the last digits. */
const MARGIN_MS = 0.001;

/** Arrivals that no worker was there for are started late by those that come, but not those of longer ago. */
const CATCH_UP_MS = 6000;

/** A worker that has not heard of what it owes for so long is forgotten: nobody knows it any more. */
const KEEP_DEBTS_MS = 60_000;

const NONE: ReadonlySet<string> = new Set();

/** More debts than a master can make. */
const IDS_PER_MS = 1000;

/** Has the arrivals while no worker is there. */
const NOBODY: ArrivalMember = { id: "", threads: 1 };

export interface StreamSettings extends Pick<ArrivalStream, "kind" | "classes" | "pattern" | "maxUsers" | "count"> {
  /** From the start of the run. */
  readonly curve: RateCurve;
}

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

/** Of a change: the time of the run now, and that from which on the change counts. Nobody has started an arrival of then or later. */
export interface ChangeTimes {
  readonly nowMs: number;
  readonly atMs: number;
  /** All that took part know whose the arrivals of before that time are: of what comes after it they must still hear. Absent: they know all. */
  readonly heldMs?: number;
}

interface Stream {
  readonly id: number;
  readonly settings: StreamSettings;
  readonly seed: number;
  readonly positions: ArrivalPositions;
  legs: readonly Leg[];
  /** Those that may not be settled yet: a worker may be lost with them, or not have heard of them. */
  debts: readonly Debt[];
  /** Of workers that came to have no part, and may not have heard of it: from where on others have what was theirs, and the legs of then. */
  readonly away: Map<string, { readonly left: readonly LeftArrivals[]; readonly legs: readonly ArrivalLeg[] }>;
  isOver: boolean;
}

export class ArrivalDispatch {
  readonly #streams: readonly Stream[];
  readonly #firstUserIndex: number;
  readonly #countUsers: CountUsers;
  #members: readonly ArrivalMember[] = [];
  #epoch = 0;
  /** Of debts, and of what workers left. */
  #lastId = 0;
  #endMs: number | undefined;

  /** `firstUserIndex`: of the users that are made for arrivals; those below it are given to others. */
  constructor(
    streams: readonly StreamSettings[],
    options: { readonly seed: number; readonly firstUserIndex: number; readonly countUsers?: CountUsers },
  ) {
    this.#firstUserIndex = options.firstUserIndex;
    this.#countUsers = options.countUsers ?? (() => 0);
    this.#streams = streams.map((settings, id) => {
      const seed = (options.seed + id) % 2 ** 31;
      return {
        id,
        settings,
        seed,
        positions: new ArrivalPositions(settings.pattern, seed),
        legs: [],
        debts: [],
        away: new Map(),
        isOver: false,
      };
    });
  }

  /** Arrivals until a time of the run. */
  plannedUntil(runMs: number): number {
    return this.#sumOpen((stream) => this.#plannedOf(stream, runMs));
  }

  /** Those of the stream that a class is in; undefined: none. */
  plannedOf(className: string, runMs: number): number | undefined {
    const stream = this.#open().find(({ settings }) => settings.classes.some(({ name }) => name === className));
    return stream === undefined ? undefined : this.#plannedOf(stream, runMs);
  }

  #plannedOf(stream: Stream, runMs: number): number {
    const untilMs = Math.min(runMs, this.#endMs ?? Infinity);
    return Math.min(this.#indexAt(stream, untilMs), stream.settings.count ?? Infinity);
  }

  /** Arrivals per second at a time of the run. */
  rateAt(runMs: number): number {
    return this.#sumOpen((stream) => this.#rateNow(stream, runMs));
  }

  /** None where all of them are planned already. */
  #rateNow(stream: Stream, runMs: number): number {
    const isDone = this.#indexAt(stream, runMs) >= (stream.settings.count ?? Infinity);
    return isDone ? 0 : rateOf(stream, runMs);
  }

  /** The classes, and the rate of each at a time of the run. */
  classesAt(runMs: number): readonly ScheduledClass[] {
    return this.#streams.flatMap((stream) => {
      const { classes, kind = "arrivals" } = stream.settings;
      const total = classes.reduce((sum, { weight }) => sum + weight, 0);
      const perSecond = this.#rateNow(stream, runMs);
      return classes.map(({ name, weight }) => ({ name, kind, plannedPerSecond: perSecond * weight / total }));
    });
  }

  /** Whether users have come or gone, so that those of a target rate have other shares. */
  get hasOtherTargets(): boolean {
    return this.#targets().some((stream) => this.#hasOtherUsers(stream));
  }

  divideTargets(times: ChangeTimes): void {
    for (const stream of this.#targets()) {
      if (this.#hasOtherUsers(stream)) this.#legFrom(stream, times, curveOf(stream, times.atMs));
    }
  }

  #hasOtherUsers(stream: Stream): boolean {
    const before = stream.legs.at(-1)?.byUsers ?? [];
    return this.#usersFor(stream).some((users, i) => users !== before[i]);
  }

  /** No arrival starts at that time of the run or later; undefined: there is no end. */
  endAt(endMs: number | undefined): void {
    this.#endMs = endMs;
  }

  /** The workers at the start: arrivals begin with those of `fromMs`, which is 0 unless an earlier master began the run. */
  begin(members: readonly ArrivalMember[], fromMs = 0): void {
    this.#members = members.length === 0 ? [NOBODY] : members;
    // Higher than those of the earlier master, which workers have seen: it made far fewer orders than one a millisecond.
    this.#epoch = Math.max(this.#epoch, Math.ceil(fromMs));
    this.#lastId = Math.max(this.#lastId, Math.ceil(fromMs) * IDS_PER_MS);
    for (const stream of this.#streams) {
      const fromIndex = this.#indexAt(stream, fromMs);
      stream.legs = [this.#createLeg(stream, fromIndex, stream.settings.curve)];
    }
  }

  /** Other workers take part. What those that are gone leave is said by `settle`, once it is known. */
  setMembers(members: readonly ArrivalMember[], times: ChangeTimes): void {
    const [before] = this.#members;
    for (const { id } of this.#members.filter((each) => !members.some((member) => member.id === each.id))) {
      // It may come back, and has to hear of the legs of now.
      for (const stream of this.#streams) {
        stream.away.set(id, { left: stream.away.get(id)?.left ?? [], legs: legsIn(stream, id) });
      }
    }
    this.#members = members.length === 0 ? [NOBODY] : members;
    for (const stream of this.#streams) this.#legFrom(stream, times, curveOf(stream, times.atMs));
    if (before !== NOBODY || members.length === 0) return;
    this.settle(NOBODY.id, { sinceMs: times.nowMs - CATCH_UP_MS, nowMs: times.nowMs });
  }

  /** A worker that takes part no more has started nothing of `sinceMs` or later: the others owe it, those that can be told so if there are any. */
  settle(
    workerId: string,
    { sinceMs, nowMs, unreachable = NONE }: {
      readonly sinceMs: number;
      readonly nowMs: number;
      readonly unreachable?: ReadonlySet<string>;
    },
  ): void {
    for (const stream of this.#streams) {
      if (stream.settings.kind === "target") continue; // what was missed is not made up for
      const others = this.#members.map(({ id }) => id).filter((id) => hasTurns(stream.legs.at(-1), id));
      const reachable = others.filter((id) => !unreachable.has(id));
      const heirs = reachable.length === 0 ? others : reachable;
      const from = this.#firstAfter(stream, sinceMs);
      const { legs, owed } = takeFrom(stream.legs, workerId, from);
      stream.legs = legs;
      const before = stream.away.get(workerId)?.left ?? [];
      const left = [...before, { id: ++this.#lastId, fromIndex: from }].slice(-MAX_IN_ORDER);
      stream.away.set(workerId, { left, legs: legsIn(stream, workerId) });
      const own = stream.debts.filter((debt) => debt.workerId === workerId);
      const inherited = own.flatMap((debt) => laterPart(debt.owed, from));
      stream.debts = [
        ...stream.debts.map((debt) => debt.workerId === workerId ? earlierPart(debt, from) : debt)
          .filter(({ owed: { fromIndex, toIndex }, sinceMs }) =>
            toIndex > fromIndex && nowMs - sinceMs < KEEP_DEBTS_MS
          ),
        ...divideOwed([...owed, ...inherited], heirs, { sinceMs: nowMs, createId: () => ++this.#lastId }),
      ];
    }
  }

  /** Of debts so far. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The worker has heard of all orders with debts up to `lastId`; what it owes of before that time stays its own. */
  heard(workerId: string, { atMs, lastId }: { readonly atMs: number; readonly lastId: number }): void {
    for (const stream of this.#streams) {
      stream.away.delete(workerId);
      // The curve of a leg knows nothing of the time before it.
      const isKnown = atMs >= (stream.legs[0]?.curve.points[0]?.[0] ?? Infinity);
      const index = isKnown ? this.#indexAt(stream, atMs) : 0;
      stream.debts = stream.debts.filter((debt) =>
        debt.workerId !== workerId || debt.owed.toIndex > index || (debt.owed.id ?? 0) > lastId
      );
    }
  }

  /** Another rate, in the shares that the streams have then. */
  setRate(curve: RateCurve, times: ChangeTimes, of: "arrivals" | "targets" = "arrivals"): void {
    const { atMs } = times;
    const streams = of === "arrivals" ? this.#open() : this.#targets();
    const rates = streams.map((stream) => rateOf(stream, atMs));
    const total = rates.reduce((sum, rate) => sum + rate, 0);
    for (const [i, stream] of streams.entries()) {
      const before = new CurveReader(curveOf(stream, atMs));
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
    for (const stream of this.#streams) if (stream.id === id) stream.isOver = true;
  }

  /** What each worker is to know now, those that take part no more but have arrivals left (`leavers`) as well. */
  orders(runMs: number, leavers: readonly string[] = []): MemberOrder[] {
    const members = this.#members.filter((member) => member !== NOBODY);
    const receivers = [...members, ...leavers.map((id) => ({ id, threads: 0 }))];
    const most = Math.max(1, ...this.#streams.flatMap((each) => receivers.map(({ id }) => owedOf(each, id).length)));
    return Array.from({ length: Math.ceil(most / MAX_IN_ORDER) }, (_, part) => {
      this.#epoch++;
      return receivers.map((receiver) => this.#orderFor(receiver, runMs, part));
    }).flat();
  }

  /** `part`: of what is owed, which may be more than an order can hold. */
  #orderFor({ id: workerId, knows }: ArrivalMember, runMs: number, part: number): MemberOrder {
    return {
      workerId,
      epoch: this.#epoch,
      runMs,
      streams: (knows === "arrivals" ? this.#open() : this.#streams).map((stream): ArrivalStream => {
        const { id, settings, seed, isOver } = stream;
        const left = stream.away.get(workerId)?.left;
        return {
          id,
          ...(settings.kind === undefined ? {} : { kind: settings.kind }),
          classes: settings.classes,
          pattern: settings.pattern,
          seed,
          maxUsers: settings.maxUsers,
          ...(settings.count === undefined ? {} : { count: settings.count }),
          firstUserIndex: this.#firstUserIndex + id,
          userIndexStep: this.#streams.length,
          legs: legsIn(stream, workerId).slice(-MAX_IN_ORDER)
            .map((leg) => ({ ...leg, curve: endCurve(leg.curve, this.#endMs) })),
          ...(isOver ? { isOver: true as const } : {}),
          owed: owedOf(stream, workerId).slice(part * MAX_IN_ORDER, (part + 1) * MAX_IN_ORDER),
          ...(left === undefined ? {} : { left }),
        };
      }),
    };
  }

  /** Puts a leg behind the others; those that have been over for a while are forgotten. */
  #legFrom(stream: Stream, { nowMs, atMs, heldMs = Infinity }: ChangeTimes, curve: RateCurve): void {
    const fromIndex = Math.max(stream.legs.at(-1)?.fromIndex ?? 0, this.#firstAfter(stream, atMs));
    const over = this.#indexAt(stream, Math.min(nowMs - FORGET_AFTER_MS, heldMs));
    const kept = stream.legs.filter((leg, i) =>
      leg.fromIndex < fromIndex && (stream.legs[i + 1]?.fromIndex ?? Infinity) > over
    );
    stream.legs = [...kept, this.#createLeg(stream, fromIndex, curve)];
  }

  #createLeg(stream: Stream, fromIndex: number, curve: RateCurve): Leg {
    const { kind, maxUsers } = stream.settings;
    const turns = kind === "target"
      ? turnsOfUsers(this.#members, this.#usersFor(stream))
      : turnsOfThreads(this.#members, maxUsers);
    return { fromIndex, curve, ...turns };
  }

  /** How many arrivals are planned before that time. */
  #indexAt(stream: Stream, runMs: number): number {
    return stream.positions.countBefore(roundUp(new CurveReader(curveOf(stream, runMs)).countAt(runMs)));
  }

  /** The first arrival that nobody has started who has started none of that time or later. */
  #firstAfter(stream: Stream, runMs: number): number {
    const legs = stream.legs.map(({ fromIndex, curve }) => ({ fromIndex, curve: endCurve(curve, this.#endMs) }));
    return firstArrivalFrom(legs, stream.positions, runMs + MARGIN_MS);
  }

  /** Users of each member that keep the target rate of a stream. */
  #usersFor({ settings }: Stream): readonly number[] {
    const name = settings.classes[0]?.name;
    return this.#members.map(({ id, knows }) =>
      name === undefined || knows === "arrivals" ? 0 : this.#countUsers(id, name)
    );
  }

  #open(): readonly Stream[] {
    return this.#streams.filter(({ settings }) => settings.kind === undefined);
  }

  #targets(): readonly Stream[] {
    return this.#streams.filter(({ settings }) => settings.kind === "target");
  }

  #sumOpen(read: (stream: Stream) => number): number {
    return this.#open().reduce((total, stream) => total + read(stream), 0);
  }
}

function rateOf(stream: Stream, runMs: number): number {
  return new CurveReader(curveOf(stream, runMs)).rateAt(runMs);
}

function curveOf({ legs, settings }: Stream, runMs: number): RateCurve {
  return curveAt(legs, runMs) ?? settings.curve;
}

/** What one worker is to know, beginning with what it had when it went away. */
function legsIn({ legs, away }: Stream, workerId: string): readonly ArrivalLeg[] {
  const known = legsFor(legs, workerId);
  const first = known[0]?.fromIndex ?? 0;
  return [...(away.get(workerId)?.legs ?? []).filter(({ fromIndex }) => fromIndex < first), ...known];
}

/** Who has none has no users of the stream either. */
function hasTurns(leg: Leg | undefined, workerId: string): boolean {
  return (leg?.slotsOf.get(workerId) ?? []).length > 0;
}

function owedOf({ debts }: Stream, workerId: string): OwedArrivals[] {
  return debts.filter((debt) => debt.workerId === workerId).map(({ owed }) => owed);
}
