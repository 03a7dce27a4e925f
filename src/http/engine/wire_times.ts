/**
 * The times of an exchange: when it began, was sent, got its first and its last byte. The connection fills them with clock
 * readings that it has anyway; the phases are subtracted from them only on request.
 */
import type { PhaseTimes } from "../../stats/delta/entry.ts";

/** When a request began and ended, on the engine's clock, and its phases. */
export interface ExchangeTimes {
  /** Clock of `send`. */
  readonly startMs: number;
  /** Clock of the last byte (buffered), of the head (streamed), or of the failure. */
  readonly endMs: number;
  /** It was sent a second time, on a fresh connection, because the server had closed the kept one. */
  readonly retried: boolean;
  /** Milliseconds of the phases that occurred. Builds an object: call it only if phases are recorded. */
  phases(): PhaseTimes;
}

/** Durations of opening a connection, in ms; -1: did not occur (address given, no TLS). */
export interface ConnectionSetup {
  readonly dnsMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
}

/** The source of the readings: the connection or the waiting request. */
export interface TimedExchange {
  readonly startMs: number;
  /** Handed to the socket; -1: never. */
  readonly sentMs: number;
  /** First byte of the final response; -1: none came. */
  readonly firstByteMs: number;
  readonly retried: boolean;
  /** Of the connection that was opened for this very request. */
  readonly setup: ConnectionSetup | undefined;
}

export class WireTimes implements ExchangeTimes, TimedExchange {
  readonly startMs: number;
  readonly sentMs: number;
  readonly firstByteMs: number;
  readonly endMs: number;
  readonly retried: boolean;
  readonly setup: ConnectionSetup | undefined;

  /** Copies the readings, because the connection overwrites them with its next exchange. */
  constructor(exchange: TimedExchange, endMs: number) {
    this.startMs = exchange.startMs;
    this.sentMs = exchange.sentMs;
    this.firstByteMs = exchange.firstByteMs;
    this.endMs = endMs;
    this.retried = exchange.retried;
    this.setup = exchange.setup;
  }

  phases(): PhaseTimes {
    const phases: { -readonly [Name in keyof PhaseTimes]: PhaseTimes[Name] } = {};
    const setup = this.setup;
    if (setup !== undefined) {
      if (setup.dnsMs >= 0) phases.dns = setup.dnsMs;
      if (setup.connectMs >= 0) phases.connect = setup.connectMs;
      if (setup.tlsMs >= 0) phases.tls = setup.tlsMs;
    }
    const sentMs = this.sentMs >= 0 ? this.sentMs : this.endMs;
    const opening = (phases.dns ?? 0) + (phases.connect ?? 0) + (phases.tls ?? 0);
    phases.blocked = Math.max(0, sentMs - this.startMs - opening);
    if (this.sentMs < 0) return phases;
    phases.waiting = (this.firstByteMs >= 0 ? this.firstByteMs : this.endMs) - this.sentMs;
    if (this.firstByteMs >= 0) phases.receiving = this.endMs - this.firstByteMs;
    return phases;
  }
}
