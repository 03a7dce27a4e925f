/**
 * Divides the arrivals of a run among its workers: who starts which, from which number on. Each worker has as many turns as threads. Pure
 * but for its own state; sends nothing.
 *
 * Invariant: a change takes effect at one arrival number for all, in the near future, so that no arrival is started twice or by nobody;
 * what a lost worker can not have started is owed by the others.
 */
import { ArrivalPositions } from "../load/arrivals/arrival_positions.ts";
import { endCurve, startCurve } from "../load/arrivals/arrival_rate.ts";
import { CurveReader } from "../load/arrivals/rate_curve.ts";
import { turnsByUsers } from "../load/arrivals/turns_by_users.ts";
import type { ScheduledClass } from "../stats/class_arrival_ticks.ts";
import type { ArrivalOrder, ArrivalStream, OwedArrivals, RateCurve } from "../protocol/arrivals_message.ts";

/** Time for an order to reach every thread before it takes effect. */
const LEAD_MS = 400;

/** A thread that stood still for so long may still have to start arrivals of a leg that is over. */
const FORGET_AFTER_MS = 5000;
/** With the newest, as many as an order may have: `protocol/parse_arrivals.ts`. */
const MAX_LEGS_KEPT = 15;

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

export type MemberOrder = Required<Omit<ArrivalOrder, "runId" | "reading">> & { readonly workerId: string };

interface Leg {
  readonly fromIndex: number;
  readonly curve: RateCurve;
  readonly of: number;
  readonly slotsOf: ReadonlyMap<string, readonly number[]>;
  /** Of a target rate: the users by which the turns were divided. */
  readonly byUsers?: readonly number[];
}

/** What a worker starts in place of one that is gone. */
interface Debt {
  readonly workerId: string;
  readonly owed: OwedArrivals;
}

interface Stream {
  readonly id: number;
  readonly settings: StreamSettings;
  readonly seed: number;
  readonly positions: ArrivalPositions;
  legs: Leg[];
  /** Those that may not be settled yet: a worker may be lost with them. */
  debts: readonly Debt[];
  isOver: boolean;
}

export class ArrivalDispatch {
  readonly #streams: readonly Stream[];
  readonly #firstUserIndex: number;
  readonly #countUsers: CountUsers;
  #members: readonly ArrivalMember[] = [];
  #epoch = 0;
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

