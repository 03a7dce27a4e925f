/**
 * Reads what the schedule of a run's arrivals has planned: since the statistics began, until now or the end of the arrivals. For
 * snapshots, health and numbers of iterations; changes nothing of who starts what.
 */
import type { PlannedArrivals } from "../../stats/ticks/arrival_ticks.ts";
import type { ScheduledClass } from "../../stats/ticks/class_arrival_ticks.ts";
import type { ArrivalDispatch } from "./arrival_dispatch.ts";

/** Reports are a second apart, and the next one may be on its way. */
const REPORTED_WITHIN_MS = 2000;

export class ArrivalSchedule {
  readonly #dispatch: Pick<ArrivalDispatch, "plannedUntil" | "plannedOf" | "rateAt" | "classesAt">;
  readonly #runMs: () => number;
  readonly #hasOpen: () => boolean;
  #endedMs: number | undefined;
  /** Planned before the statistics began anew. */
  #notCounted = 0;
  readonly #notCountedOf = new Map<string, number>();

  /** `hasOpen`: a class has an arrival rate; else all of them have target rates. */
  constructor(
    dispatch: Pick<ArrivalDispatch, "plannedUntil" | "plannedOf" | "rateAt" | "classesAt">,
    { runMs, hasOpen }: { readonly runMs: () => number; readonly hasOpen: () => boolean },
  ) {
    this.#dispatch = dispatch;
    this.#runMs = runMs;
    this.#hasOpen = hasOpen;
  }

  /** Nothing is planned from now on. */
  end(): void {
    this.#endedMs ??= this.#runMs();
  }

  /** The statistics begin anew. */
  resetStats(): void {
    const nowMs = this.#runMs();
    this.#notCounted = this.#dispatch.plannedUntil(nowMs);
    for (const { name } of this.#dispatch.classesAt(nowMs)) {
      this.#notCountedOf.set(name, this.#dispatch.plannedOf(name, nowMs) ?? 0);
    }
  }

  /** Of the open load; undefined: no class has an arrival rate. */
  planned(): PlannedArrivals | undefined {
    if (!this.#hasOpen()) return undefined;
    return {
      planned: this.#countUntil(this.#untilMs),
      plannedPerSecond: this.#endedMs === undefined ? this.#dispatch.rateAt(this.#untilMs) : 0,
    };
  }

  /** Of those that are planned, how many workers have had the time to report; after the end all of them. */
  get reportable(): number | undefined {
    if (!this.#hasOpen()) return undefined;
    return this.#countUntil(this.#endedMs ?? Math.max(0, this.#runMs() - REPORTED_WITHIN_MS));
  }

  /** Of the schedule that a class is in: arrivals until now or the stop, and those of them before the statistics began anew. */
  plannedOf(className: string): { readonly planned: number; readonly notCounted: number } | undefined {
    const planned = this.#dispatch.plannedOf(className, this.#untilMs);
    if (planned === undefined) return undefined;
    return { planned, notCounted: this.#notCountedOf.get(className) ?? 0 };
  }

  /** The classes with an arrival rate or a target rate, and their rates now. */
  classes(): readonly ScheduledClass[] {
    const classes = this.#dispatch.classesAt(this.#untilMs);
    return this.#endedMs === undefined ? classes : classes.map((each) => ({ ...each, plannedPerSecond: 0 }));
  }

  get #untilMs(): number {
    return this.#endedMs ?? this.#runMs();
  }

  #countUntil(runMs: number): number {
    return Math.max(0, this.#dispatch.plannedUntil(runMs) - this.#notCounted);
  }
}
