/**
 * A link inside one process: what a local run's master and worker talk over. Nothing is copied or packed; messages are plain
 * data that no one changes after sending. Delivery is a microtask after `send`, in order, so that it never runs inside `send`.
 */
import type { Link, LinkEnd, LinkReceiver } from "./link.ts";

class MemoryEnd<Incoming, Outgoing> implements Link<Incoming, Outgoing> {
  readonly peer = "memory";
  readonly queuedBytes = 0;
  readonly receivedBytes = 0;
  #other: MemoryEnd<Outgoing, Incoming> | undefined;
  #receiver: LinkReceiver<Incoming> | undefined;
  #inbox: Incoming[] = [];
  #end: LinkEnd | undefined;
  #isScheduled = false;

  join(other: MemoryEnd<Outgoing, Incoming>): void {
    this.#other = other;
  }

  open(receiver: LinkReceiver<Incoming>): void {
    this.#receiver = receiver;
    this.#schedule();
  }

  send(message: Outgoing): void {
    if (this.#end === undefined) this.#other?.take(message);
  }

  close(reason: string): void {
    if (this.#end !== undefined) return;
    this.#other?.finish({ kind: "remote", reason });
    this.#inbox = []; // who closes does not want to hear more
    this.finish({ kind: "local", reason });
  }

  take(message: Incoming): void {
    if (this.#end !== undefined) return;
    this.#inbox.push(message);
    this.#schedule();
  }

  finish(end: LinkEnd): void {
    this.#end ??= end;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#receiver === undefined) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#deliver());
  }

  #deliver(): void {
    this.#isScheduled = false;
    // A message may close the link (then the inbox is empty) or hand it to another receiver.
    for (let message = this.#inbox.shift(); message !== undefined; message = this.#inbox.shift()) {
      this.#receiver?.message(message);
    }
    const receiver = this.#receiver;
    if (this.#end === undefined || receiver === undefined) return;
    this.#receiver = undefined;
    receiver.ended(this.#end);
  }
}

/** Two joined ends: what one sends the other receives. `A` goes from the first to the second, `B` back. */
export function createMemoryLink<A, B>(): readonly [Link<B, A>, Link<A, B>] {
  const first = new MemoryEnd<B, A>();
  const second = new MemoryEnd<A, B>();
  first.join(second);
  second.join(first);
  return [first, second];
}
