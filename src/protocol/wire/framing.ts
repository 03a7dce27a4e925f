/**
 * Frames on a byte stream: a `u32` length (big-endian), then that many bytes. Pure and incremental: any split of the
 * bytes gives the same frames. What is inside a frame is `codec.ts`'s business.
 *
 *     0        4                4+n
 *     ┌────────┬─────────────────┬────────┬──
 *     │ n: u32 │ payload, n bytes│ n: u32 │ …
 *     └────────┴─────────────────┴────────┴──
 */
import { LocustError } from "../../base/errors.ts";
import { describeDialect } from "./sniff.ts";

export const FRAME_HEADER_BYTES = 4;
/** The largest payload: a delta of 2,000 names with failures, or a bundled locustfile, with room to spare. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** The largest payload of a peer that has not proved itself: a `hello` is well under it. */
export const MAX_UNPROVED_FRAME_BYTES = 8 * 1024;

/** The bytes are not frames. The link that they came from must end. */
export class FrameError extends LocustError {
  constructor(message: string) {
    super(message, { code: "bad_frame" });
    this.name = "FrameError";
  }
}

/** One frame around a payload. */
export function encodeFrame(payload: Uint8Array): Uint8Array {
  if (payload.length > MAX_FRAME_BYTES) {
    throw new FrameError(
      `Cannot send a message of ${payload.length} bytes: the limit is ${MAX_FRAME_BYTES}; make it smaller`,
    );
  }
  const frame = new Uint8Array(FRAME_HEADER_BYTES + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

/** Turns chunks of bytes into payloads. After it threw it must not be used again. */
export class FrameReader {
  #limitBytes: number;
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES);
  #headerBytes = 0;
  #payload: Uint8Array | undefined;
  #payloadBytes = 0;
  #payloadLength = 0;

  constructor(limitBytes: number = MAX_FRAME_BYTES) {
    this.#limitBytes = limitBytes;
  }

  /** From the next frame on. */
  setLimit(limitBytes: number): void {
    this.#limitBytes = limitBytes;
  }

  /** Whether the stream could end here. */
  get isBetweenFrames(): boolean {
    return this.#headerBytes === 0;
  }

  /**
   * Takes bytes and calls `onPayload` for each frame that they complete, in order. The payload belongs to the receiver.
   * Throws a `FrameError` as soon as a length is over the limit: memory is reserved as bytes arrive, not by the length
   * that a peer announces.
   */
  push(chunk: Uint8Array, onPayload: (payload: Uint8Array) => void): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#headerBytes < FRAME_HEADER_BYTES) {
        this.#header[this.#headerBytes++] = chunk[at++] as number;
        if (this.#headerBytes < FRAME_HEADER_BYTES) continue;
        this.#start();
      } else {
        at += this.#fill(chunk, at);
      }
      if (this.#payload === undefined || this.#payloadBytes < this.#payloadLength) continue;
      const payload = this.#payload;
      this.#payload = undefined;
      this.#headerBytes = 0;
      onPayload(payload);
    }
  }

  #start(): void {
    const length = new DataView(this.#header.buffer).getUint32(0);
    if (length > this.#limitBytes) {
      const dialect = describeDialect(this.#header);
      throw new FrameError(dialect ?? `a frame of ${length} bytes is over the limit of ${this.#limitBytes}`);
    }
    this.#payloadLength = length;
    this.#payloadBytes = 0;
    this.#payload = new Uint8Array(Math.min(length, FIRST_RESERVE_BYTES));
  }

  /** Copies what belongs to the current payload and returns how many bytes that were. */
  #fill(chunk: Uint8Array, at: number): number {
    const count = Math.min(chunk.length - at, this.#payloadLength - this.#payloadBytes);
    const needed = this.#payloadBytes + count;
    let payload = this.#payload as Uint8Array;
    if (needed > payload.length) {
      const larger = new Uint8Array(Math.min(this.#payloadLength, Math.max(needed, payload.length * 2)));
      larger.set(payload.subarray(0, this.#payloadBytes));
      this.#payload = payload = larger;
    }
    payload.set(chunk.subarray(at, at + count), this.#payloadBytes);
    this.#payloadBytes = needed;
    return count;
  }
}

/** Reserved at once for a frame; a longer one grows by doubling as its bytes arrive. */
const FIRST_RESERVE_BYTES = 64 * 1024;
