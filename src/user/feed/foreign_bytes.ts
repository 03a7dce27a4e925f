/** Tells files of rows that are no text in UTF-8, by their first bytes or by the line that is none, and says what they are. */
import { Buffer, isUtf8 } from "node:buffer";

const LF = 0x0a;

const BEGINNINGS: readonly (readonly [start: readonly number[], what: string])[] = [
  [[0xff, 0xfe], "it is UTF-16 text; save it as UTF-8"],
  [[0xfe, 0xff], "it is UTF-16 text; save it as UTF-8"],
  [[0x1f, 0x8b], "it is compressed by gzip; unpack it"],
  [[0x50, 0x4b, 0x03, 0x04], "it is a ZIP archive, as files of spreadsheets are; save it as CSV, or unpack it"],
  [[...new TextEncoder().encode("SQLite format 3\0")], "it is a SQLite file; read it with feed.sqlite(path, query)"],
];

/** By the first bytes of a file. */
export function findForeign(bytes: Uint8Array): string | undefined {
  const found = BEGINNINGS.find(([start]) => start.every((byte, index) => bytes[index] === byte));
  if (found !== undefined) return found[1];
  if (bytes.length > 1 && (bytes[0] === 0 || bytes[1] === 0)) return "it is UTF-16 text; save it as UTF-8";
  const end = bytes.indexOf(0x0d);
  const isOldMac = end >= 0 && end < bytes.length - 1 && !bytes.includes(LF);
  return isOldMac
    ? "its lines end with a carriage return alone; save it with line breaks of Windows or Unix"
    : undefined;
}

/** Looks at the bytes of a file in order. */
export class TextCheck {
  #position = 0; // of the first byte of the rest
  /** The beginning of a character at the end of what has come. */
  #rest: Uint8Array = new Uint8Array(0);

  /** Where in the file a line begins that is no UTF-8; undefined: all is well so far. */
  push(bytes: Uint8Array): number | undefined {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = all.length - cutLength(all);
    if (!isUtf8(all.subarray(0, whole))) return this.#position + findBadLine(all);
    this.#position += whole;
    this.#rest = all.slice(whole);
    return undefined;
  }

  end(): number | undefined {
    return this.#rest.length === 0 ? undefined : this.#position;
  }
}

function findBadLine(bytes: Uint8Array): number {
  for (let start = 0;;) {
    const end = bytes.indexOf(LF, start) + 1 || bytes.length;
    if (end === bytes.length || !isUtf8(bytes.subarray(start, end))) return start;
    start = end;
  }
}

/** How many bytes at the end are the beginning of a character. */
function cutLength(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
