/**
 * Hands run events to the listeners of `events.runEvent`, one event after the other. A listener that throws or takes
 * too long is reported and delays nothing but the events behind it; of those a bounded number waits, and the oldest
 * ticks make room: each has all figures so far.
 */
import type { Clock, Timer } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { ObservedRunEvent } from "../protocol/observed_run_message.ts";
import type { Environment } from "../user/environment.ts";
import type { EventHook } from "../user/events/event_hook.ts";
import type { RunEventFields } from "../user/events/event_fields.ts";
import { reportListenerFailure } from "../user/events/listener_failures.ts";

/** Longer is no live output any more: five ticks of the run. */
export const OBSERVER_MS = 5_000;

/** A minute of ticks. */
const MAX_WAITING = 60;

export class RunObservers {
  readonly #hook: EventHook<RunEventFields>;
  readonly #clock: Clock;
  readonly #logger: () => Logger;
  readonly #waiting: RunEventFields[] = [];
  #underWay: Promise<void> | undefined;
  #isHanging = false;
  #isWarned = false;

  constructor(options: {
    readonly hook: EventHook<RunEventFields>;
    readonly clock: Clock;
    readonly logger: () => Logger;
  }) {
    this.#hook = options.hook;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Returns at once. */
  offer(event: ObservedRunEvent, environment: Environment): void {
    if (!this.#hook.hasListeners) return;
    if (this.#waiting.length >= MAX_WAITING) {
      const oldestTick = this.#waiting.findIndex((each) => each.event.kind === "ticked");
      this.#waiting.splice(Math.max(0, oldestTick), 1);
    }
    this.#waiting.push({ event, environment });
    this.#underWay ??= this.#deliver().finally(() => this.#underWay = undefined);
  }

  /** Resolves when all events are delivered, at the latest after the time limit; at once if a listener hangs. */
  async settle(): Promise<void> {
    if (this.#underWay === undefined || this.#isHanging) return;
    await this.#limited(this.#underWay);
  }

  async #deliver(): Promise<void> {
    for (let fields = this.#waiting.shift(); fields !== undefined; fields = this.#waiting.shift()) {
      const listeners = this.#hook.fireAndWait(fields).catch((thrown: unknown) => {
        reportListenerFailure("runEvent", thrown); // control flow has no effect here
      });
      const end = await this.#limited(listeners);
      this.#isHanging = end === "late";
      if (end === "late") this.#warn(fields.event.kind);
    }
  }

  async #limited(work: Promise<void>): Promise<"ended" | "late"> {
    let timer: Timer | undefined;
    const late = new Promise<"late">((resolve) => timer = this.#clock.schedule(OBSERVER_MS, () => resolve("late")));
    const end = await Promise.race([work.then(() => "ended" as const), late]);
    timer?.cancel();
    return end;
  }

  #warn(kind: string): void {
    if (this.#isWarned) return;
    this.#isWarned = true;
    this.#logger().warning(
      `A listener of "runEvent" has not ended within ${
        OBSERVER_MS / 1000
      } s at "${kind}"; the run continues without it`,
    );
  }
}
