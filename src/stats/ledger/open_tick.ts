/**
 * Keeps what came to a ledger since the last fold. A tick of one delta, as of a local run and of a journal, goes to its
 * rows as it is; where more come, they are added up by row first, so that a row is brought up to date once.
 *
 * Invariant: a delta has been read as a whole before it is taken, so that counting it later cannot fail.
 */
import type { DeltaMessage, NameOrigin } from "../../protocol/delta_message.ts";
import { countRows } from "../delta/count_delta.ts";
import { readDelta } from "../delta/decoded_delta.ts";
import type { Entry } from "../delta/entry.ts";
import type { LedgerRow, TickTime } from "./ledger_row.ts";

interface ReceivedDelta {
  readonly delta: DeltaMessage;
  readonly receivedAtMs: number;
}

export class OpenTick {
  readonly #rowOf: (method: string, name: string, origin?: NameOrigin) => LedgerRow;
  /** The first delta, as long as it is the only one. */
  #only: ReceivedDelta | undefined;
  /** Rows with open counts, of several deltas. */
  #dirty: LedgerRow[] = [];

  constructor(rowOf: (method: string, name: string, origin?: NameOrigin) => LedgerRow) {
    this.#rowOf = rowOf;
  }

  get isEmpty(): boolean {
    return this.#only === undefined && this.#dirty.length === 0;
  }

  /** Takes a delta that was received at `receivedAtMs`. */
  add(delta: DeltaMessage, receivedAtMs: number): void {
    if (delta.entries.length === 0) return;
    if (this.isEmpty) {
      this.#only = { delta, receivedAtMs };
      return;
    }
    if (this.#only !== undefined) countRows(this.#only.delta, this.#only.receivedAtMs, this.#openEntry);
    this.#only = undefined;
    countRows(delta, receivedAtMs, this.#openEntry);
  }

  /** Moves everything to its rows; `sum` counts it too. */
  fold(sum: Entry, time: TickTime): void {
    if (this.#only !== undefined) this.#foldOnly(this.#only, sum, time);
    for (const row of this.#dirty) {
      row.fold(row.open, time);
      sum.add(row.open);
      row.open.reset();
      row.open.isDirty = false;
    }
    this.clear();
  }

  clear(): void {
    this.#only = undefined;
    this.#dirty = [];
  }

  #foldOnly({ delta, receivedAtMs }: ReceivedDelta, sum: Entry, time: TickTime): void {
    const decoded = readDelta(delta);
    for (const part of delta.entries) {
      const { position } = decoded;
      this.#rowOf(part.method, part.name, part.origin).foldPart(part, receivedAtMs, decoded, time);
      decoded.position = position;
      sum.addDelta(part, receivedAtMs, decoded);
    }
  }

  readonly #openEntry = (method: string, name: string, origin?: NameOrigin): Entry => {
    const row = this.#rowOf(method, name, origin);
    if (!row.open.isDirty) this.#dirty.push(row);
    row.open.isDirty = true;
    return row.open;
  };
}
