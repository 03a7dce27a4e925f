/**
 * Tracks which deltas of a run have been counted. A worker numbers its deltas 1, 2, 3 … and sends one at a time; this
 * side applies each number once and says when it may be acknowledged. The ledger has another owner.
 *
 * Invariant: `receive` answers "apply" at most once per worker and number, also after `save` and `restore`.
 */

/** What to do with a delta: count it, or only acknowledge it (again), or drop it because its run is not ours. */
export type Receipt = "apply" | "repeated" | "foreign";

export interface DeliveriesState {
  readonly runId: string;
  /** Highest number applied, by worker id. */
  readonly applied: Readonly<Record<string, number>>;
  /** Workers whose users have ended and whose last delta has been applied. Absent in journals of older versions. */
  readonly finished?: readonly string[];
}

export interface Acknowledgement {
  readonly workerId: string;
  readonly seq: number;
}

interface Account {
  applied: number;
  /** Set by `stopped`: the run's last delta of this worker. */
  last: number | undefined;
  skipped: number;
}

export class Deliveries {
  readonly runId: string;
  readonly #accounts = new Map<string, Account>();
  readonly #unacknowledged = new Map<string, number>();

  constructor(runId: string) {
    this.runId = runId;
  }

  static restore(state: DeliveriesState): Deliveries {
    const deliveries = new Deliveries(state.runId);
    for (const [workerId, seq] of Object.entries(state.applied)) deliveries.#account(workerId).applied = seq;
    for (const workerId of state.finished ?? []) deliveries.stopped(workerId, deliveries.appliedSeq(workerId));
    return deliveries;
  }

  /**
   * Decides about one delta, and has a new one counted. What `count` throws on is not counted, and never acknowledged
   * as if it were.
   */
  receive(
    workerId: string,
    delta: { readonly runId: string; readonly seq: number },
    count: () => void = () => {},
  ): Receipt {
    if (delta.runId !== this.runId) return "foreign";
    const account = this.#account(workerId);
    const isNew = delta.seq > account.applied;
    if (isNew) {
      count();
      // A gap means that an earlier master acknowledged what its journal no longer has. It cannot be repaired, only reported.
      account.skipped += delta.seq - account.applied - 1;
      account.applied = delta.seq;
    }
    this.#unacknowledged.set(workerId, account.applied);
    return isNew ? "apply" : "repeated";
  }

  /** Everything that may be acknowledged now. Call it when what was applied is also in the journal (or there is none). */
  takeAcknowledgements(): readonly Acknowledgement[] {
    const list = [...this.#unacknowledged].map(([workerId, seq]) => ({ workerId, seq }));
    this.#unacknowledged.clear();
    return list;
  }

  /** The worker's users have ended; `lastSeq` is the last number that it will send in this run. */
  stopped(workerId: string, lastSeq: number): void {
    this.#account(workerId).last = lastSeq;
  }

  /** The worker has users again (a fresh assignment): its end is open. */
  reopened(workerId: string): void {
    this.#account(workerId).last = undefined;
  }

  /** Whether everything that this worker counted in the run has been applied. */
  isComplete(workerId: string): boolean {
    const account = this.#accounts.get(workerId);
    return account?.last !== undefined && account.applied >= account.last;
  }

  /** Highest number applied; 0 before the first. */
  appliedSeq(workerId: string): number {
    return this.#accounts.get(workerId)?.applied ?? 0;
  }

  /** Deltas that were acknowledged once and are lost all the same (see `receive`): a doubt in the verdict. */
  get skipped(): number {
    let sum = 0;
    for (const account of this.#accounts.values()) sum += account.skipped;
    return sum;
  }

  /** Workers of which this run has heard. */
  known(): readonly string[] {
    return [...this.#accounts.keys()];
  }

  /** Those of them whose numbers are not complete. */
  outstanding(): readonly string[] {
    return [...this.#accounts.keys()].filter((workerId) => !this.isComplete(workerId));
  }

  save(): DeliveriesState {
    return {
      runId: this.runId,
      applied: Object.fromEntries([...this.#accounts].map(([workerId, account]) => [workerId, account.applied])),
      finished: [...this.#accounts.keys()].filter((workerId) => this.isComplete(workerId)),
    };
  }

  #account(workerId: string): Account {
    let account = this.#accounts.get(workerId);
    if (account === undefined) {
      account = { applied: 0, last: undefined, skipped: 0 };
      this.#accounts.set(workerId, account);
    }
    return account;
  }
}
