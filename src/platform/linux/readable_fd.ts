/**
 * Notices when a descriptor of the kernel can be read: it is read as a file stream of Bun, which its own event loop watches. While the stream is
 * read it keeps the thread's loop alive, so it is read only while something is expected.
 */
import { bunApi } from "../runtime.ts";

interface FileStreams {
  file(fd: number): { stream(): ReadableStream<Uint8Array> };
}

export class ReadableFd {
  readonly fd: number;
  readonly #woken: () => void;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(fd: number, woken: () => void) {
    this.fd = fd;
    this.#woken = woken;
  }

  start(): void {
    if (this.#reader !== undefined) return;
    const reader = bunApi<FileStreams>()?.file(this.fd).stream().getReader();
    this.#reader = reader;
    if (reader !== undefined) void this.#listen(reader);
  }

  async #listen(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    while (!(await reader.read()).done) this.#woken();
  }

  /** What comes meanwhile is seen after the next `start`. */
  stop(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    void reader?.cancel();
  }
}