  /** Users have come or gone: those of a target rate have other shares. */
  divideTargets(runMs: number): MemberOrder[] {
    const changed = this.#targets().filter((stream) => {
      const before = stream.legs.at(-1)?.byUsers ?? [];
      return this.#usersFor(stream).some((users, i) => users !== before[i]);
    });
    if (changed.length === 0) return [];
    for (const stream of changed) this.#legFrom(stream, runMs, curveAt(stream, runMs + LEAD_MS));
    return this.#orderAll(runMs);
  }

  /** No arrival starts at that time of the run or later; undefined: there is no end. Said before the start, or to all again. */
  endAt(endMs: number | undefined, runMs: number): MemberOrder[] {
    this.#endMs = endMs;
    return this.#orderAll(runMs);
  }

  /** The workers at the start: arrivals begin with those of `fromMs`, which is 0 unless an earlier master began the run. */
  begin(members: readonly ArrivalMember[], runMs: number, fromMs = 0): MemberOrder[] {
    this.#members = members;
    // Higher than those of the earlier master, which workers have seen: it made far fewer orders than one a millisecond.
    this.#epoch = Math.max(this.#epoch, Math.ceil(fromMs));
    for (const stream of this.#streams) {
      const fromIndex = this.#indexAt(stream, fromMs);
      stream.legs = [this.#createLeg(stream, fromIndex, stream.settings.curve)];
    }
    return this.#orderAll(runMs);
  }

  /** Other workers take part from now on. `lostSinceMs`: since when one that is gone has started nothing. */
  setMembers(
    members: readonly ArrivalMember[],
    runMs: number,
    lostSinceMs: (workerId: string) => number,
  ): MemberOrder[] {
    const gone = this.#members.filter(({ id }) => !members.some((member) => member.id === id));
    this.#members = members;
    const owed = this.#streams.map((stream) => {
      const before = stream.legs;
      const to = this.#legFrom(stream, runMs, curveAt(stream, runMs + LEAD_MS));
      if (stream.settings.kind === "target") return []; // what was missed is not made up for
      const lost = gone.flatMap(({ id }) => {
        const from = this.#indexAt(stream, lostSinceMs(id));
        const debts = stream.debts.filter(({ workerId }) => workerId === id).map(({ owed }) => owed);
        return [...owedBy(before, id, from, to), ...debts.flatMap((debt) => laterPart(debt, from))];
      });
      const now = this.#indexAt(stream, runMs);
      const isOpen = ({ workerId, owed }: Debt) => owed.toIndex > now && members.some(({ id }) => id === workerId);
      const fresh = members.flatMap(({ id }, i) =>
        divideOwed(lost, i, members.length).map((owed) => ({ workerId: id, owed }))
      );
      stream.debts = [...stream.debts.filter(isOpen), ...fresh];
      return fresh;
    });
    return this.#orderAll(runMs, owed);
  }

  /** Another rate from now on, in the shares that the streams have now. */
  setRate(curve: RateCurve, runMs: number, of: "arrivals" | "targets" = "arrivals"): MemberOrder[] {
    const atMs = runMs + LEAD_MS;
    const streams = of === "arrivals" ? this.#open() : this.#targets();
    const total = streams.reduce((sum, stream) => sum + rateOf(stream, runMs), 0);
    for (const stream of streams) {
      const before = new CurveReader(curveAt(stream, atMs));
      const share = total > 0 ? rateOf(stream, runMs) / total : 1 / streams.length;
      const points = curve.points.map(([ms, perSecond]) => [ms, perSecond * share] as const);
      this.#legFrom(stream, runMs, startCurve({ ...curve, points }, atMs, before.countAt(atMs)));
    }
    return this.#orderAll(runMs);
  }

  /** The arrivals of one stream begin, not before a moment from now. `curve`: over the time of the run. */
  beginStream(id: number, curve: RateCurve, runMs: number): MemberOrder[] {
    for (const stream of this.#streams) if (stream.id === id) this.#legFrom(stream, runMs, curve);
    return this.#orderAll(runMs);
  }

  /** A stream's end is over: its users end, and the run goes on. */
  endStream(id: number, runMs: number): MemberOrder[] {
    for (const stream of this.#streams) if (stream.id === id) stream.isOver = true;
    return this.#orderAll(runMs);
  }

  #orderAll(runMs: number, debts: readonly (readonly Debt[])[] = []): MemberOrder[] {
    this.#epoch++;
    return this.#members.map((member) => this.#orderFor(member, runMs, debts));
  }

  #orderFor(
    { id: workerId, knows }: ArrivalMember,
    runMs: number,
    debts: readonly (readonly Debt[])[],
  ): MemberOrder {
    return {
      workerId,
      epoch: this.#epoch,
      runMs,
      streams: (knows === "arrivals" ? this.#open() : this.#streams).map(({ id, settings, seed, legs, isOver }) => ({
        id,
        ...(settings.kind === undefined ? {} : { kind: settings.kind }),
        classes: settings.classes,
        pattern: settings.pattern,
        seed,
        maxUsers: settings.maxUsers,
        ...(settings.count === undefined ? {} : { count: settings.count }),
        firstUserIndex: this.#firstUserIndex + id,
        userIndexStep: this.#streams.length,
        legs: legs.map(({ fromIndex, curve, of, slotsOf }) => ({
          fromIndex,
          curve: endCurve(curve, this.#endMs),
          of,
          slots: slotsOf.get(workerId) ?? [],
        })),
        ...(isOver ? { isOver: true as const } : {}),
        owed: (debts[id] ?? []).filter((debt) => debt.workerId === workerId).map(({ owed }) => owed),
      })),
    };
  }

  /** Puts a leg behind the others; those that have been over for a while are forgotten. Returns the number it begins with. */
  #legFrom(stream: Stream, runMs: number, curve: RateCurve): number {
    const newest = stream.legs.at(-1);
    const fromIndex = Math.max(newest?.fromIndex ?? 0, this.#indexAt(stream, runMs + LEAD_MS));
    const over = this.#indexAt(stream, runMs - FORGET_AFTER_MS);
    const kept = stream.legs.filter((leg, i) =>
      leg.fromIndex < fromIndex && (stream.legs[i + 1]?.fromIndex ?? Infinity) > over
    ).slice(-MAX_LEGS_KEPT);
    stream.legs = [...kept, this.#createLeg(stream, fromIndex, curve)];
    return fromIndex;
  }

  #createLeg(stream: Stream, fromIndex: number, curve: RateCurve): Leg {
    const { settings } = stream;
    if (settings.kind === "target") {
      const byUsers = this.#usersFor(stream);
      const { of, slots } = turnsByUsers(byUsers);
      return {
        fromIndex,
        curve,
        of,
        byUsers,
        slotsOf: new Map(this.#members.map(({ id }, i) => [id, slots[i] ?? []])),
      };
    }
    const threads = this.#members.reduce((sum, member) => sum + member.threads, 0);
    // A stream of fewer users than threads is left to as many threads: each of them needs one.
    const of = Math.max(1, Math.min(threads, settings.maxUsers));
    const slotsOf = new Map<string, number[]>();
    let slot = 0;
    for (const { id, threads } of this.#members) {
      const slots: number[] = [];
      for (let i = 0; i < threads && slot < of; i++) slots.push(slot++);
      slotsOf.set(id, slots);
    }
    return { fromIndex, curve, of, slotsOf };
  }

  /** The number of the first arrival whose time is not before that. */
  #indexAt(stream: Stream, runMs: number): number {
    return stream.positions.countBefore(roundUp(new CurveReader(curveAt(stream, runMs)).countAt(runMs)));
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
  return new CurveReader(curveAt(stream, runMs)).rateAt(runMs);
}

