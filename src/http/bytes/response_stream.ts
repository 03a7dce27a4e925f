/**
 * A body as a ReadableStream while it comes in. When the reader falls behind, the socket is paused, TCP slows the
 * server down, and memory stays at about `HIGH_WATER_BYTES` however long the body is.
 */
import type { BodyPieces } from "./chunked_decoder.ts";
import { copyBytes } from "./raw_memory.ts";

const HIGH_WATER_BYTES = 256 * 1024;

/** The connection that feeds the stream. */
export interface StreamSource {
  /** The reader has caught up. */
  resumeReading(): void;
  /** The reader has cancelled. */
  abandonBody(): void;
}

export class ResponseStream implements BodyPieces {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #memory: { readonly reusesMemory: boolean };
  #controller!: ReadableStreamDefaultController<Uint8Array>;

  /** `memory`: whether the piece that comes is in memory that is written over. It may differ from piece to piece. */
  constructor(source: StreamSource, memory: { readonly reusesMemory: boolean }) {
    this.#memory = memory;
    this.readable = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => source.resumeReading(),
      cancel: () => source.abandonBody(),
    }, { highWaterMark: HIGH_WATER_BYTES, size: (piece) => piece.length });
  }

  piece(bytes: Uint8Array, from: number, to: number): void {
    this.#controller.enqueue(this.#memory.reusesMemory ? copyBytes(bytes, from, to) : bytes.subarray(from, to));
  }

  /** More is buffered than the reader should have to catch up with. */
  get isFull(): boolean {
    return (this.#controller.desiredSize ?? 0) <= 0;
  }

  end(): void {
    this.#controller.close();
  }

  fail(error: Error): void {
    this.#controller.error(error);
  }
}
