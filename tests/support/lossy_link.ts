/**
 * A memory link with a network in between: messages take time, a cut swallows them without a sign, a reset ends both sides. In order
 * like TCP: a message is never passed by a later one, and none comes after one that was lost.
 */
import type { Clock } from "../../src/base/clock.ts";
import type { Link, LinkEnd, LinkReceiver } from "../../src/link/link.ts";
import type { AbortableLink } from "../../src/link/watched_link.ts";

class LossyEnd<Incoming, Outgoing> implements AbortableLink<Incoming, Outgoing> {
  readonly peer = "model";
  readonly queuedBytes = 0;
  readonly receivedBytes = 0;
  readonly #clock: Clock;
  readonly #wire: LossyWire;
  #other: LossyEnd<Outgoing, Incoming> | undefined;
  #receiver: LinkReceiver<Incoming> | undefined;
  #early: Incoming[] = [];
  #end: LinkEnd | undefined;
  #lastDueMs = 0;

  constructor(clock: Clock, wire: LossyWire) {
    this.#clock = clock;
    this.#wire = wire;
  }

  join(other: LossyEnd<Outgoing, Incoming>): void {
    this.#other = other;
  }

  open(receiver: LinkReceiver<Incoming>): void {
    this.#receiver = receiver;
    queueMicrotask(() => {
      for (let message = this.#early.shift(); message !== undefined; message = this.#early.shift()) {
        this.#receiver?.message(message);
      }
      this.#tellEnd();
    });
  }

  send(message: Outgoing): void {
    if (this.#end !== undefined) return;
    const copy = structuredClone(message); // as after a wire: nothing is shared
    this.#onWire(() => this.#other?.take(copy));
  }

  close(reason: string): void {
    if (this.#end !== undefined) return;
    this.#onWire(() => this.#other?.finish({ kind: "remote", reason }));
    this.finish({ kind: "local", reason });
  }

  abort(reason: string): void {
    this.#onWire(() => this.#other?.finish({ kind: "failed", reason: "connection reset" }));
    this.finish({ kind: "failed", reason });
  }

  take(message: Incoming): void {
    if (this.#end !== undefined) return;
    if (this.#receiver === undefined || this.#early.length > 0) this.#early.push(message);
    else this.#receiver.message(message);
  }

  finish(end: LinkEnd): void {
    this.#end ??= end;
    queueMicrotask(() => this.#tellEnd());
  }

  #onWire(arrive: () => void): void {
    this.#lastDueMs = Math.max(this.#lastDueMs, this.#clock.nowMs() + this.#wire.delayMs);
    this.#clock.schedule(this.#lastDueMs - this.#clock.nowMs(), () => {
      if (!this.#wire.isCut) arrive();
    });
  }

  #tellEnd(): void {
    const receiver = this.#receiver;
    if (this.#end === undefined || receiver === undefined) return;
    this.#receiver = undefined;
    receiver.ended(this.#end);
  }
}

/** What happens to one link. */
export interface LossyWire {
  delayMs: number;
  /** From now on nothing arrives any more, in both directions, without an error. */
  isCut: boolean;
}

export interface LossyLink<A, B> {
  readonly wire: LossyWire;
  readonly ends: readonly [AbortableLink<B, A>, Link<A, B>];
  /** Both sides see a broken connection; what is on its way is lost. */
  reset(): void;
}

/** `A` goes from the first end to the second, `B` back. `clock` is the network's: it outlives both processes. */
export function createLossyLink<A, B>(clock: Clock, delayMs: number): LossyLink<A, B> {
  const wire: LossyWire = { delayMs, isCut: false };
  const first = new LossyEnd<B, A>(clock, wire);
  const second = new LossyEnd<A, B>(clock, wire);
  first.join(second);
  second.join(first);
  return {
    wire,
    ends: [first, second],
    reset() {
      wire.isCut = true;
      first.finish({ kind: "failed", reason: "connection reset" });
      second.finish({ kind: "failed", reason: "connection reset" });
    },
  };
}
