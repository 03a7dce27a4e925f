/**
 * The end of a run: the workers whose last numbers are missing, and how long the run waits for them. A connected worker has a
 * little longer than its users have, a missing one, or one whose numbers take their time on a slow line, as long as the roster waits
 * for the return of a worker; a worker that is gone is not waited for.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { Deliveries } from "./workers/deliveries.ts";
import type { Roster } from "./workers/roster.ts";
import type { EarlierMissing, RosterWorker } from "./workers/roster_worker.ts";
import type { DrainingWorker } from "./run_event.ts";
import { isPresent } from "./workers/worker_state.ts";

/** A request in flight at a stop may take this long, then it is abandoned. */
const REQUEST_GRACE_MS = 5000;
/** What a worker that is here may need on top for hooks, delivery and a slow link. */
const DELIVERY_GRACE_MS = 15_000;
/** How long a worker may need to dial again after its link was closed: it tries every two seconds. */
const BROKEN_LINK_GRACE_MS = 15_000;
/** Between two large messages of a worker on a slow line: an acknowledgement, and the first bytes of the next one. */
const BETWEEN_MESSAGES_MS = 5000;
/** The time that the roster waits for a missing worker. */
const MISSING_GRACE_MS = 60_000;
/** A wait of this length is reported, and again after each `REPORT_EVERY_MS`. */
const REPORT_AFTER_MS = 2000;
const REPORT_EVERY_MS = 10_000;

export class RunDrain {
  readonly #deps: { readonly clock: Clock; readonly roster: Roster; readonly deliveries: Deliveries };
  readonly #participants = new Set<string>();
  #timers: Timer[] = [];
  #report: Timer | undefined;
  #endsAtMs = { present: 0, missing: 0 };
  #beganMs: number | undefined;
  #patience: "all" | "missing" | "none" = "all";

  constructor(deps: { readonly clock: Clock; readonly roster: Roster; readonly deliveries: Deliveries }) {
    this.#deps = deps;
  }

  /** This worker has had users in the run. */
  join(workerId: string): void {
    this.#participants.add(workerId);
    this.#deps.deliveries.reopened(workerId);
  }

  /** It has nothing of this run: its assignment never reached it, or its users have ended and its counts have arrived. */
  hasNothing(workerId: string): void {
    const { deliveries } = this.#deps;
    if (this.#participants.has(workerId)) deliveries.stopped(workerId, deliveries.appliedSeq(workerId));
  }

  /** Whether this worker has ever had users in the run. */
  has(workerId: string): boolean {
    return this.#participants.has(workerId);
  }

  /** The stop has been sent. `onLate`: the wait for some workers ends. `onWait`: the run still waits, for these workers. */
  begin(stopTimeoutSeconds: number, onLate: () => void, onWait: (workers: readonly DrainingWorker[]) => void): void {
    const { clock } = this.#deps;
    this.#beganMs = clock.nowMs();
    const presentMs = Math.max(REQUEST_GRACE_MS, stopTimeoutSeconds * 1000) + DELIVERY_GRACE_MS;
    const after = (delayMs: number, patience: "missing" | "none") =>
      clock.schedule(delayMs, () => {
        this.#patience = patience;
        onLate();
      });
    const missingMs = Math.max(presentMs, MISSING_GRACE_MS);
    this.#endsAtMs = { present: clock.nowMs() + presentMs, missing: clock.nowMs() + missingMs };
    this.#timers = [after(presentMs, "missing"), after(missingMs, "none")];
    const report = (delayMs: number) => {
      this.#report = clock.schedule(delayMs, () => {
        report(REPORT_EVERY_MS);
        onWait(this.#draining());
      });
    };
    report(REPORT_AFTER_MS);
  }

  /** Whether the run waits for no worker any more. */
  get isOver(): boolean {
    return this.#patience === "none" || !this.#pendingIds().some((id) => this.#isWaitedFor(id));
  }

  /**
   * Workers that had not finished when an earlier master died: the run waits for them, and names those that do not come. `missing`: those
   * that were lost before.
   */
  expectEarlier(missing: readonly EarlierMissing[] = []): void {
    const { deliveries, roster } = this.#deps;
    const pending = new Set(deliveries.outstanding());
    for (const id of deliveries.known()) {
      roster.recall(id, pending.has(id) ? "missing" : "gone", missing.find((each) => each.id === id));
      if (pending.has(id)) this.join(id);
    }
  }

  /** Workers whose last numbers have not come, with the users they had. `awayMs`: of the load; the wait for them comes after its end. */
  pendingWorkers(): { readonly id: string; readonly users: number; readonly awayMs: number }[] {
    const nowMs = this.#deps.clock.nowMs();
    const waitedMs = nowMs - (this.#beganMs ?? nowMs);
    return this.#pendingIds().map((id) => {
      const worker = this.#deps.roster.get(id);
      const isHere = worker !== undefined && isPresent(worker.state);
      const users = (isHere ? worker.users : worker?.usersWhenLost) ?? 0;
      return { id, users, awayMs: Math.max(0, (worker?.silentMs ?? 0) - waitedMs) };
    });
  }

  /** Workers whose last numbers have not come. */
  #pendingIds(): string[] {
    return [...this.#participants].filter((id) => !this.#deps.deliveries.isComplete(id));
  }

  cancel(): void {
    for (const timer of this.#timers) timer.cancel();
    this.#report?.cancel();
  }

  #draining(): DrainingWorker[] {
    const nowMs = this.#deps.clock.nowMs();
    return this.#pendingIds().filter((id) => this.#isWaitedFor(id)).map((id) => {
      const worker = this.#deps.roster.get(id);
      if (worker !== undefined && isPresent(worker.state) && worker.state !== "joining") {
        const endsAtMs = this.#isDelivering(worker) ? this.#endsAtMs.missing : this.#endsAtMs.present;
        return { id, state: "here", users: worker.users, atMostMs: endsAtMs - nowMs };
      }
      const isDead = worker?.lostBecause !== undefined;
      const leftMs = this.#endsAtMs.missing - nowMs;
      const atMostMs = isDead ? Math.min(leftMs, BROKEN_LINK_GRACE_MS - worker.silentMs) : leftMs;
      return { id, state: "missing", users: 0, atMostMs: Math.max(0, atMostMs) };
    });
  }

  #isWaitedFor(workerId: string): boolean {
    const worker = this.#deps.roster.get(workerId);
    if (worker === undefined || worker.state === "gone") return false;
    // A cut network is silent. A link that was closed, by a worker that did not dial again, is a process that died.
    const isDead = worker.state === "missing" && worker.lostBecause !== undefined;
    if (isDead && worker.silentMs > BROKEN_LINK_GRACE_MS) return false;
    if (this.#patience === "all" || worker.state === "missing" || worker.state === "joining") return true;
    return this.#isDelivering(worker);
  }

  #isDelivering({ lastPartMs }: RosterWorker): boolean {
    return lastPartMs !== undefined && this.#deps.clock.nowMs() - lastPartMs < BETWEEN_MESSAGES_MS;
  }
}