/** What a worker that is gone would have started from a number on, up to another. */
function owedBy(legs: readonly Leg[], workerId: string, from: number, to: number): OwedArrivals[] {
  return legs.flatMap(({ fromIndex, of, slotsOf }, i) => {
    const slots = slotsOf.get(workerId) ?? [];
    const begin = Math.max(from, fromIndex);
    const end = Math.min(to, legs[i + 1]?.fromIndex ?? Infinity);
    return slots.length === 0 || end <= begin ? [] : [{ fromIndex: begin, toIndex: end, of, slots }];
  });
}

/** Without what comes before a number. */
function laterPart(owed: OwedArrivals, from: number): OwedArrivals[] {
  return owed.toIndex <= from ? [] : [{ ...owed, fromIndex: Math.max(owed.fromIndex, from) }];
}

/** The part of one of several. */
function divideOwed(owed: readonly OwedArrivals[], at: number, of: number): OwedArrivals[] {
  return owed.flatMap((each) => {
    const slots = each.slots.filter((_, i) => i % of === at);
    return slots.length === 0 ? [] : [{ ...each, slots }];
  });
}

/** The curve of the leg that is on at a time; Infinity: of the newest. */
function curveAt({ legs, settings }: Stream, runMs: number): RateCurve {
  const begun = legs.findLast(({ curve }, i) => i === 0 || runMs === Infinity || (curve.points[0]?.[0] ?? 0) <= runMs);
  return (begun ?? legs.at(-1))?.curve ?? settings.curve;
}

/** Sums of fractions fall short of whole numbers, or exceed them, by their last digits. */
function roundUp(count: number): number {
  const whole = Math.round(count);
  return Math.abs(count - whole) < 1e-6 ? whole : count;
}
