/**
 * Wakes this thread when the kernel signals an eventfd: the descriptor is read as a file stream of Bun, which its own event loop watches. While the
 * stream is read it keeps the thread's loop alive, so it is read only while there are sockets.
 */
import { bunApi } from "../runtime.ts";
import { closeFd, type Kernel, ownFd } from "./mapping.ts";

const EFD_NONBLOCK_CLOEXEC = 0o2004000;

interface FileStreams {
  file(fd: number): { stream(): ReadableStream<Uint8Array> };
}

export class EventfdWake {
  readonly fd: number;
  readonly #kernel: Kernel;
  readonly #woken: () => void;
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(kernel: Kernel, woken: () => void) {
    this.#kernel = kernel;
    this.#woken = woken;
    this.fd = ownFd(kernel, kernel.libc.eventfd(0, EFD_NONBLOCK_CLOEXEC), "eventfd");
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

  /** Signals that come meanwhile are seen after the next `start`. */
  stop(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    void reader?.cancel();
  }

  close(): void {
    this.stop();
    closeFd(this.#kernel, this.fd);
  }
}
