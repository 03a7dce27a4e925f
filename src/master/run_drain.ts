/**
 * The end of a run: who still owes numbers, and how long that is waited for. Everybody who had users is asked; a worker that is
 * here has a little longer than its users, a missing one as long as the roster waits for its return, one that is gone nothing.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { Deliveries } from "./deliveries.ts";
import type { Roster } from "./roster.ts";
import { isPresent } from "./worker_state.ts";

/** A request in flight at a stop may take this long, then it is abandoned. */
const REQUEST_GRACE_MS = 5000;
/** What a worker that is here may need on top for hooks, delivery and a slow link. */
const DELIVERY_GRACE_MS = 15_000;
/** How long a worker may need to dial again after its link was closed: it tries every two seconds. */
const BROKEN_LINK_GRACE_MS = 15_000;
/** The roster's own patience with a missing worker. */
const MISSING_GRACE_MS = 60_000;

export class RunDrain {
  readonly #deps: { readonly clock: Clock; readonly roster: Roster; readonly deliveries: Deliveries };
  readonly #participants = new Set<string>();
  #timers: Timer[] = [];
  #patience: "all" | "missing" | "none" = "all";

  constructor(deps: { readonly clock: Clock; readonly roster: Roster; readonly deliveries: Deliveries }) {
    this.#deps = deps;
  }

  /** This worker has had users in the run. */
  join(workerId: string): void {
    this.#participants.add(workerId);
    this.#deps.deliveries.reopened(workerId);
  }

  /** It keeps nothing of this run: what it was assigned never reached it, or has ended and been delivered. */
  hasNothing(workerId: string): void {
    const { deliveries } = this.#deps;
    if (this.#participants.has(workerId)) deliveries.stopped(workerId, deliveries.appliedSeq(workerId));
  }

  /** Whether this worker has ever had users in the run. */
  has(workerId: string): boolean {
    return this.#participants.has(workerId);
  }

  /** The stop has been sent; `onLate` is called when patience with somebody ends. */
  begin(stopTimeoutSeconds: number, onLate: () => void): void {
    const { clock } = this.#deps;
    const presentMs = Math.max(REQUEST_GRACE_MS, stopTimeoutSeconds * 1000) + DELIVERY_GRACE_MS;
    const after = (delayMs: number, patience: "missing" | "none") =>
      clock.schedule(delayMs, () => {
        this.#patience = patience;
        onLate();
      });
    this.#timers = [after(presentMs, "missing"), after(Math.max(presentMs, MISSING_GRACE_MS), "none")];
  }

  /** Whether nobody is waited for any more. */
  get isOver(): boolean {
    return this.#patience === "none" || !this.#pendingIds().some((id) => this.#isWaitedFor(id));
  }

  /** Who had not finished when an earlier master died still owes numbers: waited for, and named if it does not come. */
  expectEarlier(): void {
    const { deliveries, roster } = this.#deps;
    const pending = new Set(deliveries.outstanding());
    for (const id of deliveries.known()) {
      roster.recall(id, pending.has(id) ? "missing" : "gone");
      if (pending.has(id)) this.join(id);
    }
  }

  /** Who still owes numbers when nobody is waited for any more, with the users it had. */
  pendingWorkers(): { readonly id: string; readonly users: number; readonly awayMs: number }[] {
    return this.#pendingIds().map((id) => {
      const worker = this.#deps.roster.get(id);
      const isHere = worker !== undefined && isPresent(worker.state);
      const users = (isHere ? worker.users : worker?.usersWhenLost) ?? 0;
      return { id, users, awayMs: worker?.silentMs ?? 0 };
    });
  }

  /** Workers whose last numbers have not come. */
  #pendingIds(): string[] {
    return [...this.#participants].filter((id) => !this.#deps.deliveries.isComplete(id));
  }

  cancel(): void {
    for (const timer of this.#timers) timer.cancel();
  }

  #isWaitedFor(workerId: string): boolean {
    const worker = this.#deps.roster.get(workerId);
    if (worker === undefined || worker.state === "gone") return false;
    // A cut network is silent. A link that was closed, by a worker that did not dial again, is a process that died.
    const isDead = worker.state === "missing" && worker.lostBecause !== undefined;
    if (isDead && worker.silentMs > BROKEN_LINK_GRACE_MS) return false;
    return this.#patience === "all" || worker.state === "missing" || worker.state === "joining";
  }
}
