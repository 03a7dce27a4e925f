/**
 * A timer of the kernel: it fires within a few tenths of a millisecond, where timers of the runtime count whole milliseconds. One for each
 * thread that needs one; set again and again.
 */
import process from "node:process";
import { closeFd, type Kernel, ownFd } from "./mapping.ts";
import { ReadableFd } from "./readable_fd.ts";

const [CALL_CREATE, CALL_SETTIME] = process.arch === "arm64" ? [85, 86] : [283, 286];
const CLOCK_MONOTONIC = 1;
const TFD_NONBLOCK_CLOEXEC = 0o2004000;
const NS_PER_SECOND = 1_000_000_000n;

export class TimerFd {
  readonly #kernel: Kernel;
  readonly #expired: ReadableFd;
  /** `struct itimerspec`: interval, then value, each in seconds and nanoseconds. No interval: it fires once. */
  readonly #spec = new BigInt64Array(4);
  #dueMs = 0;
  #watchMs = 0;

  /** Throws a `SystemError` where the kernel gives none. */
  constructor(kernel: Kernel, fired: () => void) {
    this.#kernel = kernel;
    const fd = kernel.libc.syscall(CALL_CREATE, CLOCK_MONOTONIC, TFD_NONBLOCK_CLOEXEC, 0, 0, null, 0);
    this.#expired = new ReadableFd(ownFd(kernel, fd, "timerfd_create"), () => {
      this.#watch();
      fired();
    });
    try {
      this.#expired.start();
    } catch (problem) {
      closeFd(kernel, fd);
      throw problem;
    }
  }

  /** Fires once after `delayMs`; what was set before is forgotten. The thread wakes up to `watchMs` sooner and looks at the clock until then. */
  set(delayMs: number, watchMs = 0): void {
    this.#dueMs = performance.now() + delayMs;
    this.#watchMs = watchMs;
    const ns = BigInt(Math.max(1, Math.round((delayMs - watchMs) * 1e6))); // 0 would switch it off
    this.#settime(ns / NS_PER_SECOND, ns % NS_PER_SECOND);
  }

  cancel(): void {
    this.#settime(0n, 0n);
  }

  close(): void {
    this.#expired.stop();
    closeFd(this.#kernel, this.#expired.fd);
  }

  /** Not where the timer was set anew after it had fired, and before that was noticed: what is due then is far away. */
  #watch(): void {
    if (this.#dueMs - performance.now() > this.#watchMs) return;
    while (performance.now() < this.#dueMs);
  }

  #settime(seconds: bigint, ns: bigint): void {
    this.#spec[2] = seconds;
    this.#spec[3] = ns;
    this.#kernel.libc.syscallOnRing(CALL_SETTIME, this.#expired.fd, 0, this.#spec, 0);
  }
}
