/**
 * Decides when a request is sent a second time, on a fresh connection and within the same sample: only if the server cannot
 * have seen the first. Pure. Whatever else breaks a connection is the server's failure, and hiding it would be ours.
 */
import type { WireRequest } from "./wire.ts";

/** No server closes a connection as idle sooner. */
const IDLE_FROM_MS = 100;

/** The close of an idle connection arrives within a round trip; after a longer time the server had the request. */
const HEARD_WITHIN_MS = 1000;

/** Only on a connection that has served before can a server have closed it without knowing of this request. */
export function mayRepeat(request: WireRequest, hasServed: boolean, attempt: { readonly retried: boolean }): boolean {
  return hasServed && !attempt.retried && isRepeatable(request);
}

/**
 * Whether the server had closed a lost connection before the request reached it. `lasting`: connections to this server have been
 * seen to serve again, so one that was in use a moment ago is not dropped for idleness.
 */
export function wasGivenUp(lasting: boolean, idleMs: number, sinceSentMs: number): boolean {
  return !lasting || (idleMs >= IDLE_FROM_MS && sinceSentMs < HEARD_WITHIN_MS);
}

/** RFC 9110 §9.2.2: sending one of these twice does no more than sending it once. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** True if it does no harm to send it again, and its body is still there. */
function isRepeatable(request: WireRequest): boolean {
  return IDEMPOTENT.has(request.method) && (request.body === undefined || request.body instanceof Uint8Array);
}
