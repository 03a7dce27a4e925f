/**
 * Parses the head of a response as far as the connection needs it: status, end of the head, framing of the body,
 * persistence of the connection. Builds no strings and no objects. Fields that only a session needs are read later by
 * `head_fields.ts`. Pure.
 *
 * Lenient where browsers are (bare LF, obs-fold, no reason, lines that are no field; chunked said twice, by two layers
 * of a server, in HTTP/1.0, or beside a length, which it overrides by RFC 9112, 6.3; a transfer-encoding that is none),
 * strict where readers find different ends of the same message: lengths are digits only and must agree, chunked has no
 * coding beside it.
 */
import { ProtocolError } from "./wire_error.ts";

export interface HeadLimits {
  readonly maxHeadBytes: number;
  readonly maxHeadFields: number;
}

/** How the body ends, if the request's method and the status allow one. */
export type Framing = typeof UNTIL_CLOSE | typeof BY_LENGTH | typeof CHUNKED;
export const UNTIL_CLOSE = 0;
export const BY_LENGTH = 1;
export const CHUNKED = 2;

/** Filled by `parseHead`; one per thread is enough, because a head is used up before the next is read. */
export class HeadInfo {
  status = 0;
  framing: Framing = UNTIL_CLOSE;
  contentLength = -1;
  /** The server keeps the connection open after this response. */
  persistent = true;
  /** Sessions ask for these two of every response; seen on the way, they cost nothing. */
  hasSetCookie = false;
  hasContentEncoding = false;
  /** From `Keep-Alive: timeout=5`; -1: not said. */
  keepAliveSeconds = -1;
  /** Set while parsing; `persistent` follows from them. */
  saysClose = false;
  saysKeepAlive = false;
  /** Of another transfer-encoding than `chunked` and `identity`. */
  saysOtherCoding = false;

  /** Becomes equal to another one. */
  copy(other: HeadInfo): void {
    this.status = other.status;
    this.framing = other.framing;
    this.contentLength = other.contentLength;
    this.persistent = other.persistent;
    this.hasSetCookie = other.hasSetCookie;
    this.hasContentEncoding = other.hasContentEncoding;
    this.keepAliveSeconds = other.keepAliveSeconds;
    this.saysClose = other.saysClose;
    this.saysKeepAlive = other.saysKeepAlive;
    this.saysOtherCoding = other.saysOtherCoding;
  }
}

/** What a `ProtocolError` says of bytes that begin no response of any version. */
export const NOT_HTTP = "not HTTP";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const COMMA = 0x2c;

/** `HTTP/1.` */
const PREFIX = [0x48, 0x54, 0x54, 0x50, 0x2f, 0x31, 0x2e] as const;

/**
 * Parses the head that starts at `from`. Returns the offset after its empty line, or -1 if it is not complete yet.
 * Throws a `ProtocolError` as soon as the bytes cannot become a valid head.
 */
export function parseHead(bytes: Uint8Array, from: number, to: number, limits: HeadLimits, into: HeadInfo): number {
  let at = parseStatusLine(bytes, from, to, into);
  if (at < 0) return incomplete(from, to, limits);
  into.framing = UNTIL_CLOSE;
  into.contentLength = -1;
  into.keepAliveSeconds = -1;
  into.hasSetCookie = false;
  into.hasContentEncoding = false;
  into.saysClose = false;
  into.saysKeepAlive = false;
  into.saysOtherCoding = false;
  for (let fields = 0;; fields++) {
    const first = bytes[at] as number;
    if (at < to && (first === LF || first === CR)) {
      const end = first === LF ? at + 1 : at + 2;
      if (end > to) return incomplete(from, to, limits);
      if (bytes[end - 1] !== LF) throw new ProtocolError("control character in the head");
      if (end - from > limits.maxHeadBytes) throw new ProtocolError("head over the limit");
      finish(bytes[from + 7] as number, into);
      return end;
    }
    const lineEnd = findLineEnd(bytes, at, to);
    if (lineEnd < 0) return incomplete(from, to, limits);
    // Only names that begin with c, t, k or s concern us: connection, content-…, transfer-encoding, keep-alive, set-cookie.
    const letter = first | 0x20;
    if (letter === 0x63 || letter === 0x74 || letter === 0x6b || letter === 0x73) {
      const end = foldEnd(bytes, lineEnd, to);
      if (end < 0) return incomplete(from, to, limits);
      readFraming(bytes, at, lineEnd, end, into);
    }
    if (fields === limits.maxHeadFields) throw new ProtocolError("too many header fields");
    at = lineEnd + 1;
  }
}

