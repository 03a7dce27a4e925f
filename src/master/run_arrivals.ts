/**
 * The arrivals of a run on the master's side: keeps the workers that take part, sends them their orders, and the time of the run once a
 * second. Who starts what is decided by `arrival_dispatch.ts`.
 *
 * A worker whose link has ended takes no part from that moment: it starts nothing without its master. One that is silent on a link that
 * stands starts nothing after `LEASE_MS` in `thread/arrivals/arrival_driver.ts`, a second before it counts as missing.
 */
import type { Clock } from "../base/clock.ts";
import { parseArrivalRate } from "../load/arrivals/arrival_rate.ts";
import { type MachineClock, readingAt } from "../platform/machine_clock.ts";
import type { ArrivalOrder, RateCurve } from "../protocol/arrivals_message.ts";
import { ARRIVALS_MINOR, TARGETS_MINOR, type ToWorker } from "../protocol/worker_message.ts";
import type { PlannedArrivals } from "../stats/arrival_ticks.ts";
import type { OlderWorker } from "../stats/verdict/evidence.ts";
import type { HealthMonitor } from "../stats/verdict/health_monitor.ts";
import type { ScheduledClass } from "../stats/class_arrival_ticks.ts";
import {
  ArrivalDispatch,
  type ArrivalMember,
  type CountUsers,
  type MemberOrder,
  type StreamSettings,
} from "./arrival_dispatch.ts";
import type { Roster } from "./roster.ts";
import type { RunEventSink } from "./run_event.ts";
import type { RunSettings } from "./run_settings.ts";

/** The time between the end of a silent worker's starts and its being missing. */
const SILENT_GAP_MS = 1000;

/** Within `LEAD_MS` of `arrival_dispatch.ts`. */
const SOON_MS = [100, 200, 300];

/** Users for arrivals have numbers above those of users that run all the time, where there are such. */
const INDEXES_OF_OTHERS = 10_000_000;

export interface RunArrivalsOptions {
  readonly runId: string;
  readonly streams: readonly StreamSettings[];
  readonly seed: number;
  /** Whether there are users that run all the time as well. */
  readonly mixed: boolean;
  readonly roster: Pick<Roster, "placeable" | "get">;
  readonly countUsers?: CountUsers;
  /** Since the start of the run. */
  readonly runMs: () => number;
  readonly clock: Pick<Clock, "nowMs" | "schedule">;
  /** The one that workers on this machine have as well; absent: there is none. */
  readonly machineClock?: MachineClock | undefined;
  readonly events: RunEventSink;
  readonly send: (workerId: string, message: ToWorker) => void;
  readonly health?: Pick<HealthMonitor, "observeOlder">;
  /** This worker takes part in the run: its counts are waited for. */
  readonly join: (workerId: string) => void;
}

/** Undefined where no class has an arrival rate or a target rate. */
export function createArrivals(
  { plan, arrivals = [], targets = [], classes }: RunSettings,
  means: Pick<
    RunArrivalsOptions,
    "roster" | "runMs" | "clock" | "machineClock" | "send" | "join" | "events" | "countUsers" | "health"
  >,
): RunArrivals | undefined {
  const streams = [...arrivals, ...targets];
  if (streams.length === 0) return undefined;
  const { roster, runMs, clock, machineClock, send, join, events, countUsers, health } = means;
  const { runId, seed } = plan;
  return new RunArrivals({
    runId,
    seed,
    streams,
    ...(countUsers === undefined ? {} : { countUsers }),
    ...(health === undefined ? {} : { health }),
    mixed: classes.length > 0,
    roster,
    runMs,
    clock,
    machineClock,
    send,
    join,
    events,
  });
}

export class RunArrivals {
  readonly #options: RunArrivalsOptions;
  readonly #dispatch: ArrivalDispatch;
  /** Workers without a link. */
  readonly #cut = new Set<string>();
  /** Workers whose version starts no arrivals, or no tasks of a target rate. */
  readonly #older = new Set<string>();
  #members: readonly string[] = [];
  #endedMs: number | undefined;
  #isOn = false;
  /** Planned before the statistics began anew. */
  #notCounted = 0;
  readonly #notCountedOf = new Map<string, number>();

