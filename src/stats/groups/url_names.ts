/**
 * The name that URLs share which differ only in ids: `/items/17/photos` and `/items/4/photos` are `/items/[id]/photos`.
 * An id is a segment of the path that is a number, a UUID, a ULID, a hexadecimal number with eight digits or more, or a
 * date, each with or without a file extension; of a query all values are left out. Pure, and no regular expression in
 * the way of an ordinary name: it is asked for each new URL.
 */
import { compareText } from "../../base/text/compare_text.ts";
import { cutName } from "./entry_table.ts";

const ID = "[id]";
const VALUE = "[value]";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
/** `2026-01`, `2026-01-31`, `2026-01-31T10:20:30.5Z`; a colon may be written as `%3A`. */
const DATE =
  /^\d{4}-\d\d(?:-\d\d(?:T\d\d(?::|%3A)?\d\d(?:(?::|%3A)?\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d(?::|%3A)?\d\d)?)?)?$/i;
const EXTENSION = /^[a-z][a-z0-9]{0,4}$/i;
const MIN_HEX = 8;

/** The common name of a URL and those like it; undefined: it has nothing that looks like an id, and stays as it is. */
export function groupNameOf(name: string): string | undefined {
  const pathEnd = endOfPath(name);
  const path = groupPath(name, startOfPath(name, pathEnd), pathEnd);
  const query = pathEnd === name.length ? "" : `?${groupQuery(name.slice(pathEnd + 1))}`;
  const group = path + query;
  return group === name || group !== cutName(group) ? undefined : group;
}

/** Whether a name is certain to have this group. Builds no text; false also where that takes a closer look (`groupNameOf`). */
export function isOfGroup(name: string, group: string): boolean {
  let at = startOfPath(name, endOfPath(name));
  if (at !== startOfPath(group, endOfPath(group)) || !name.startsWith(group.slice(0, at))) return false;
  for (let i = at; i < group.length;) {
    if (group.startsWith(ID, i)) {
      const slash = name.indexOf("/", at);
      const query = name.indexOf("?", at);
      const end = Math.min(slash < 0 ? name.length : slash, query < 0 ? name.length : query);
      const length = idLength(name, at, end);
      if (length === 0) return false;
      at += length;
      i += ID.length;
    } else if (group.startsWith(VALUE, i)) {
      const end = name.indexOf("&", at);
      at = end < 0 ? name.length : end;
      i += VALUE.length;
    } else if (name.charCodeAt(at++) !== group.charCodeAt(i++)) return false;
  }
  return at === name.length;
}

interface NamedRow {
  readonly method: string;
  readonly name: string;
}

/**
 * Where the counts of an earlier row are now: in the row itself if there still is one, in that of its group if it was
 * merged into it. Rows that a locustfile names itself never go away.
 */
export function successorOf(row: NamedRow, isThere: (row: NamedRow) => boolean): NamedRow {
  if (isThere(row)) return row;
  const group = groupNameOf(row.name);
  const successor = { method: row.method, name: group ?? row.name };
  return group !== undefined && isThere(successor) ? successor : row;
}

/** A few names as examples, the same ones in whatever order they come. */
export function addExample(examples: readonly string[], name: string, max: number): readonly string[] {
  if (examples.includes(name)) return examples;
  const last = examples[max - 1];
  if (last !== undefined && compareText(last, name) < 0) return examples;
  return [...examples, name].sort(compareText).slice(0, max);
}

function endOfPath(name: string): number {
  const query = name.indexOf("?");
  return query < 0 ? name.length : query;
}

/** Behind scheme and host, which are never grouped. */
function startOfPath(name: string, end: number): number {
  const scheme = name.indexOf("://");
  if (scheme < 0 || scheme > end) return 0;
  const slash = name.indexOf("/", scheme + 3);
  return slash < 0 || slash > end ? end : slash;
}

function groupPath(name: string, from: number, end: number): string {
  let path = "";
  let kept = 0; // up to here it is in `path`
  for (let start = from; start < end;) {
    const slash = name.indexOf("/", start);
    const stop = slash < 0 || slash > end ? end : slash;
    const length = idLength(name, start, stop);
    if (length > 0) {
      path += name.slice(kept, start) + ID;
      kept = start + length;
    }
    start = stop + 1;
  }
  return kept === 0 ? name.slice(0, end) : path + name.slice(kept, end);
}

/** Values of one key that follow each other become one: how many there are is a part of what differs. */
function groupQuery(query: string): string {
  const pairs: string[] = [];
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    const grouped = equals >= 0
      ? `${pair.slice(0, equals + 1)}${VALUE}`
      : idLength(pair, 0, pair.length) === pair.length && pair !== ""
      ? ID
      : pair;
    if (pairs.at(-1) !== grouped) pairs.push(grouped);
  }
  return pairs.join("&");
}

/** How many characters of a segment are an id; the rest is an extension. 0: none is. */
function idLength(text: string, start: number, end: number): number {
  if (start === end || !isHexDigit(text.charCodeAt(start))) return 0;
  if (isId(text, start, end)) return end - start;
  const dot = text.lastIndexOf(".", end - 1);
  if (dot <= start || !EXTENSION.test(text.slice(dot + 1, end))) return 0;
  return isId(text, start, dot) ? dot - start : 0;
}

function isId(text: string, start: number, end: number): boolean {
  let digits = 0;
  let others = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code >= 48 && code <= 57) digits++;
    else if (!isHexDigit(code)) others++;
  }
  const length = end - start;
  if (digits === length) return true;
  if (digits === 0) return false;
  if (others === 0) return length >= MIN_HEX;
  if (length === 36) return UUID.test(text.slice(start, end)) || DATE.test(text.slice(start, end));
  if (length === 26) return ULID.test(text.slice(start, end)) || DATE.test(text.slice(start, end));
  return text.charCodeAt(start + 4) === 45 && DATE.test(text.slice(start, end));
}

function isHexDigit(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}
