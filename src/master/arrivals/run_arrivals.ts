/**
 * The arrivals of a run on the master's side: keeps the workers that take part, sends them their orders, and the time of the run once a
 * second. Who starts what is decided by `arrival_dispatch.ts`, until when by `arrival_leases.ts`; `arrival_schedule.ts` reads what is planned.
 *
 * A change of any kind is first asked for: all workers are to stop at a time that is a moment ahead. When they have answered, or their
 * leases are known to end, the change is made for the first time that nobody has reached. Changes that come meanwhile are made together.
 *
 * A worker whose link has ended takes no part from the next moment on: it starts nothing without its master. What it had until then is
 * its own while it may come back, and the others' once it is missing.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import type { LinkEnd } from "../../link/link.ts";
import { parseArrivalRate } from "../../load/arrivals/arrival_rate.ts";
import { type MachineClock, readingAt } from "../../platform/machine/machine_clock.ts";
import type { ArrivalOrder, RateCurve } from "../../protocol/arrivals_message.ts";
import type { ToWorker } from "../../protocol/worker_message.ts";
import { ArrivalDispatch, type ArrivalMember, type CountUsers } from "./arrival_dispatch.ts";
import type { ChangeTimes } from "./divided_stream.ts";
import { ArrivalLeases, LEAD_MS } from "./arrival_leases.ts";
import { ArrivalSchedule } from "./arrival_schedule.ts";
import { ArrivalMembers, type ArrivalMembersOptions } from "./arrival_members.ts";

/** Workers without hand-overs: the time between the end of a silent one's starts and its being missing. */
const SILENT_GAP_MS = 1000;

/** What was due when the run ended may start: nobody else will. */
const AFTER_END_MS = 1000;

/** A link that breaks is known at both ends at once. A worker that lives needs a moment until its threads start nothing more. */
const PAUSE_MS = 100;

const SOON_MS = [100, 200, 300]; // within `LEAD_MS`

/** Users for arrivals have numbers above those of users that run all the time, where there are such. */
const INDEXES_OF_OTHERS = 10_000_000;

export interface RunArrivalsOptions extends ArrivalMembersOptions {
  readonly runId: string;
  readonly seed: number;
  /** Whether there are users that run all the time as well. */
  readonly mixed: boolean;
  readonly countUsers?: CountUsers;
  /** Since the start of the run. */
  readonly runMs: () => number;
  readonly clock: Pick<Clock, "nowMs" | "schedule">;
  /** The one that workers on this machine have as well; absent: there is none. */
  readonly machineClock?: MachineClock | undefined;
  readonly send: (workerId: string, message: ToWorker) => void;
  /** This worker takes part in the run: its counts are waited for. */
  readonly join: (workerId: string) => void;
}

export class RunArrivals {
  /** What is planned, for readers. */
  readonly schedule: ArrivalSchedule;
  readonly #options: RunArrivalsOptions;
  readonly #dispatch: ArrivalDispatch;
  readonly #leases = new ArrivalLeases();
  readonly #workers: ArrivalMembers;
  /** Workers without a link. */
  readonly #cut = new Set<string>();
  /** Of those, and of those that are back and have had no order yet: the time of the run since when they have started nothing for certain. */
  readonly #idleSince = new Map<string, number>();
  /** Those of them that have no part any more, and have not left what was theirs to others. */
  readonly #unsettled = new Set<string>();
  /** They have said that they will go, and have arrivals until that time. */
  readonly #leavers = new Map<string, number>();
  #members: readonly string[] = [];
  /** What is to be changed when that is possible. Of two changes of one thing the later one counts. */
  readonly #changes = new Map<string, (times: ChangeTimes) => void>();
  /** Until the next question, or the end of the wait for its answers. */
  #timer: Timer | undefined;
  #changedMs = -Infinity;
  /** The last debt that orders of before the last question hold. */
  #askedAtId = 0;
  /** Of the latest changes. */
  #onFromMs = -Infinity;
  #isOn = false;

