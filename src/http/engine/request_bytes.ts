/** What a request's bytes allow: going out in one write, going out twice. Pure. */
import type { WireRequest } from "./wire.ts";

/** A larger body is not copied behind its head but written on its own. */
const ONE_WRITE_BYTES = 64 * 1024;

/** Head and body for one write; undefined if the body has to go out on its own. `head`: in the form that this way needs. */
export function joinBody(request: WireRequest, head: Uint8Array): Uint8Array | undefined {
  const { body } = request;
  if (!(body instanceof Uint8Array) || body.length > ONE_WRITE_BYTES || request.expect !== undefined) return undefined;
  const both = new Uint8Array(head.length + body.length);
  both.set(head);
  both.set(body, head.length);
  return both;
}

/** RFC 9110 §9.2.2: sending one of these twice does no more than sending it once. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** True if it does no harm to send it again, and its body is still there. */
export function isRepeatable(request: WireRequest): boolean {
  return IDEMPOTENT.has(request.method) && (request.body === undefined || request.body instanceof Uint8Array);
}
