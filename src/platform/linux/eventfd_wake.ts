/** Wakes this thread when the kernel signals an eventfd. */
import { closeFd, type Kernel, ownFd } from "./mapping.ts";
import { ReadableFd } from "./readable_fd.ts";

const EFD_NONBLOCK_CLOEXEC = 0o2004000;

export class EventfdWake {
  readonly #kernel: Kernel;
  readonly #events: ReadableFd;

  constructor(kernel: Kernel, woken: () => void) {
    this.#kernel = kernel;
    this.#events = new ReadableFd(ownFd(kernel, kernel.libc.eventfd(0, EFD_NONBLOCK_CLOEXEC), "eventfd"), woken);
  }

  get fd(): number {
    return this.#events.fd;
  }

  start(): void {
    this.#events.start();
  }

  /** Signals that come meanwhile are seen after the next `start`. */
  stop(): void {
    this.#events.stop();
  }

  close(): void {
    this.stop();
    closeFd(this.#kernel, this.fd);
  }
}
