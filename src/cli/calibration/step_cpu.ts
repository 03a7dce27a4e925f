/**
 * Tells what limited the rate of a step of a calibration, from the programs that used the cores meanwhile. A rate says
 * what the generator can do only where the generator was the limit: on a machine of few cores the demo shop takes a
 * part of them, and other programs may too.
 */
import { readMachineTimes, readProcessCpuMs } from "../../platform/machine/process_stats.ts";

/**
 * `generator`: its threads were full. `sharedCores`: all cores were full with generator and demo shop.
 * `otherProcesses`: other programs took a part of the cores. `system`: neither; the demo shop was slower. `unknown`:
 * this system does not say.
 */
export type RateLimit = "generator" | "sharedCores" | "otherProcesses" | "system" | "unknown";

/** Less is taken for waiting: a thread that is full has its short waits too. */
const FULL = 0.95;
/** In cores. The program that calibrates and the system's own services take less. */
const OTHERS_ALLOWED = 0.2;

/** CPU time so far. */
export interface CpuReading {
  readonly machine: { readonly busy: number; readonly idle: number };
  /** In ms; undefined where it cannot be read. */
  readonly generatorMs: number | undefined;
  readonly systemMs: number | undefined;
  readonly atMs: number;
}

/** In cores. */
export interface CpuUse {
  readonly generator: number;
  readonly system: number;
  readonly others: number;
  readonly all: number;
}

export function readCpu(
  pids: { readonly generator: number | undefined; readonly system: number | undefined },
  atMs: number,
): CpuReading {
  const { generator, system } = pids;
  return {
    machine: readMachineTimes(),
    generatorMs: generator === undefined ? undefined : readProcessCpuMs(generator),
    systemMs: system === undefined ? undefined : readProcessCpuMs(system),
    atMs,
  };
}

/** Undefined where a part is unknown. */
export function cpuUseBetween(from: CpuReading, to: CpuReading, cores: number): CpuUse | undefined {
  const spanMs = to.atMs - from.atMs;
  const busy = to.machine.busy - from.machine.busy;
  const all = busy + to.machine.idle - from.machine.idle;
  const usedMs = (before: number | undefined, after: number | undefined) =>
    before === undefined || after === undefined ? undefined : Math.max(0, after - before);
  const generatorMs = usedMs(from.generatorMs, to.generatorMs);
  const systemMs = usedMs(from.systemMs, to.systemMs);
  if (!(spanMs > 0 && all > 0) || generatorMs === undefined || systemMs === undefined) return undefined;
  const [generator, system, used] = [generatorMs / spanMs, systemMs / spanMs, (busy / all) * cores];
  return { generator, system, others: Math.max(0, used - generator - system), all: used };
}

export function limitOf(use: CpuUse | undefined, threads: number, cores: number): RateLimit {
  if (use === undefined) return "unknown";
  if (use.generator >= FULL * threads) return "generator";
  if (use.others > OTHERS_ALLOWED) return "otherProcesses";
  return use.all >= FULL * cores ? "sharedCores" : "system";
}
