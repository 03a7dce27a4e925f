/**
 * A clock that all threads and processes of this machine read alike. `performance.now()` counts from the start of each
 * thread, and a message takes as long as its receiver sleeps: up to some milliseconds on a machine that does little.
 */
import { readFileSync, readlinkSync } from "node:fs";
import type { MachineReading } from "../../base/clock.ts";
import { type Libc, openLibc } from "../linux/libc.ts";
import { bunApi } from "../runtime.ts";

export interface MachineClock {
  /** The same wherever this very clock is read. */
  readonly id: string;
  /** This clock less `performance.now()` of this thread, at this moment: a suspended machine may stop one of them. */
  differenceMs(): number;
}

const CLOCK_MONOTONIC = 1;
/** A thread may be interrupted between the two halves of a reading, but hardly each time. */
const READINGS = 4;

/** Undefined where there is none: outside of Bun on Linux, and without `/proc`. */
export function openMachineClock(): MachineClock | undefined {
  const libc = openLibc();
  if (libc === undefined) return undefined;
  try {
    const id = identify();
    return id === undefined ? undefined : new KernelClock(libc, id);
  } catch {
    return undefined; // which machine this is cannot be read
  }
}

/** Bun's own: each thread has this clock at its start, and `node:crypto` takes some milliseconds to load. */
interface Hashing {
  readonly CryptoHasher: new (algorithm: "sha256") => { update(text: string): void; digest(encoding: "hex"): string };
}

/** A kernel since its start, and the offset that a container may have. Undefined outside of Bun. */
function identify(): string | undefined {
  const bun = bunApi<Hashing>();
  if (bun === undefined) return undefined;
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
  const hash = new bun.CryptoHasher("sha256");
  hash.update(`${boot}${readlinkSync("/proc/self/ns/time")}`);
  return hash.digest("hex").slice(0, 32);
}

class KernelClock implements MachineClock {
  readonly id: string;
  readonly #libc: Libc;
  /** `struct timespec`: seconds and nanoseconds. */
  readonly #time = new BigInt64Array(2);

  constructor(libc: Libc, id: string) {
    this.id = id;
    this.#libc = libc;
  }

  /** A reading can only be too high, by what happened between its two halves. */
  differenceMs(): number {
    let least = Infinity;
    for (let reading = 0; reading < READINGS; reading++) {
      const nowMs = performance.now();
      this.#libc.clock_gettime(CLOCK_MONOTONIC, this.#time);
      least = Math.min(least, Number(this.#time[0]) * 1000 + Number(this.#time[1]) / 1e6 - nowMs);
    }
    return least;
  }
}

/** As a part of a message: what the clock was at a time of this thread. Empty where there is none. */
export function readingAt(clock: MachineClock | undefined, ownMs: number): { readonly reading?: MachineReading } {
  return clock === undefined ? {} : { reading: { clock: clock.id, atMs: ownMs + clock.differenceMs() } };
}

/** For how long a message has been on its way, as far as that is known: who receives it may have been busy. */
export function waitedMs(clock: MachineClock | undefined, reading: MachineReading | undefined, nowMs: number): number {
  return Math.max(0, nowMs - (ownTimeOf(clock, reading) ?? nowMs));
}

/** The time of this thread at a reading; undefined where it is of another machine, or of none. */
export function ownTimeOf(clock: MachineClock | undefined, reading: MachineReading | undefined): number | undefined {
  return clock === undefined || reading?.clock !== clock.id ? undefined : reading.atMs - clock.differenceMs();
}
