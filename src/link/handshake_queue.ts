/**
 * A queue of connections that have not proved themselves: a bounded number is listened to, the rest wait unread. So a
 * crowd of workers that connect at once all get in, and a crowd that stays silent keeps no one out: a silent connection
 * loses its place as soon as another one waits for it. It knows no sockets, only connections that can be listened to or
 * dismissed.
 */
import type { Clock, Timer } from "../base/clock.ts";

export interface PendingConnection {
  /** It has a place: begin. */
  listen(): void;
  /** It must go. */
  dismiss(reason: string): void;
}

export interface HandshakeLimits {
  /** Unproved connections that are listened to at a time. */
  readonly places: number;
  /** Connections that wait for a place. */
  readonly waiting: number;
  /** How long a place may be kept without a proof. */
  readonly handshakeMs: number;
  /** The same while another connection waits for the place. */
  readonly crowdedMs: number;
}

export const HANDSHAKE_LIMITS: HandshakeLimits = {
  places: 64,
  waiting: 4096,
  handshakeMs: 5000,
  crowdedMs: 1000,
};

export class HandshakeQueue {
  readonly #clock: Clock;
  readonly #limits: HandshakeLimits;
  /** Since when each has its place; oldest first. */
  readonly #placed = new Map<PendingConnection, number>();
  readonly #waiting = new Set<PendingConnection>();
  #timer: Timer | undefined;

  constructor(options: { readonly clock: Clock; readonly limits?: Partial<HandshakeLimits> }) {
    this.#clock = options.clock;
    this.#limits = { ...HANDSHAKE_LIMITS, ...options.limits };
  }

  enter(connection: PendingConnection): void {
    if (this.#waiting.size >= this.#limits.waiting) {
      return connection.dismiss(`${this.#limits.waiting} connections are already waiting`);
    }
    this.#waiting.add(connection);
    this.#fillPlaces();
  }

  /** It has proved itself, or is gone. */
  leave(connection: PendingConnection): void {
    this.#waiting.delete(connection);
    if (this.#placed.delete(connection)) this.#fillPlaces();
  }

  /** How many have not proved themselves yet. */
  get size(): number {
    return this.#placed.size + this.#waiting.size;
  }

  /** Dismisses all of them. */
  close(reason: string): void {
    this.#timer?.cancel();
    const connections = [...this.#placed.keys(), ...this.#waiting];
    this.#placed.clear();
    this.#waiting.clear();
    for (const connection of connections) connection.dismiss(reason);
  }

  #fillPlaces(): void {
    for (const connection of this.#waiting) {
      if (this.#placed.size >= this.#limits.places) break;
      this.#waiting.delete(connection);
      this.#placed.set(connection, this.#clock.nowMs());
      connection.listen();
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
    for (const [connection, since] of this.#placed) {
      if (nowMs - since < allowedMs) break;
      this.#placed.delete(connection);
      connection.dismiss(`it sent nothing valid within ${allowedMs / 1000} s`);
    }
    this.#fillPlaces();
  }

  #allowedMs(): number {
    return this.#waiting.size > 0 ? this.#limits.crowdedMs : this.#limits.handshakeMs;
  }
}
