/**
 * Looks up header fields in the bytes of a head that `head_parser.ts` has accepted. Builds only the requested values.
 * As browsers do: a line without a colon or with a name that is no token is passed over, spaces around name and value
 * are dropped, a line that starts with a space or tab continues the value before it (obs-fold).
 */
import { decodeLatin1 } from "./latin1.ts";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;

/** Offset of the first line after the status line. */
function firstLine(bytes: Uint8Array, from: number, to: number): number {
  const end = bytes.indexOf(LF, from);
  return end < 0 || end >= to ? to : end + 1;
}

/** Offset after the line feed of the line at `at`. */
function nextLine(bytes: Uint8Array, at: number, to: number): number {
  const end = bytes.indexOf(LF, at);
  return end < 0 || end >= to ? to : end + 1;
}

/** True if the line at `at` has this (lower-case) name; allows spaces before the colon. */
function hasName(bytes: Uint8Array, at: number, to: number, name: string): boolean {
  let i = at;
  for (let k = 0; k < name.length; k++, i++) {
    if (i >= to) return false;
    let byte = bytes[i] as number;
    if (byte >= 0x41 && byte <= 0x5a) byte |= 0x20;
    if (byte !== name.charCodeAt(k)) return false;
  }
  while (i < to && (bytes[i] === SPACE || bytes[i] === TAB)) i++;
  return bytes[i] === COLON;
}

/** Offset of the first line with that name (lower case) at or after the status line, or -1. */
export function findField(bytes: Uint8Array, from: number, to: number, name: string): number {
  for (let at = firstLine(bytes, from, to); at < to; at = nextLine(bytes, at, to)) {
    if (hasName(bytes, at, to, name)) return at;
  }
  return -1;
}

/** Value of the field line at `at`, its continuation lines joined by one space. */
function valueAt(bytes: Uint8Array, at: number, to: number): string {
  const start = bytes.indexOf(COLON, at) + 1;
  let end = nextLine(bytes, at, to);
  let value = trimmedText(bytes, start, end);
  while (end < to && (bytes[end] === SPACE || bytes[end] === TAB)) {
    const next = nextLine(bytes, end, to);
    const more = trimmedText(bytes, end, next);
    value = value === "" || more === "" ? value + more : `${value} ${more}`;
    end = next;
  }
  return value;
}

function trimmedText(bytes: Uint8Array, from: number, to: number): string {
  while (from < to && isBlank(bytes[from] as number)) from++;
  while (to > from && isBlank(bytes[to - 1] as number)) to--;
  return decodeLatin1(bytes, from, to);
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CR || byte === LF;
}

/** The values of all fields with that name (lower case), in order. */
export function readField(bytes: Uint8Array, from: number, to: number, name: string): string[] {
  const values: string[] = [];
  for (let at = firstLine(bytes, from, to); at < to; at = nextLine(bytes, at, to)) {
    if (hasName(bytes, at, to, name)) values.push(valueAt(bytes, at, to));
  }
  return values;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** All fields in order, names in lower case. */
export function readFields(bytes: Uint8Array, from: number, to: number): [name: string, value: string][] {
  const fields: [string, string][] = [];
  for (let at = firstLine(bytes, from, to); at < to; at = nextLine(bytes, at, to)) {
    const colon = bytes.indexOf(COLON, at);
    if (colon < 0 || colon >= nextLine(bytes, at, to)) continue;
    const name = decodeLatin1(bytes, at, colon).replace(/[ \t]+$/, "");
    if (TOKEN.test(name)) fields.push([name.toLowerCase(), valueAt(bytes, at, to)]);
  }
  return fields;
}