/** Offset of the first byte after the empty line that ends a head, or -1. Cheaper than parsing, for heads that drip in. */
export function findHeadEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = bytes.indexOf(LF, from); at >= 0 && at < to; at = bytes.indexOf(LF, at + 1)) {
    const next = at + 1;
    if (next < to && bytes[next] === LF) return next + 1;
    if (next + 1 < to && bytes[next] === CR && bytes[next + 1] === LF) return next + 2;
  }
  return -1;
}

function incomplete(from: number, to: number, limits: HeadLimits): -1 {
  if (to - from > limits.maxHeadBytes) throw new ProtocolError("head over the limit");
  return -1;
}

/** Offset after the status line, -1 if incomplete. */
function parseStatusLine(bytes: Uint8Array, from: number, to: number, into: HeadInfo): number {
  const present = Math.min(PREFIX.length, to - from);
  for (let i = 0; i < present; i++) {
    if (bytes[from + i] !== PREFIX[i]) return refuseForeignBytes(bytes, from, to, i);
  }
  checkStatusStart(bytes, from, to);
  if (to - from < 13) return -1;
  const status = ((bytes[from + 9] as number) - 0x30) * 100 + ((bytes[from + 10] as number) - 0x30) * 10 +
    (bytes[from + 11] as number) - 0x30;
  if (status < 100) throw new ProtocolError("status below 100");
  into.status = status;
  const after = bytes[from + 12];
  if (after !== SPACE && after !== CR && after !== LF && after !== TAB) {
    throw new ProtocolError("malformed status line");
  }
  const end = findLineEnd(bytes, from + 12, to);
  return end < 0 ? -1 : end + 1;
}

/** Minor version, space and three digits, as far as they are there. */
function checkStatusStart(bytes: Uint8Array, from: number, to: number): void {
  if (to - from > 7 && bytes[from + 7] !== 0x30 && bytes[from + 7] !== 0x31) {
    throw new ProtocolError("unknown HTTP version");
  }
  if (to - from > 8 && bytes[from + 8] !== SPACE) throw new ProtocolError("malformed status line");
  for (let i = 9; i < 12 && from + i < to; i++) {
    if (!isDigit(bytes[from + i] as number)) throw new ProtocolError("malformed status line");
  }
}

/**
 * Throws with the protocol that the server speaks instead. -1 while that is undecided, so that the result is the same
 * for any split of the bytes.
 */
function refuseForeignBytes(bytes: Uint8Array, from: number, to: number, matched: number): -1 {
  const first = bytes[from] as number;
  if (first === 0x15 || first === 0x16) throw new ProtocolError("TLS instead of HTTP");
  if (first === 0) { // maybe an HTTP/2 frame: three bytes of length, then the type, 4 for SETTINGS
    if (to - from < 4) return -1;
    if (bytes[from + 3] === 0x04) throw new ProtocolError("HTTP/2 instead of HTTP/1.1");
  }
  if (first === 0x50) { // maybe the preface of HTTP/2: PRI * HTTP/2.0
    if (to - from < 3) return -1;
    if (bytes[from + 1] === 0x52 && bytes[from + 2] === 0x49) throw new ProtocolError("HTTP/2 instead of HTTP/1.1");
  }
  throw new ProtocolError(matched >= 5 ? "unknown HTTP version" : NOT_HTTP);
}

/** Offset of the line feed, or -1. NUL and a carriage return elsewhere than before the line feed are refused. */
function findLineEnd(bytes: Uint8Array, at: number, to: number): number {
  for (; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte > CR) continue;
    if (byte === LF) return at;
    if (byte === 0) throw new ProtocolError("control character in the head");
    if (byte !== CR) continue;
    if (at + 1 === to) return -1;
    if (bytes[at + 1] !== LF) throw new ProtocolError("control character in the head");
    return at + 1;
  }
  return -1;
}

function finish(minorVersion: number, into: HeadInfo): void {
  const oneDotZero = minorVersion === 0x30;
  into.persistent = oneDotZero ? into.saysKeepAlive && !into.saysClose : !into.saysClose;
  if (into.framing === UNTIL_CLOSE && into.contentLength >= 0) into.framing = BY_LENGTH;
  else if (into.framing === CHUNKED) {
    if (into.saysOtherCoding) throw new ProtocolError("unknown transfer-encoding");
    if (oneDotZero) into.persistent = false; // RFC 9112, 6.1: whoever added it may not know of the connection
    into.contentLength = -1;
  }
}

