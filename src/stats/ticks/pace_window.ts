/**
 * Task starts of paced users a second, intended and achieved, over the last ticks. Fed by the heartbeats of the
 * workers; the owner calls `rotate()` on its tick, with the true length of the tick: counts of a late one are of a longer time.
 */
import type { WorkerHealth } from "../../protocol/health_message.ts";
import type { PaceSnapshot } from "../../protocol/snapshot_message.ts";
import { WINDOW_TICKS } from "./tick_window.ts";

interface PaceTick {
  readonly seconds: number;
  /** Starts in the tick. */
  readonly intended: number;
  readonly achieved: number;
}

export class PaceWindow {
  /** What each worker said last, and in this tick. */
  readonly #intended = new Map<string, { perSecond: number; tick: number }>();
  #starts = 0;
  /** Intended at the end of the tick before. */
  #before = 0;
  #tick = 0;
  #ticks: PaceTick[] = [];

  observe(workerId: string, { pacedPerSecond = 0, friction }: WorkerHealth): void {
    this.#intended.set(workerId, { perSecond: pacedPerSecond, tick: this.#tick });
    this.#starts += friction?.pacedStarts ?? 0;
  }

  /** A tick of about one second is over, which took `spanMs`. */
  rotate(spanMs: number): void {
    const seconds = spanMs / 1000;
    let intended = 0;
    for (const [id, { perSecond, tick }] of this.#intended) {
      // A worker that is silent for longer has no users that are known of.
      if (this.#tick - tick >= WINDOW_TICKS) this.#intended.delete(id);
      else intended += perSecond;
    }
    const intendedStarts = intendedOver(this.#before * seconds, intended * seconds, this.#starts);
    this.#ticks.push({ seconds, intended: intendedStarts, achieved: this.#starts });
    this.#before = intended;
    if (this.#ticks.length > WINDOW_TICKS) this.#ticks.shift();
    this.#starts = 0;
    this.#tick++;
  }

  /** Undefined where no user was paced. */
  read(): PaceSnapshot | undefined {
    const sum = (read: (tick: PaceTick) => number) => this.#ticks.reduce((all, tick) => all + read(tick), 0);
    const seconds = sum((tick) => tick.seconds);
    if (sum(({ intended, achieved }) => intended + achieved) === 0) return undefined;
    return {
      intendedPerSecond: sum(({ intended }) => intended) / seconds,
      achievedPerSecond: sum(({ achieved }) => achieved) / seconds,
    };
  }
}

/** Of a tick in which users came or went: evenly, or at its beginning, if more was achieved than that would ask for. */
function intendedOver(before: number, after: number, achieved: number): number {
  return Math.min(Math.max(before, after), Math.max((before + after) / 2, achieved));
}
