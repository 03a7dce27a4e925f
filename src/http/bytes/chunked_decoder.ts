/**
 * Takes the chunked coding off, for any split of the bytes, in constant memory. Extensions and trailer fields are
 * bounded and passed over. Strict: a size is hexadecimal digits only, the data of a chunk ends with a line end, and
 * nothing but the zero chunk ends the body.
 *
 *   size → (extension) → sizeEnd → data → dataEnd → size …      size 0 → trailer lines → empty line: done
 */
import { ProtocolError } from "./wire_error.ts";

/** Takes the pieces of a body in order; they may lie in memory that is used again. */
export interface BodyPieces {
  piece(bytes: Uint8Array, from: number, to: number): void;
}

type State =
  | "size"
  | "blank"
  | "extension"
  | "sizeEnd"
  | "data"
  | "dataEnd"
  | "dataLineFeed"
  | "trailer"
  | "trailerEnd"
  | "done";

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const SEMICOLON = 0x3b;
/** 13 hexadecimal digits are below 2^52; no real chunk is longer, and a longer number would lose digits in a double. */
const MAX_SIZE_DIGITS = 13;
/** Of all extensions and blanks of one chunk. */
const MAX_EXTENSION_BYTES = 4096;

export class ChunkedDecoder {
  readonly #maxTrailerBytes: number;
  #state: State = "size";
  #size = 0;
  #digits = 0;
  /** Bytes skipped of the current extension or trailer. */
  #passed = 0;
  /** The current trailer line has no byte yet, except perhaps a carriage return. */
  #lineEmpty = true;

  constructor(maxTrailerBytes: number) {
    this.#maxTrailerBytes = maxTrailerBytes;
  }

  get done(): boolean {
    return this.#state === "done";
  }

  /**
   * All data and whole trailer lines have come: nothing but the empty line behind them is missing, which some servers
   * leave out.
   */
  get hasAllData(): boolean {
    return this.#lineEmpty && (this.#state === "trailer" || this.#state === "trailerEnd") || this.done;
  }

  /** Continues with `bytes[from, to)`; returns the offset after the bytes that it used: `to`, or less when the body is done. */
  read(bytes: Uint8Array, from: number, to: number, out: BodyPieces): number {
    let at = from;
    while (at < to && this.#state !== "done") {
      if (this.#state === "data") {
        const end = Math.min(to, at + this.#size);
        out.piece(bytes, at, end);
        this.#size -= end - at;
        at = end;
        if (this.#size === 0) this.#state = "dataEnd";
      } else this.#step(bytes[at++] as number);
    }
    return at;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case "size":
        return this.#readSize(byte);
      case "blank": // spaces after the size: not allowed, but sent (padded sizes), and harmless
        if (byte === SPACE || byte === TAB) return this.#countExtension();
        if (byte === SEMICOLON) this.#state = "extension";
        else if (byte === CR) this.#state = "sizeEnd";
        else if (byte === LF) this.#endSize();
        else throw new ProtocolError("bad chunk size");
        return;
      case "extension":
        if (byte === CR) this.#state = "sizeEnd";
        else if (byte === LF) this.#endSize();
        else this.#countExtension();
        return;
      case "sizeEnd":
        if (byte !== LF) throw new ProtocolError("bad chunk size");
        return this.#endSize();
      case "dataEnd":
        if (byte === CR) this.#state = "dataLineFeed";
        else if (byte === LF) this.#startSize();
        else throw new ProtocolError("bad chunk end");
        return;
      case "dataLineFeed":
        if (byte !== LF) throw new ProtocolError("bad chunk end");
        return this.#startSize();
      default:
        return this.#passTrailer(byte);
    }
  }

  #startSize(): void {
    this.#state = "size";
    this.#size = 0;
    this.#digits = 0;
  }

  #readSize(byte: number): void {
    const digit = hexValue(byte);
    if (digit >= 0) {
      if (++this.#digits > MAX_SIZE_DIGITS) throw new ProtocolError("bad chunk size");
      this.#size = this.#size * 16 + digit;
      return;
    }
    if (this.#digits === 0) throw new ProtocolError("bad chunk size");
    this.#passed = 0;
    if (byte === CR) this.#state = "sizeEnd";
    else if (byte === LF) this.#endSize();
    else if (byte === SEMICOLON) this.#state = "extension";
    else if (byte === SPACE || byte === TAB) {
      this.#state = "blank";
      this.#passed = 1;
    } else throw new ProtocolError("bad chunk size");
  }

  #countExtension(): void {
    if (++this.#passed > MAX_EXTENSION_BYTES) throw new ProtocolError("chunk extension over the limit");
  }

  #endSize(): void {
    this.#state = this.#size > 0 ? "data" : "trailer";
    this.#passed = 0;
    this.#lineEmpty = true;
  }

  #passTrailer(byte: number): void {
    if (byte === LF) {
      if (this.#lineEmpty) this.#state = "done";
      this.#lineEmpty = true;
    } else if (this.#state === "trailerEnd") throw new ProtocolError("control character in the trailer");
    if (this.#state === "done") return;
    this.#state = byte === CR ? "trailerEnd" : "trailer";
    if (byte !== LF && byte !== CR) this.#lineEmpty = false;
    if (++this.#passed > this.#maxTrailerBytes) throw new ProtocolError("trailer over the limit");
  }
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
