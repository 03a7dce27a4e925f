/** Puts a request on a socket: in one write if it can be, else its head now and its body by an `Upload`. */
import type { Clock } from "../base/clock.ts";
import type { Socket } from "../platform/socket.ts";
import { Upload, type UploadOwner } from "./upload.ts";
import type { WireRequest } from "./wire.ts";

/** A larger body is not copied behind its head but written on its own. */
const ONE_WRITE_BYTES = 64 * 1024;

/** RFC 9110 §9.2.2: sending one of these twice does no more than sending it once. */
const IDEMPOTENT: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** True if it does no harm to send it again, and its body is still there. */
export function isRepeatable(request: WireRequest): boolean {
  return IDEMPOTENT.has(request.method) && (request.body === undefined || request.body instanceof Uint8Array);
}

/** Sends a request that has a body. `head` is the request's in the form that this way needs. */
export function sendWithBody(
  socket: Socket,
  request: WireRequest,
  head: Uint8Array,
  owner: UploadOwner,
  clock: Clock,
): Upload | undefined {
  const body = request.body ?? new Uint8Array(0);
  if (!(body instanceof Uint8Array) || request.expect !== undefined) {
    socket.write(head);
    const upload = new Upload(owner, socket, body, request.streamLength);
    upload.start(request.expect, clock);
    return upload;
  }
  if (body.length > ONE_WRITE_BYTES) {
    socket.write(head);
    socket.write(body);
  } else {
    const both = new Uint8Array(head.length + body.length);
    both.set(head);
    both.set(body, head.length);
    socket.write(both);
  }
  return undefined;
}
