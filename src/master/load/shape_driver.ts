/**
 * Asks the load shape once a second how many users there should be. The shape is user code and runs in the control
 * thread; here its answers become targets, and whatever else it does (throw, hang, answer rubbish) becomes the reason
 * that ends the run.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import type { ShapeTick } from "../../protocol/control_message.ts";
import type { StopReason } from "../run_event.ts";

/** A tick that has not answered by then never will: it is meant to take no time. */
const HUNG_AFTER_MS = 10_000;
const TICK_MS = 1000;

export interface ShapeDriverOptions {
  readonly clock: Clock;
  readonly shape: string;
  /** Calls `tick()` in the control thread; rejects with a sentence that names the shape. */
  readonly ask: (runTimeSeconds: number, timeoutMs: number) => Promise<ShapeTick | null>;
  readonly onTarget: (tick: ShapeTick) => void;
  readonly onEnd: (reason: StopReason) => void;
}

export class ShapeDriver {
  readonly #options: ShapeDriverOptions;
  #timer: Timer | undefined;
  #isCancelled = false;
  #last = "";

  constructor(options: ShapeDriverOptions) {
    this.#options = options;
  }

  /** Starts the shape's clock, `elapsedSeconds` into its life. */
  start(elapsedSeconds = 0): void {
    const nowMs = this.#options.clock.nowMs();
    void this.#tick(nowMs - elapsedSeconds * 1000, nowMs);
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#timer?.cancel();
  }

  /** Timers come up to a millisecond early: a shape that ends at second 60 must not see 59.9995 and stay for one more. */
  async #tick(startedAtMs: number, dueMs: number): Promise<void> {
    const { clock, shape, ask, onTarget, onEnd } = this.#options;
    const beganMs = Math.max(clock.nowMs(), dueMs);
    let answer: ShapeTick | null;
    try {
      answer = await ask((beganMs - startedAtMs) / 1000, HUNG_AFTER_MS);
    } catch (thrown) {
      const problem = thrown instanceof Error ? thrown.message : String(thrown);
      if (!this.#isCancelled) onEnd({ kind: "shapeFailed", shape, problem });
      return;
    }
    if (this.#isCancelled) return;
    if (answer === null) return onEnd({ kind: "shapeEnded", shape });
    const key = JSON.stringify(answer);
    if (key !== this.#last) onTarget(answer);
    this.#last = key;
    const nextMs = beganMs + TICK_MS;
    this.#timer = clock.schedule(nextMs - clock.nowMs(), () => void this.#tick(startedAtMs, nextMs));
  }
}
