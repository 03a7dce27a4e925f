/**
 * All timeouts of a thread in one hashed wheel (Varghese and Lauck, 1987), driven by one timer of the clock.
 * Lazy: a deadline that moves to later costs its owner one assignment; the wheel finds out when the old time comes.
 *
 *   slots   0   1   2 … 1023      an entry whose deadline lies beyond the horizon waits in the farthest slot
 *           |   |   |              and is put on again from there
 *           [a] [ ] [b, c]
 */
import type { Clock, Timer } from "../../base/clock.ts";

const TICK_MS = 10;
const SLOTS = 1024;

/** Something with a deadline. */
export abstract class WheelEntry {
  /** On the wheel's clock; Infinity: none. Later: just assign. Earlier than `wheelAtMs`: assign and call `watch`. */
  deadlineMs = Infinity;
  /** Set by the wheel: the time of the next look at the entry, and its place: index in a slot, times the number of slots, plus that of the slot. */
  wheelAtMs = Infinity;
  wheelPlace = -1;
  /** The deadline has passed; the entry is off the wheel. */
  abstract expired(nowMs: number): void;
}

export class TimerWheel {
  readonly #clock: Clock;
  readonly #slots: WheelEntry[][] = Array.from({ length: SLOTS }, () => []);
  #size = 0;
  /** The last tick whose slot was emptied. */
  #tick: number;
  #timer: Timer | undefined;
  #wakeTick = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#tick = Math.floor(clock.nowMs() / TICK_MS);
  }

  /** Makes sure that the entry is looked at when its deadline comes. */
  watch(entry: WheelEntry): void {
    if (entry.wheelAtMs <= entry.deadlineMs) return;
    if (entry.wheelPlace >= 0) this.forget(entry);
    if (this.#size === 0) this.#tick = Math.max(this.#tick, Math.floor(this.#clock.nowMs() / TICK_MS));
    const tick = this.#put(entry);
    if (tick < this.#wakeTick) this.#sleepUntil(tick);
  }

  /** Takes the entry off. Harmless if it is not on. */
  forget(entry: WheelEntry): void {
    const place = entry.wheelPlace;
    if (place < 0) return;
    const slot = this.#slots[place % SLOTS] as WheelEntry[];
    const last = slot.pop() as WheelEntry;
    if (last !== entry) {
      slot[(place - place % SLOTS) / SLOTS] = last;
      last.wheelPlace = place;
    }
    takeOff(entry);
    this.#size--;
    if (this.#size === 0) this.#stop();
  }

  #put(entry: WheelEntry): number {
    // Rounded up: a timeout may come late by a tick, never early.
    const wanted = Math.ceil(entry.deadlineMs / TICK_MS);
    const tick = Math.min(Math.max(wanted, this.#tick + 1), this.#tick + SLOTS - 1);
    const slot = this.#slots[tick % SLOTS] as WheelEntry[];
    entry.wheelPlace = slot.length * SLOTS + tick % SLOTS;
    entry.wheelAtMs = tick * TICK_MS;
    slot.push(entry);
    this.#size++;
    return tick;
  }

  #turn(): void {
    this.#timer = undefined;
    this.#wakeTick = Infinity;
    const nowMs = this.#clock.nowMs();
    const nowTick = Math.floor(nowMs / TICK_MS);
    // After a long stall one revolution has seen every slot.
    const until = Math.min(nowTick, this.#tick + SLOTS);
    for (let tick = this.#tick + 1; tick <= until; tick++) this.#empty(tick, nowTick, nowMs);
    this.#tick = Math.max(this.#tick, nowTick);
    if (this.#size === 0) return;
    const next = this.#nextOccupied();
    if (next < this.#wakeTick) this.#sleepUntil(next);
  }

  #empty(tick: number, nowTick: number, nowMs: number): void {
    const due = this.#slots[tick % SLOTS] as WheelEntry[];
    this.#tick = tick;
    if (due.length === 0) return;
    this.#slots[tick % SLOTS] = [];
    this.#size -= due.length;
    for (const entry of due) takeOff(entry);
    for (const entry of due) {
      if (entry.wheelPlace >= 0) continue; // put on again by one that expired before it
      if (entry.deadlineMs <= nowMs) entry.expired(nowMs);
      else if (entry.deadlineMs < Infinity) {
        this.#tick = nowTick;
        this.#put(entry);
        this.#tick = tick;
      }
    }
  }

  #nextOccupied(): number {
    for (let tick = this.#tick + 1; tick < this.#tick + SLOTS; tick++) {
      if ((this.#slots[tick % SLOTS] as WheelEntry[]).length > 0) return tick;
    }
    return this.#tick + SLOTS - 1;
  }

  #sleepUntil(tick: number): void {
    this.#timer?.cancel();
    this.#wakeTick = tick;
    const delayMs = Math.max(0, tick * TICK_MS - this.#clock.nowMs());
    this.#timer = this.#clock.schedule(delayMs, () => this.#turn());
  }

  #stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#wakeTick = Infinity;
  }
}

function takeOff(entry: WheelEntry): void {
  entry.wheelPlace = -1;
  entry.wheelAtMs = Infinity;
}

const WHEELS = new WeakMap<Clock, TimerWheel>();

/** The thread's wheel on that clock. */
export function timerWheelOf(clock: Clock): TimerWheel {
  let wheel = WHEELS.get(clock);
  if (wheel === undefined) WHEELS.set(clock, wheel = new TimerWheel(clock));
  return wheel;
}
