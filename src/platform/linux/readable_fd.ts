/**
 * Notices when a descriptor of the kernel can be read: it is read as a file stream of Bun, which its own event loop watches. While the stream is
 * read it keeps the thread's loop alive, so it is read only while something is expected.
 */
import { bunApi } from "../runtime.ts";
import { EMFILE } from "./kernel_error.ts";
import { SystemError } from "./mapping.ts";

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

  /** Throws a `SystemError` where no descriptor is left: the stream takes one more. */
  start(): void {
    if (this.#reader !== undefined) return;
    const reader = this.#open();
    this.#reader = reader;
    if (reader !== undefined) void this.#listen(reader);
  }

  #open(): ReadableStreamDefaultReader<Uint8Array> | undefined {
    try {
      return bunApi<FileStreams>()?.file(this.fd).stream().getReader();
    } catch (problem) {
      throw (problem as { readonly code?: unknown }).code === "EMFILE" ? new SystemError("fcntl", EMFILE) : problem;
    }
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
