/** Names what is wrong with bytes that are no response, by what the connection has done before. Pure. */
import { NOT_HTTP } from "../bytes/head_parser.ts";
import { ProtocolError, toWireError, type WireError } from "../bytes/wire_error.ts";

/** Bytes on a kept connection that belong to no request. */
export const LEFT_OVER = "bytes after the previous response";

/** `hasServed`: there was a response on this connection, and what is none is mostly the rest of one that was longer than it said. */
export function brokenResponse(problem: unknown, hasServed: boolean): WireError {
  const isLeftOver = hasServed && problem instanceof ProtocolError && problem.what === NOT_HTTP;
  return isLeftOver ? new ProtocolError(LEFT_OVER) : toWireError(problem);
}
