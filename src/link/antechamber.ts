/**
 * Where connections are until they have proved themselves: a bounded number is listened to, the rest wait unread. So a crowd of
 * workers that come at once all get in, and a crowd that says nothing keeps nobody out: who dawdles makes room for who waits.
 * It knows no sockets, only guests that can be listened to or dismissed.
 */
import type { Clock, Timer } from "../base/clock.ts";

export interface Guest {
  /** It has a place: begin. */
  listen(): void;
  /** It must go. */
  dismiss(reason: string): void;
}

export interface AntechamberLimits {
  /** Unproved connections that are listened to at a time. */
  readonly places: number;
  /** Connections that wait for a place. */
  readonly waiting: number;
  /** How long a place may be kept without a proof. */
  readonly handshakeMs: number;
  /** The same while somebody waits for the place. */
  readonly crowdedMs: number;
}

export const ANTECHAMBER_LIMITS: AntechamberLimits = {
  places: 64,
  waiting: 4096,
  handshakeMs: 5000,
  crowdedMs: 1000,
};

export class Antechamber {
  readonly #clock: Clock;
  readonly #limits: AntechamberLimits;
  /** Since when each has its place; oldest first. */
  readonly #placed = new Map<Guest, number>();
  readonly #waiting = new Set<Guest>();
  #timer: Timer | undefined;

  constructor(options: { readonly clock: Clock; readonly limits?: Partial<AntechamberLimits> }) {
    this.#clock = options.clock;
    this.#limits = { ...ANTECHAMBER_LIMITS, ...options.limits };
  }

  enter(guest: Guest): void {
    if (this.#waiting.size >= this.#limits.waiting) {
      return guest.dismiss(`${this.#limits.waiting} connections are waiting already`);
    }
    this.#waiting.add(guest);
    this.#seat();
  }

  /** It has proved itself, or is gone. */
  leave(guest: Guest): void {
    this.#waiting.delete(guest);
    if (this.#placed.delete(guest)) this.#seat();
  }

  /** How many have not proved themselves yet. */
  get size(): number {
    return this.#placed.size + this.#waiting.size;
  }

  /** Dismisses everybody. */
  close(reason: string): void {
    this.#timer?.cancel();
    const guests = [...this.#placed.keys(), ...this.#waiting];
    this.#placed.clear();
    this.#waiting.clear();
    for (const guest of guests) guest.dismiss(reason);
  }

  #seat(): void {
    for (const guest of this.#waiting) {
      if (this.#placed.size >= this.#limits.places) break;
      this.#waiting.delete(guest);
      this.#placed.set(guest, this.#clock.nowMs());
      guest.listen();
    }
    this.#watch();
  }

  /** Looks again when the oldest place is due. */
  #watch(): void {
    this.#timer?.cancel();
    const [oldest] = this.#placed.values();
    if (oldest === undefined) return;
    this.#timer = this.#clock.schedule(oldest + this.#allowedMs() - this.#clock.nowMs(), () => this.#clearOut());
  }

  #clearOut(): void {
    const allowedMs = this.#allowedMs();
    const nowMs = this.#clock.nowMs();
    for (const [guest, since] of this.#placed) {
      if (nowMs - since < allowedMs) break;
      this.#placed.delete(guest);
      guest.dismiss(`it said nothing valid within ${allowedMs / 1000} s`);
    }
    this.#seat();
  }

  #allowedMs(): number {
    return this.#waiting.size > 0 ? this.#limits.crowdedMs : this.#limits.handshakeMs;
  }
}
