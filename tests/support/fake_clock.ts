/**
 * A clock that stands still until a test moves it. Timers fire in order of their due time, each with `nowMs()` at exactly
 * that time, and everything that was awaiting them runs before the next one fires.
 */
import { setImmediate } from "node:timers";
import { type Clock, sleepOn, type Timer } from "../../src/base/clock.ts";

interface Pending {
  readonly dueMs: number;
  readonly order: number;
  readonly fire: () => void;
}

export class FakeClock implements Clock {
  readonly #pending = new Set<Pending>();
  #nowMs: number;
  #wallMs: number;
  #order = 0;

  constructor(options: { readonly nowMs?: number; readonly wallMs?: number } = {}) {
    this.#nowMs = options.nowMs ?? 0;
    this.#wallMs = options.wallMs ?? 1_767_225_600_000; // 2026-01-01T00:00:00Z
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  schedule(delayMs: number, fire: () => void): Timer {
    const pending = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, fire };
    this.#pending.add(pending);
    return { cancel: () => void this.#pending.delete(pending) };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** Timers that wait to fire. */
  get pendingTimers(): number {
    return this.#pending.size;
  }

  /** Moves both times on by `ms`; timers that are due on the way fire, those that they start as well. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await settle();
    for (let next = this.#earliest(endMs); next !== undefined; next = this.#earliest(endMs)) {
      this.#pending.delete(next);
      this.#move(next.dueMs - this.#nowMs);
      next.fire();
      await settle();
    }
    this.#move(endMs - this.#nowMs);
  }

  /** Moves both times on without firing anything: what a blocked event loop sees. */
  skip(ms: number): void {
    this.#move(ms);
  }

  /** The machine's date is set: only `wallMs()` jumps. */
  setWall(wallMs: number): void {
    this.#wallMs = wallMs;
  }

  #move(ms: number): void {
    if (ms <= 0) return;
    this.#nowMs += ms;
    this.#wallMs += ms;
  }

  #earliest(endMs: number): Pending | undefined {
    let first: Pending | undefined;
    for (const pending of this.#pending) {
      if (pending.dueMs > endMs) continue;
      if (first === undefined || pending.dueMs < first.dueMs) first = pending;
      else if (pending.dueMs === first.dueMs && pending.order < first.order) first = pending;
    }
    return first;
  }
}

/** Lets everything run that can run without time passing: all microtasks, and callbacks that are already queued. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