  constructor(options: RunArrivalsOptions) {
    this.#options = options;
    this.#workers = new ArrivalMembers(options);
    this.#dispatch = new ArrivalDispatch(options.streams, {
      seed: options.seed,
      firstUserIndex: options.mixed ? INDEXES_OF_OTHERS : 0,
      ...(options.countUsers === undefined ? {} : { countUsers: options.countUsers }),
    });
    this.schedule = new ArrivalSchedule(this.#dispatch, {
      runMs: options.runMs,
      hasOpen: () => this.#workers.has("open"),
    });
  }

  /** The first arrivals: those from that time of the run on. */
  begin(fromMs: number): void {
    this.#isOn = true;
    this.#leases.numberFrom(Math.ceil(fromMs));
    this.#tellTimeSoon();
    const members = this.#take();
    for (const { id } of members) this.heard(id);
    this.#members = members.map(({ id }) => id);
    this.#dispatch.begin(members, fromMs);
    this.#sendOrders();
  }

  /** A message has come from the worker. */
  heard(workerId: string): void {
    this.#leases.heard(workerId, this.#options.runMs());
  }

  /** Workers came, went, or fell silent. */
  membersChanged(): void {
    if (!this.#isOn) return;
    const ids = this.#take().map(({ id }) => id);
    const isSame = ids.length === this.#members.length && ids.every((id, i) => id === this.#members[i]);
    if (!isSame) this.#change("members");
    this.#settleMissing();
  }

  /** Workers without a link that are not waited for any more. */
  #settleMissing(): void {
    const nowMs = this.#options.runMs();
    const missing = [...this.#unsettled].filter((id) => this.#workers.isAway(id));
    for (const id of missing) {
      this.#unsettled.delete(id);
      this.#settle(id, nowMs);
    }
    if (missing.length > 0) this.#sendOrders();
  }

  /** The worker's link has ended. One that we have ended may not know it yet; what it may have started until it knows is its own. */
  linkLost(workerId: string, how: LinkEnd["kind"]): void {
    const nowMs = this.#options.runMs();
    const boundMs = this.#boundOf(workerId, nowMs);
    const isOver = how === "remote" || how === "failed";
    const sinceMs = Math.min(boundMs, isOver ? nowMs + PAUSE_MS : Infinity, this.#idleSince.get(workerId) ?? Infinity);
    this.#idleSince.set(workerId, sinceMs);
    this.#cut.add(workerId);
    this.#leases.giveUp(workerId);
    const endMs = this.#leavers.get(workerId) ?? 0;
    this.#leavers.delete(workerId);
    if (!this.#isOn) return;
    if (endMs > nowMs) this.#unsettled.add(workerId);
    if (this.#members.includes(workerId)) this.#change("members");
    this.#settleMissing();
    this.#lookAtAnswers();
  }

  /** The worker is here, on a link that may be a new one: it knows nothing for certain. */
  memberReady(workerId: string): void {
    this.#cut.delete(workerId);
    this.heard(workerId);
    // What it was told on the link before may be lost, and its answers on this one say nothing of that.
    if (this.#isOn && this.#members.includes(workerId)) this.#sendOrders([workerId]);
    this.#change("members");
  }

  /** No arrival starts at that time of the run or later; undefined: there is no end. */
  endAt(endMs: number | undefined): void {
    this.#dispatch.endAt(endMs);
    if (this.#isOn) this.#sendOrders();
  }

  /**
   * Another rate, as text, from now on, for all classes with arrivals together; or for all that have a target rate.
   * @throws UsageError where it is none
   */
  setRate(rate: string, of: "arrivals" | "targets" = "arrivals"): void {
    const { curve } = parseArrivalRate(rate);
    if (!this.#isOn) return;
    const { events, runMs } = this.#options;
    events({ kind: "rateChanged", rate, elapsedMs: runMs(), ...(of === "arrivals" ? {} : { of }) });
    this.#change(of, (times) => this.#dispatch.setRate(curve, times, of));
  }

  /** The arrivals of one stream begin. `curve`: over the time of the run. */
  beginStream(id: number, curve: RateCurve): void {
    this.#change(`stream ${id}`, (times) => this.#dispatch.beginStream(id, curve, times));
  }

  /** Those of one stream are over, and the run goes on. */
  endStream(id: number): void {
    this.#dispatch.endStream(id);
    if (this.#isOn) this.#sendOrders();
  }

  /** Users have come or gone, perhaps: those of a target rate have other shares. */
  usersChanged(): void {
    if (this.#isOn && this.#dispatch.hasOtherTargets) {
      this.#change("users", (times) => this.#dispatch.divideTargets(times));
    }
  }

  /** Once a second, while the master does nothing else: what the time of the run is must not wait for a snapshot to be made. */
  tick(): void {
    if (!this.#isOn) return;
    this.usersChanged();
    this.#tellTime();
  }

  /** The worker starts no arrival of that time of the run or later until it is told more. */
  held(workerId: string, hold: number, atMs: number): void {
    if (!this.#leases.answer(workerId, hold, atMs, this.#options.runMs())) return;
    this.#dispatch.heard(workerId, { atMs: Math.min(atMs, this.#options.runMs()), lastId: this.#askedAtId });
    this.#lookAtAnswers();
  }

  /** Something that was asked for is not on yet. */
  get isChanging(): boolean {
    return this.#changes.size > 0 || this.#options.runMs() < this.#onFromMs;
  }

  /** No more arrivals: the run ends. */
  end(): void {
    if (this.#isOn) {
      const untilMs = this.#options.runMs() + AFTER_END_MS;
      for (const id of [...this.#members, ...this.#leavers.keys()]) this.#tell(id, { untilMs });
    }
    this.#isOn = false;
    this.#timer?.cancel();
    this.schedule.end();
  }

  /** Workers came or went, or something else is to be different as soon as possible. */
  #change(what: string, apply: (times: ChangeTimes) => void = () => {}): void {
    if (!this.#isOn) return;
    this.#changes.delete(what);
    this.#changes.set(what, apply);
    this.#ask();
  }

  /** Asks all to stop soon; not so often that a worker would have to know of more changes than an order holds. */
  #ask(): void {
    if (this.#leases.hold !== undefined || this.#changes.size === 0 || !this.#isOn) return;
    const { runMs, clock } = this.#options;
    const nowMs = runMs();
    const waitMs = this.#changedMs + LEAD_MS - nowMs;
    this.#timer?.cancel();
    if (waitMs > 0) {
      this.#timer = clock.schedule(waitMs, () => this.#ask());
      return;
    }
    const { number, untilMs, pending } = this.#leases.ask(this.#holders(), nowMs);
    this.#askedAtId = this.#dispatch.lastId;
    if (pending.size === 0) return this.#makeChanges();
    for (const id of pending) this.#tell(id, { untilMs, hold: number });
    this.#timer = clock.schedule(this.#leases.waitMs, () => this.#makeChanges());
  }

  #lookAtAnswers(): void {
    if (this.#isOn && this.#leases.hold?.pending.size === 0) this.#makeChanges();
  }

  #makeChanges(): void {
    if (!this.#isOn) return;
    this.#timer?.cancel();
    const nowMs = this.#options.runMs();
    const cutMs = this.#members.map((id) => this.#cut.has(id) ? this.#idleSince.get(id) ?? 0 : 0);
    // Not before the changes of before: their orders are on their way.
    const holders = this.#holders();
    const unheard = [...this.#unsettled, ...this.#members.filter((id) => !holders.includes(id))];
    const heldMs = Math.min(this.#leases.toldAll(holders), ...unheard.map((id) => this.#sinceOf(id, nowMs)));
    const times = { nowMs, atMs: Math.max(nowMs, this.#onFromMs, this.#leases.close(holders), ...cutMs), heldMs };
    this.#changeMembers(times);
    for (const apply of this.#changes.values()) apply(times);
    this.#changes.clear();
    this.#changedMs = nowMs;
    this.#onFromMs = times.atMs;
    this.#sendOrders();
  }

  #changeMembers(times: ChangeTimes): void {
    const before = this.#members;
    const members = this.#take();
    this.#members = members.map(({ id }) => id);
    const isSame = before.length === members.length && members.every(({ id }, i) => id === before[i]);
    if (isSame) return;
    this.#dispatch.setMembers(members, times);
    for (const id of this.#members) this.#unsettled.delete(id); // those that are back have it themselves
    for (const id of before.filter((id) => !this.#members.includes(id))) {
      if (this.#workers.isAway(id)) this.#settle(id, times.nowMs);
      else if (this.#cut.has(id)) this.#unsettled.add(id);
      else if (this.#workers.knowsHandOvers(id)) this.#leavers.set(id, times.atMs); // it has its part until then
      else this.#settle(id, times.nowMs, times.nowMs);
    }
    this.#tellTimeSoon();
  }

  /** Others have what the worker has not started. */
  #settle(workerId: string, nowMs: number, sinceMs = this.#sinceOf(workerId, nowMs)): void {
    this.#dispatch.settle(workerId, { sinceMs, nowMs, unreachable: this.#cut });
  }

  /** Who may start arrivals, and can be asked to stop. */
  #holders(): readonly string[] {
    return this.#members.filter((id) => this.#workers.knowsHandOvers(id) && !this.#cut.has(id));
  }

  /** When the worker may have started arrivals at the latest. */
  #boundOf(workerId: string, nowMs: number): number {
    return this.#workers.knowsHandOvers(workerId) ? this.#leases.boundOf(workerId) : nowMs;
  }

  /** Since when a worker that is gone has started nothing for certain. */
  #sinceOf(workerId: string, nowMs: number): number {
    const idleMs = this.#idleSince.get(workerId);
    if (idleMs !== undefined) return idleMs;
    if (this.#workers.knowsHandOvers(workerId)) return this.#leases.boundOf(workerId);
    return this.#workers.isMissing(workerId) ? nowMs - SILENT_GAP_MS : nowMs;
  }

  /** Those that can take part now, by index. */
  #take(): readonly ArrivalMember[] {
    return this.#workers.find((id) => !this.#cut.has(id));
  }

  /** A worker that is new knows the time by one message, which may have been under way for long: some more until its turns begin. */
  #tellTimeSoon(): void {
    for (const afterMs of SOON_MS) this.#options.clock.schedule(afterMs, () => this.#tellTime());
  }

  #tellTime(): void {
    if (!this.#isOn) return;
    for (const id of this.#members) if (!this.#cut.has(id)) this.#tell(id, { untilMs: this.#leases.extend(id) });
  }

  #tell(workerId: string, limit: Pick<ArrivalOrder, "untilMs" | "hold">): void {
    const { runId, send, runMs } = this.#options;
    send(workerId, { kind: "arrivals", runId, epoch: 0, ...this.#timeOf(runMs()), ...limit });
  }

  #sendOrders(to = [...this.#members, ...this.#leavers.keys()]): void {
    const { runId, send, join, runMs } = this.#options;
    for (const { workerId, ...order } of this.#dispatch.orders(runMs(), [...this.#leavers.keys()])) {
      if (this.#cut.has(workerId) || !to.includes(workerId)) continue;
      this.#idleSince.delete(workerId);
      join(workerId);
      const untilMs = this.#leases.extend(workerId);
      send(workerId, { kind: "arrivals", runId, ...order, ...this.#timeOf(order.runMs), untilMs });
    }
  }

  /** A time of the run that may have passed a moment ago, and what the machine's clock was then. */
  #timeOf(atMs: number): Pick<ArrivalOrder, "runMs" | "reading"> {
    const { runMs, clock, machineClock } = this.#options;
    return { runMs: atMs, ...readingAt(machineClock, clock.nowMs() - (runMs() - atMs)) };
  }
}
