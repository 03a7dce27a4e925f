/** When an exchange has taken too long, and in which way. Pure. */
import type { TimeoutKind } from "../bytes/wire_error.ts";
import type { WireTimeouts } from "./wire.ts";

/**
 * The earliest moment at which the exchange can time out; Infinity: never.
 * `movedMs`: when bytes moved last in either direction. `totalCounts`: false once a streamed response has its head.
 */
export function nextDeadlineMs(
  timeouts: WireTimeouts | undefined,
  startMs: number,
  movedMs: number,
  totalCounts: boolean,
): number {
  if (timeouts === undefined) return Infinity;
  const { responseMs = 0, totalMs = 0 } = timeouts;
  const responseAt = responseMs > 0 ? movedMs + responseMs : Infinity;
  return totalCounts && totalMs > 0 ? Math.min(responseAt, startMs + totalMs) : responseAt;
}

/** Which of the two it is that ends at the deadline. */
export function timeoutKindAt(
  timeouts: WireTimeouts | undefined,
  startMs: number,
  deadlineMs: number,
  totalCounts: boolean,
): TimeoutKind {
  const totalMs = timeouts?.totalMs ?? 0;
  return totalCounts && totalMs > 0 && startMs + totalMs <= deadlineMs ? "total" : "response";
}
