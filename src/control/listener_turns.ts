/**
 * Gives event listeners their turn without being at their mercy: who is awaited has a time limit, and what they throw goes no
 * further than it may. A listener that hangs costs its own work, never the run.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import { ControlFlow, StopTest } from "../http/session/control_flow.ts";
import { EventHook, type FiringOrder } from "../user/events/event_hook.ts";
import type { EnvironmentFields } from "../user/events/event_fields.ts";
import type { Events } from "../user/events/events.ts";
import { reportListenerFailure } from "../user/events/listener_failures.ts";

/** How long a listener that is awaited may keep a thread from what follows. */
export const LISTENER_GRACE_MS = 30_000;

export class ListenerTurns {
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #hurry: (() => void) | undefined;

  constructor(options: { readonly events: Events; readonly clock: Clock; readonly logger: Logger }) {
    this.#events = options.events;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Fires an event by its public name; nobody is awaited. A name that is none does nothing. */
  fireByName(name: string, fields: object): void {
    const hook: unknown = Object.hasOwn(this.#events, name) ? this.#events[name as keyof Events] : undefined;
    if (!(hook instanceof EventHook)) return;
    try {
      hook.fire(fields);
    } catch (thrown) {
      reportListenerFailure(name, thrown); // control flow, where it steers nothing
    }
  }

  /**
   * Fires an event and waits for its listeners, as long as they may take, or until `hurry`. Returns the `StopTest` that one of
   * them threw.
   */
  async fireAndWait(
    name: "testStart" | "testStopping" | "testStop" | "quitting",
    fields: EnvironmentFields,
  ): Promise<StopTest | undefined> {
    const order: FiringOrder = name === "quitting" ? "reverse" : "in order";
    let timer: Timer | undefined;
    const noLonger = new Promise<"late">((resolve) => {
      timer = this.#clock.schedule(LISTENER_GRACE_MS, () => resolve("late"));
      if (name === "testStart") this.#hurry = () => resolve("late");
    });
    try {
      const listeners = this.#events[name].fireAndWait(fields, order);
      listeners.catch(() => {}); // reported below, or it comes after anybody waits for it
      if (await Promise.race([listeners, noLonger]) === "late") {
        this.#logger.error(`A listener of "${name}" has not come back; it is not waited for any longer`);
      }
    } catch (thrown) {
      if (thrown instanceof StopTest) return thrown;
      if (!(thrown instanceof ControlFlow)) throw thrown;
      reportListenerFailure(name, thrown);
    } finally {
      timer?.cancel();
      this.#hurry = undefined;
    }
    return undefined;
  }

  /** The run is to stop: `testStart` is not waited for any longer. */
  hurry(): void {
    this.#hurry?.();
  }
}
