/** Passes over what may stand before the final head of a response: empty lines, and interim responses. */
import { findField } from "../bytes/head_fields.ts";
import type { HeadInfo } from "../bytes/head_parser.ts";
import type { WireRequest } from "./wire.ts";

const CR = 0x0d;
const LF = 0x0a;

/** Offset of the first byte that is no line end. Some servers send one more behind a body, which meets the next request (browsers pass over it). */
export function passEmptyLines(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === CR || bytes[at] === LF)) at++;
  return at;
}

/** Whether another head follows this one. 101 is final for a request that asked for another protocol, and what follows is not HTTP. */
export function isInterim(info: HeadInfo, request: WireRequest): boolean {
  if (info.status >= 200) return false;
  if (info.status !== 101 || findField(request.head, 0, request.head.length, "upgrade") < 0) return true;
  info.persistent = false;
  return false;
}
