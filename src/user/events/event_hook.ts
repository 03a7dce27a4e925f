/**
 * One event: an ordered list of listeners. It can be called to add a listener: `events.testStart(fn)`. Invariant: a
 * listener's error never reaches the code that fires (it is logged), except control flow, which passes through and
 * skips the listeners after it.
 */
import { ControlFlow } from "../../http/session/control_flow.ts";
import { reportListenerFailure } from "./listener_failures.ts";
import { checkFieldNames } from "./python_fields.ts";

/** Gets the event's fields as one object. May be async; only events that say so are awaited. */
export type Listener<Fields> = (fields: Fields) => unknown;

/** `reverse` calls the newest listener first, as `quitting` does. */
export type FiringOrder = "in order" | "reverse";

/** Makes instances that are functions: the constructor's function becomes the object. */
class CallableObject {
  constructor(call: (listener: never) => unknown) {
    return Object.setPrototypeOf(call, new.target.prototype) as this;
  }
}

/** The class below, as what it is beside an object: a function. */
export interface EventHook<Fields> {
  /** Adds a listener and returns it, like `addListener`. */
  <F extends Listener<Fields>>(listener: F): F;
}

/**
 * An event with its listeners. Make your own to let parts of a locustfile talk:
 *
 * @example
 * ```ts
 * const orderPlaced = new EventHook<{ id: number }>();
 * orderPlaced.addListener(({ id }) => console.log(`order ${id}`));
 * orderPlaced.fire({ id: 7 });
 * ```
 */
export class EventHook<Fields> extends CallableObject {
  readonly eventName: string;
  #listeners: readonly Listener<Fields>[] = [];

  /** `eventName` is what log lines about its listeners call it. */
  constructor(eventName = "custom event") {
    super((listener: Listener<Fields>) => this.addListener(listener));
    this.eventName = eventName;
  }

  /** True if there is a listener. */
  get hasListeners(): boolean {
    return this.#listeners.length > 0;
  }

  /** Adds a listener after the others and returns it. */
  addListener<F extends Listener<Fields>>(listener: F): F {
    checkFieldNames(listener, this.eventName);
    this.#listeners = [...this.#listeners, listener];
    return listener;
  }

  /** Removes a listener. It is not an error if it was never added. If it was added twice, one of them is removed. */
  removeListener(listener: Listener<Fields>): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners = this.#listeners.filter((_, index) => index !== at);
  }

  /** Calls the listeners one after the other. What async ones do later is watched, not awaited. */
  fire(fields: Fields, order: FiringOrder = "in order"): void {
    for (const listener of this.#ordered(order)) {
      try {
        const result = listener(fields);
        if (isThenable(result)) this.#watch(result);
      } catch (thrown) {
        this.#sortOut(thrown);
      }
    }
  }

  /** Calls the listeners one after the other and waits for each before the next. */
  async fireAndWait(fields: Fields, order: FiringOrder = "in order"): Promise<void> {
    for (const listener of this.#ordered(order)) {
      try {
        await listener(fields);
      } catch (thrown) {
        this.#sortOut(thrown);
      }
    }
  }

  /** Like `fireAndWait`, and keeps what each listener returned or threw. */
  async collect(fields: Fields): Promise<{ readonly values: readonly unknown[]; readonly thrown: readonly unknown[] }> {
    const values: unknown[] = [];
    const thrown: unknown[] = [];
    for (const listener of this.#listeners) {
      try {
        values.push(await listener(fields));
      } catch (error) {
        thrown.push(error);
      }
    }
    return { values, thrown };
  }

  #ordered(order: FiringOrder): readonly Listener<Fields>[] {
    return order === "reverse" ? this.#listeners.toReversed() : this.#listeners;
  }

  #watch(result: PromiseLike<unknown>): void {
    result.then(undefined, (thrown: unknown) => reportListenerFailure(this.eventName, thrown));
  }

  #sortOut(thrown: unknown): void {
    if (thrown instanceof ControlFlow) throw thrown;
    reportListenerFailure(this.eventName, thrown);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