/** One field that may concern us: its first line is `[at, lineEnd)`, its continuation lines reach to `end`. */
function readFraming(bytes: Uint8Array, at: number, lineEnd: number, end: number, into: HeadInfo): void {
  let nameEnd = at;
  while (nameEnd < lineEnd && bytes[nameEnd] !== COLON) nameEnd++;
  if (nameEnd === lineEnd) return; // no field
  const from = nameEnd + 1;
  while (nameEnd > at && isBlank(bytes[nameEnd - 1] as number)) nameEnd--;
  const length = nameEnd - at;
  if (length === 14) {
    if (equalsIgnoringCase(bytes, at, "content-length")) readContentLength(bytes, from, end, into);
  } else if (length === 10) {
    if (equalsIgnoringCase(bytes, at, "connection")) readConnection(bytes, from, end, into);
    else if (equalsIgnoringCase(bytes, at, "keep-alive")) readKeepAlive(bytes, from, end, into);
    else if (equalsIgnoringCase(bytes, at, "set-cookie")) into.hasSetCookie = true;
  } else if (length === 16) {
    if (equalsIgnoringCase(bytes, at, "content-encoding")) into.hasContentEncoding = true;
  } else if (length === 17 && equalsIgnoringCase(bytes, at, "transfer-encoding")) {
    readTransferEncoding(bytes, from, end, into);
  }
}

/** Line feed of the field's last continuation line; -1 if the bytes there do not show yet whether one follows. */
function foldEnd(bytes: Uint8Array, lineEnd: number, to: number): number {
  let end = lineEnd;
  for (;;) {
    if (end + 1 >= to) return -1;
    if (bytes[end + 1] !== SPACE && bytes[end + 1] !== TAB) return end;
    end = findLineEnd(bytes, end + 1, to);
    if (end < 0) return -1;
  }
}

/** One or more equal numbers, comma-separated; anything but digits is refused, and so is a number that a double cannot hold. */
function readContentLength(bytes: Uint8Array, from: number, to: number, into: HeadInfo): void {
  let at = from;
  for (;;) {
    while (at < to && isBlank(bytes[at] as number)) at++;
    const start = at;
    let value = 0;
    while (at < to && isDigit(bytes[at] as number)) value = value * 10 + (bytes[at++] as number) - 0x30;
    if (at === start || value > Number.MAX_SAFE_INTEGER) throw new ProtocolError("bad content-length");
    while (at < to && isBlank(bytes[at] as number)) at++;
    if (into.contentLength >= 0 && into.contentLength !== value) throw new ProtocolError("unequal content-lengths");
    into.contentLength = value;
    if (at === to) return;
    if (bytes[at++] !== COMMA) throw new ProtocolError("bad content-length");
  }
}

/**
 * `chunked`, once or more often, and the `identity` of RFC 2616, which says nothing. Others were not offered: alone
 * they are a mistake (`binary`, `utf-8`), which browsers pass over; with `chunked` the body may be encoded.
 */
function readTransferEncoding(bytes: Uint8Array, from: number, to: number, into: HeadInfo): void {
  for (let at = from; at < to; at++) {
    if (isBlank(bytes[at] as number) || bytes[at] === COMMA) continue;
    const start = at;
    while (at < to && bytes[at] !== COMMA) at++;
    let end = at;
    while (isBlank(bytes[end - 1] as number)) end--;
    if (end - start === 7 && equalsIgnoringCase(bytes, start, "chunked")) into.framing = CHUNKED;
    else if (end - start !== 8 || !equalsIgnoringCase(bytes, start, "identity")) into.saysOtherCoding = true;
  }
}

function readConnection(bytes: Uint8Array, from: number, to: number, into: HeadInfo): void {
  for (let at = from; at < to; at++) {
    if (isBlank(bytes[at] as number) || bytes[at] === COMMA) continue;
    let end = at;
    while (end < to && bytes[end] !== COMMA && !isBlank(bytes[end] as number)) end++;
    if (end - at === 5 && equalsIgnoringCase(bytes, at, "close")) into.saysClose = true;
    else if (end - at === 10 && equalsIgnoringCase(bytes, at, "keep-alive")) into.saysKeepAlive = true;
    at = end;
  }
}

function readKeepAlive(bytes: Uint8Array, from: number, to: number, into: HeadInfo): void {
  for (let at = from; at + 8 < to; at++) {
    if (!equalsIgnoringCase(bytes, at, "timeout=")) continue;
    let seconds = 0;
    for (let digit = at + 8; digit < to && isDigit(bytes[digit] as number); digit++) {
      seconds = seconds * 10 + (bytes[digit] as number) - 0x30;
    }
    into.keepAliveSeconds = seconds;
    return;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CR || byte === LF;
}

/** `word` in lower case. The caller knows that so many bytes are there. */
function equalsIgnoringCase(bytes: Uint8Array, at: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const byte = bytes[at + i] as number;
    if ((byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== word.charCodeAt(i)) return false;
  }
  return true;
}