  constructor(options: RunArrivalsOptions) {
    this.#options = options;
    this.#dispatch = new ArrivalDispatch(options.streams, {
      seed: options.seed,
      firstUserIndex: options.mixed ? INDEXES_OF_OTHERS : 0,
      ...(options.countUsers === undefined ? {} : { countUsers: options.countUsers }),
    });
  }

  /** The first arrivals: those from that time of the run on. */
  begin(fromMs: number): void {
    this.#isOn = true;
    this.#tellTimeSoon();
    this.#send(this.#dispatch.begin(this.#take(), this.#options.runMs(), fromMs));
  }

  /** Workers came, went, or fell silent. */
  membersChanged(): void {
    if (this.#isOn) this.#changeMembers();
  }

  /** The worker's link has ended. */
  linkLost(workerId: string): void {
    this.#cut.add(workerId);
    if (this.#isOn) this.#changeMembers();
  }

  /** The worker is here, on a link that may be a new one: it knows nothing for certain. */
  memberReady(workerId: string): void {
    this.#cut.delete(workerId);
    if (!this.#isOn) return;
    if (this.#members.includes(workerId)) this.#members = this.#members.filter((id) => id !== workerId);
    this.#changeMembers();
  }

  /** No arrival starts at that time of the run or later; undefined: there is no end. */
  endAt(endMs: number | undefined): void {
    const orders = this.#dispatch.endAt(endMs, this.#options.runMs());
    if (this.#isOn) this.#send(orders);
  }

  /**
   * Another rate, as text, from now on, for all classes with arrivals together; or for all that have a target rate.
   * @throws UsageError where it is none
   */
  setRate(rate: string, of: "arrivals" | "targets" = "arrivals"): void {
    const { curve } = parseArrivalRate(rate);
    if (!this.#isOn) return;
    const { events, runMs } = this.#options;
    const elapsedMs = runMs();
    events({ kind: "rateChanged", rate, elapsedMs, ...(of === "arrivals" ? {} : { of }) });
    this.#send(this.#dispatch.setRate(curve, elapsedMs, of));
  }

  /** The arrivals of one stream begin. `curve`: over the time of the run. */
  beginStream(id: number, curve: RateCurve): void {
    if (this.#isOn) this.#send(this.#dispatch.beginStream(id, curve, this.#options.runMs()));
  }

  /** Those of one stream are over, and the run goes on. */
  endStream(id: number): void {
    if (this.#isOn) this.#send(this.#dispatch.endStream(id, this.#options.runMs()));
  }

  /** Users have come or gone, perhaps: those of a target rate have other shares. */
  usersChanged(): void {
    if (this.#isOn) this.#send(this.#dispatch.divideTargets(this.#options.runMs()));
  }

  /** Once a second, while the master does nothing else: what the time of the run is must not wait for a snapshot to be made. */
  tick(): void {
    if (!this.#isOn) return;
    this.usersChanged();
    this.#tellTime();
  }

  /** A worker that is new knows the time by one message, which may have been under way for long: some more until its turns begin. */
  #tellTimeSoon(): void {
    for (const afterMs of SOON_MS) this.#options.clock.schedule(afterMs, () => this.#tellTime());
  }

  #tellTime(): void {
    if (!this.#isOn) return;
    const { runId, send, runMs } = this.#options;
    for (const id of this.#members) send(id, { kind: "arrivals", runId, epoch: 0, ...this.#timeOf(runMs()) });
  }

  /** No more arrivals: the run ends. */
  end(): void {
    this.#isOn = false;
    this.#endedMs ??= this.#options.runMs();
  }

  /** The statistics begin anew. */
  resetStats(): void {
    const nowMs = this.#options.runMs();
    this.#notCounted = this.#dispatch.plannedUntil(nowMs);
    for (const { name } of this.#dispatch.classesAt(nowMs)) {
      this.#notCountedOf.set(name, this.#dispatch.plannedOf(name, nowMs) ?? 0);
    }
  }

  /** The schedule of the open load, for snapshots; undefined: no class has an arrival rate. */
  planned(): PlannedArrivals | undefined {
    if (!this.#has("open")) return undefined;
    const untilMs = this.#endedMs ?? this.#options.runMs();
    return {
      planned: Math.max(0, this.#dispatch.plannedUntil(untilMs) - this.#notCounted),
      plannedPerSecond: this.#endedMs === undefined ? this.#dispatch.rateAt(untilMs) : 0,
    };
  }

  /** Of the schedule that a class is in: arrivals until now or the stop, and those of them before the statistics began anew. */
  plannedOf(className: string): { readonly planned: number; readonly notCounted: number } | undefined {
    const planned = this.#dispatch.plannedOf(className, this.#endedMs ?? this.#options.runMs());
    if (planned === undefined) return undefined;
    return { planned, notCounted: this.#notCountedOf.get(className) ?? 0 };
  }

  /** The classes with an arrival rate or a target rate, and their rates now. */
  classes(): readonly ScheduledClass[] {
    if (this.#endedMs === undefined) return this.#dispatch.classesAt(this.#options.runMs());
    return this.#dispatch.classesAt(this.#endedMs).map((each) => ({ ...each, plannedPerSecond: 0 }));
  }

  #changeMembers(): void {
    const before = this.#members;
    const members = this.#take();
    if (members.length === before.length && members.every(({ id }, i) => id === before[i])) return;
    const { runMs, roster } = this.#options;
    const nowMs = runMs();
    const isSilent = (id: string) => !this.#cut.has(id) && roster.get(id)?.state === "missing";
    this.#tellTimeSoon();
    this.#send(this.#dispatch.setMembers(members, nowMs, (id) => isSilent(id) ? nowMs - SILENT_GAP_MS : nowMs));
  }

  /** Those that can take part now, by index. */
  #take(): readonly ArrivalMember[] {
    const here = this.#options.roster.placeable().filter(({ id }) => !this.#cut.has(id));
    const members = here.flatMap(({ id, threads, protocolMinor }): ArrivalMember[] => {
      if (protocolMinor < ARRIVALS_MINOR) return this.#noteOlder(id, this.#has("open") ? "arrivals" : "targets");
      if (protocolMinor >= TARGETS_MINOR || !this.#has("target")) return [{ id, threads }];
      this.#noteOlder(id, "targets");
      return [{ id, threads, knows: "arrivals" }];
    });
    this.#members = members.map(({ id }) => id);
    return members;
  }

  #has(kind: "open" | "target"): boolean {
    return this.#options.streams.some((stream) => (stream.kind ?? "open") === kind);
  }

  /** Once for each worker. */
  #noteOlder(workerId: string, lacks: OlderWorker["lacks"]): [] {
    if (this.#older.has(workerId)) return [];
    this.#older.add(workerId);
    this.#options.health?.observeOlder({ id: workerId, lacks });
    this.#options.events({ kind: "workerTroubled", workerId, trouble: { kind: "isOlder", lacks } });
    return [];
  }

  #send(orders: readonly MemberOrder[]): void {
    const { runId, send, join } = this.#options;
    for (const { workerId, ...order } of orders) {
      join(workerId);
      send(workerId, { kind: "arrivals", runId, ...order, ...this.#timeOf(order.runMs) });
    }
  }

  /** A time of the run that may have passed a moment ago, and what the machine's clock was then. */
  #timeOf(atMs: number): Pick<ArrivalOrder, "runMs" | "reading"> {
    const { runMs, clock, machineClock } = this.#options;
    return { runMs: atMs, ...readingAt(machineClock, clock.nowMs() - (runMs() - atMs)) };
  }
}
