/**
 * Runs the listeners of an event with bounds: awaited listeners have a time limit, and an error ends only the listener
 * that threw it. A listener that hangs never blocks the run.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import { ControlFlow, StopTest } from "../http/session/control_flow.ts";
import { EventHook, type FiringOrder } from "../user/events/event_hook.ts";
import type { EnvironmentFields } from "../user/events/event_fields.ts";
import type { Events } from "../user/events/events.ts";
import { reportListenerFailure } from "../user/events/listener_failures.ts";

/** How long listeners that are awaited may delay what follows. */
export const LISTENER_GRACE_MS = 30_000;

export class ListenerRunner {
  readonly #events: Events;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #skipWait: (() => void) | undefined;

  constructor(options: { readonly events: Events; readonly clock: Clock; readonly logger: Logger }) {
    this.#events = options.events;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Fires an event by its public name without waiting for its listeners. Does nothing for an unknown name. */
  fireByName(name: string, fields: object): void {
    const hook: unknown = Object.hasOwn(this.#events, name) ? this.#events[name as keyof Events] : undefined;
    if (!(hook instanceof EventHook)) return;
    try {
      hook.fire(fields);
    } catch (thrown) {
      reportListenerFailure(name, thrown); // control flow has no effect here
    }
  }

  /** Fires an event and waits for its listeners, within their time limit. Returns the `StopTest` that one of them threw. */
  async fireAndWait(
    name: "testStart" | "testStopping" | "testStop" | "quitting",
    fields: EnvironmentFields,
  ): Promise<StopTest | undefined> {
    const order: FiringOrder = name === "quitting" ? "reverse" : "in order";
    let timer: Timer | undefined;
    const noLonger = new Promise<"late" | "skipped">((resolve) => {
      timer = this.#clock.schedule(LISTENER_GRACE_MS, () => resolve("late"));
      if (name === "testStart") this.#skipWait = () => resolve("skipped");
    });
    try {
      const listeners = this.#events[name].fireAndWait(fields, order);
      listeners.catch(() => {}); // reported below, or it comes after the wait has ended
      const end = await Promise.race([listeners, noLonger]);
      if (end === "late") {
        this.#logger.error(
          `A listener of "${name}" has not ended within ${LISTENER_GRACE_MS / 1000} s; the test continues without it`,
        );
      } else if (end === "skipped") {
        this.#logger.info(`The run was stopped before a listener of "${name}" had ended`);
      }
    } catch (thrown) {
      if (thrown instanceof StopTest) return thrown;
      if (!(thrown instanceof ControlFlow)) throw thrown;
      reportListenerFailure(name, thrown);
    } finally {
      timer?.cancel();
      this.#skipWait = undefined;
    }
    return undefined;
  }

  /** The run is to stop: the wait for listeners of `testStart` ends. */
  skipWait(): void {
    this.#skipWait?.();
  }
}
