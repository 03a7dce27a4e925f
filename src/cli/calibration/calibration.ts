/**
 * The calibration of a machine: what `locust-ts calibrate` measured here, kept as JSON in the user's cache folder. It
 * holds for the machine and the version it was measured with, and for no other; a file that is anything else is
 * ignored, with a sentence that says why.
 */
import { readFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import type { RateLimit } from "./step_cpu.ts";

export const CALIBRATION_SCHEMA = "locust-ts/calibration/2";

/** What a calibration holds for. */
export interface CalibratedMachine {
  readonly host: string;
  readonly cpu: string;
  readonly cores: number;
  readonly version: string; // of locust-ts
  readonly runtime: string; // `Bun 1.4.5`
}

/** The rate with so many threads and users that never wait. */
export interface RateStep {
  readonly client: "FastHttpUser" | "HttpUser";
  readonly threads: number;
  readonly users: number;
  readonly perSecond: number;
  readonly p99Ms: number | null;
  /** Cores that the generator kept busy; null where it is not known. */
  readonly generatorCores: number | null;
  /** Only where it is `generator` is the rate what this machine can do. */
  readonly limitedBy: RateLimit;
}

export interface Calibration {
  readonly schema: typeof CALIBRATION_SCHEMA;
  readonly machine: CalibratedMachine;
  readonly measuredAt: string; // ISO 8601
  readonly rates: readonly RateStep[];
  /** Resident memory of a connected user that waits; null where it is not known. */
  readonly bytesPerUser: number | null;
  /** How late waiting users woke: p99 of the worst second. */
  readonly timerErrorP99Ms: number | null;
}

/** Where programs keep what can be made again, by the XDG rules. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const { XDG_CACHE_HOME: xdg } = env;
  return join(xdg === undefined || xdg === "" ? join(os.homedir(), ".cache") : xdg, "locust-ts");
}

export function calibrationFile(env: Readonly<Record<string, string | undefined>>): string {
  return join(cacheFolder(env), "calibration.json");
}

export function describeMachine(
  program: { readonly version: string; readonly runtime: string; readonly host: string },
): CalibratedMachine {
  const { host, version, runtime } = program;
  return { host, cpu: os.cpus()[0]?.model ?? "unknown", cores: os.availableParallelism(), version, runtime };
}

/** What is in the cache for this machine: a calibration, nothing, or a sentence on why the file is ignored. */
export function readCalibration(
  path: string,
  machine: CalibratedMachine,
): Calibration | { readonly ignored: string } | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined; // the usual case: no calibration was made, or the folder is not for us to read
  }
  const found = parseCalibration(text);
  if (found === undefined) {
    return { ignored: `The calibration in "${path}" is ignored: it cannot be read; run "locust-ts calibrate" again` };
  }
  const difference = differenceOf(found.machine, machine);
  if (difference === undefined) return found;
  return { ignored: `The calibration in "${path}" is ignored: it is ${difference}; run "locust-ts calibrate" again` };
}

/** Undefined unless the text is a calibration. */
export function parseCalibration(text: string): Calibration | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { schema, machine, rates } = (value ?? {}) as Partial<Calibration>;
  if (schema !== CALIBRATION_SCHEMA || typeof machine !== "object" || machine === null || !Array.isArray(rates)) {
    return undefined;
  }
  const isRate = (rate: unknown) => {
    const { threads, perSecond, client, limitedBy } = (rate ?? {}) as Partial<RateStep>;
    return typeof client === "string" && typeof limitedBy === "string" && isPositive(threads) && isPositive(perSecond);
  };
  return rates.every(isRate) ? value as Calibration : undefined;
}

function isPositive(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

function differenceOf(measured: CalibratedMachine, here: CalibratedMachine): string | undefined {
  if (measured.host !== here.host || measured.cpu !== here.cpu || measured.cores !== here.cores) {
    return "of another machine";
  }
  if (measured.version !== here.version || measured.runtime !== here.runtime) return "of another version";
  return undefined;
}

/**
 * The most requests per second that so many threads reached with `FastHttpUser`, where nothing but the generator
 * limited them. Between the measured numbers of threads it grows with the threads; undefined beyond them.
 */
export function calibratedRate({ rates }: Calibration, threads: number): number | undefined {
  const best = new Map<number, number>();
  for (const rate of rates) {
    if (rate.client !== "FastHttpUser" || rate.limitedBy !== "generator") continue;
    best.set(rate.threads, Math.max(best.get(rate.threads) ?? 0, rate.perSecond));
  }
  const measured = [...best].sort(([a], [b]) => a - b);
  const above = measured.find(([count]) => count >= threads);
  if (above === undefined) return undefined;
  const below = measured.filter(([count]) => count <= threads).at(-1) ?? [0, 0];
  if (above[0] === below[0]) return above[1];
  return below[1] + ((above[1] - below[1]) * (threads - below[0])) / (above[0] - below[0]);
}
