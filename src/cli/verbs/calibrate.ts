/**
 * `locust-ts calibrate`: measures this machine with runs of this very program against the demo shop in another process,
 * prints what came out, and keeps it. Writes in the user's cache folder only; ends its processes also when it is
 * interrupted.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeThrown, LocustError } from "../../base/errors.ts";
import { runtimeVersion } from "../../platform/runtime.ts";
import type { RunSummary } from "../../report/summary/summary.ts";
import {
  cacheFolder,
  type Calibration,
  CALIBRATION_SCHEMA,
  calibrationFile,
  describeMachine,
  type RateStep,
} from "../calibration/calibration.ts";
import {
  type CalibrationStep,
  locustfileOf,
  planCalibration,
  STEP_OVERHEAD_SECONDS,
} from "../calibration/calibration_steps.ts";
import { formatCalibration } from "../calibration/calibration_table.ts";
import { type CpuReading, type CpuUse, cpuUseBetween, limitOf, readCpu } from "../calibration/step_cpu.ts";
import { worstLatenessMs } from "../calibration/worst_lateness.ts";
import { EXIT_FINE, EXIT_USAGE, signalExitCode } from "../terminal/exit_code.ts";
import type { ProcessDeps } from "../terminal/process_deps.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { readFileLimit } from "../terminal/open_file_limit.ts";

export interface CalibrateOptions {
  readonly seconds: number;
  readonly json: boolean;
}

/** Starting the process and its users; from then on the cores are watched. */
const WATCH_AFTER_MS = 1300;

/** A process that does not get ready or end by then never will. */
const START_LIMIT_MS = 20_000;
const END_LIMIT_MS = 30_000;

/** Resolves to the exit code. */
export async function calibrate(options: CalibrateOptions, deps: ProcessDeps): Promise<number> {
  using interrupt = listenForInterrupt(deps.signals, () => deps.clock.nowMs());
  const folder = openWorkFolder(deps);
  const bench = new Bench(folder, deps, interrupt.drain);
  try {
    const calibration = await measureAll(options, bench, deps);
    const path = calibrationFile(deps.env);
    const text = `${JSON.stringify(calibration, null, 2)}\n`;
    writeFileSync(join(folder, "calibration.json"), text);
    renameSync(join(folder, "calibration.json"), path);
    deps.stdout.write(options.json ? text : `\n${formatCalibration(calibration, path)}`);
    return EXIT_FINE;
  } catch (error) {
    if (interrupt.signal !== undefined) return signalExitCode(interrupt.signal);
    if (!(error instanceof LocustError)) throw error;
    deps.stderr.write(`${error.message}\n`);
    return EXIT_USAGE;
  } finally {
    bench.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function openWorkFolder({ env }: ProcessDeps): string {
  const cache = cacheFolder(env);
  try {
    mkdirSync(cache, { recursive: true });
    return mkdtempSync(join(cache, "calibrate-"));
  } catch (cause) {
    throw new LocustError(
      `Cannot calibrate: the cache folder "${cache}" cannot be written (${
        describeThrown(cause)
      }); set XDG_CACHE_HOME to another`,
      { code: "cannot_write", cause },
    );
  }
}

async function measureAll({ seconds }: CalibrateOptions, bench: Bench, deps: ProcessDeps): Promise<Calibration> {
  const steps = planCalibration({ seconds, cores: deps.cores, files: readFileLimit() ?? 1024 });
  const total = steps.reduce((sum, step) => sum + step.seconds + STEP_OVERHEAD_SECONDS, 0);
  deps.stderr.write(
    `Measuring this machine in ${steps.length} steps, about ${
      Math.round(total)
    } s; do not use it for anything else until then\n`,
  );
  const url = await bench.startShop();
  const measured: MeasuredStep[] = [];
  for (const [i, step] of steps.entries()) {
    deps.stderr.write(`  ${i + 1}/${steps.length} ${step.name} …`);
    const ran = await bench.run(step, url);
    measured.push(ran);
    deps.stderr.write(` ${describeStep(ran, deps.cores)}\n`);
  }
  const idle = measured.filter(({ step }) => step.load === "idle");
  return {
    schema: CALIBRATION_SCHEMA,
    machine: describeMachine({ host: deps.hostName, version: deps.version, runtime: runtimeVersion() }),
    measuredAt: new Date(deps.clock.wallMs()).toISOString(),
    rates: measured.filter(({ step }) => step.load === "full").map((ran) => toRate(ran, deps.cores)),
    bytesPerUser: bytesPerUser(idle),
    timerErrorP99Ms: idle.at(-1)?.worstLatenessMs ?? null,
  };
}

interface MeasuredStep {
  readonly step: CalibrationStep;
  readonly summary: RunSummary;
  readonly use: CpuUse | undefined;
  readonly worstLatenessMs: number | null;
}

/** Over the steady part: starting the users and compiling is not what a machine can do for long. */
function toRate({ step, summary: { total, steady }, use }: MeasuredStep, cores: number): RateStep {
  const { client, threads, users } = step;
  const { perSecond, percentilesMs } = steady?.total ?? total;
  return {
    client,
    threads,
    users,
    perSecond: Math.round(perSecond),
    p99Ms: percentilesMs["99"],
    generatorCores: use === undefined ? null : Math.round(use.generator * 100) / 100,
    limitedBy: limitOf(use, threads, cores),
  };
}

function describeStep(ran: MeasuredStep, cores: number): string {
  if (ran.step.load === "full") return `${toRate(ran, cores).perSecond} requests/s`;
  return `${((ran.summary.workers[0]?.rssBytes ?? 0) / 1e6).toFixed(0)} MB`;
}

function bytesPerUser(
  idle: readonly { readonly step: CalibrationStep; readonly summary: RunSummary }[],
): number | null {
  const [few, many] = [idle[0], idle.at(-1)];
  const [less, more] = [few?.summary.workers[0]?.rssBytes, many?.summary.workers[0]?.rssBytes];
  if (few === undefined || many === undefined || less === undefined || more === undefined) return null;
  return more <= less ? null : Math.round((more - less) / (many.step.users - few.step.users));
}

/** Starts the processes of a calibration, and ends those that still run. */
class Bench {
  readonly #folder: string;
  readonly #deps: ProcessDeps;
  readonly #children = new Set<ChildProcess>();
  #shop: ChildProcess | undefined;

  constructor(folder: string, deps: ProcessDeps, stop: AbortSignal) {
    this.#folder = folder;
    this.#deps = deps;
    stop.addEventListener("abort", () => this.end(), { once: true });
  }

  /** Resolves to the shop's URL. */
  async startShop(): Promise<string> {
    const child = this.#shop = this.#start(["demo", "--port", "0", "--latency", "0"], ["ignore", "pipe", "ignore"]);
    return await this.#within(START_LIMIT_MS, "the demo shop did not start", (resolve, reject) => {
      let output = "";
      child.stdout?.on("data", (bytes) => {
        output += String(bytes);
        const url = /http:\/\/[\w.:]+:\d+/.exec(output)?.[0];
        if (url !== undefined) resolve(url);
      });
      child.once(
        "close",
        () => reject(new LocustError("Cannot calibrate: the demo shop ended", { code: "calibration" })),
      );
    });
  }

  async run(step: CalibrationStep, url: string): Promise<MeasuredStep> {
    const [locustfile, summary, journal] = ["locustfile.ts", "summary.json", "run.ndjson"].map((name) =>
      join(this.#folder, name)
    ) as [string, string, string];
    writeFileSync(locustfile, locustfileOf(step));
    rmSync(summary, { force: true });
    const { threads, users, seconds } = step;
    const child = this.#start([
      ...[
        "run",
        locustfile,
        "--headless",
        "-H",
        url,
        "-u",
        String(users),
        "-r",
        String(2 * users),
        "-t",
        `${seconds}s`,
      ],
      ...["--warm-up", "1s", "--processes", String(threads), "--only-summary"],
      ...["--summary-file", summary, "--journal", journal],
    ], ["ignore", "ignore", "pipe"]);
    const cpu = this.#watch(child, seconds);
    let log = "";
    child.stderr?.on("data", (bytes) => log = (log + String(bytes)).slice(-2000));
    await this.#within(
      seconds * 1000 + END_LIMIT_MS,
      `the step "${step.name}" did not end`,
      (resolve) => child.once("close", () => resolve("")),
    );
    const [from, to] = cpu;
    const use = from === undefined || to === undefined ? undefined : cpuUseBetween(from, to, this.#deps.cores);
    try {
      const worst = worstLatenessMs(readFileSync(journal, "utf8"));
      return { step, summary: JSON.parse(readFileSync(summary, "utf8")) as RunSummary, use, worstLatenessMs: worst };
    } catch (cause) {
      throw new LocustError(`Cannot calibrate: the step "${step.name}" failed; its log ends with:\n${log}`, {
        code: "calibration",
        cause,
      });
    }
  }

  /** Reads CPU times when the users run and before they stop; the list fills with the two readings. */
  #watch(child: ChildProcess, seconds: number): CpuReading[] {
    const { clock } = this.#deps;
    const readings: CpuReading[] = [];
    const pids = { generator: child.pid, system: this.#shop?.pid };
    const timers = [WATCH_AFTER_MS, seconds * 1000].map((ms) =>
      clock.schedule(ms, () => readings.push(readCpu(pids, clock.nowMs())))
    );
    child.once("close", () => {
      for (const timer of timers) timer.cancel();
    });
    return readings;
  }

  end(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    this.#children.clear();
  }

  /** In a process group of its own, because a Ctrl-C is ours to pass on; without an earlier calibration, and our options only. */
  #start(args: readonly string[], stdio: ("ignore" | "pipe")[]): ChildProcess {
    const [program, ...first] = this.#deps.ownCommand as [string, ...string[]];
    const kept = Object.entries(this.#deps.env).filter(([name]) => !name.startsWith("LOCUST_"));
    const env = {
      ...Object.fromEntries(kept),
      XDG_CACHE_HOME: this.#folder,
      XDG_DATA_HOME: this.#folder,
      HOME: this.#folder,
    };
    const child = spawn(program, [...first, ...args], { cwd: this.#folder, env, stdio, detached: true });
    this.#children.add(child);
    child.once("close", () => this.#children.delete(child));
    return child;
  }

  async #within(
    ms: number,
    problem: string,
    begin: (resolve: (text: string) => void, reject: (error: Error) => void) => void,
  ): Promise<string> {
    const { clock } = this.#deps;
    const late = new LocustError(`Cannot calibrate: ${problem} within ${Math.round(ms / 1000)} s`, {
      code: "calibration",
    });
    return await new Promise<string>((resolve, reject) => {
      const timer = clock.schedule(ms, () => reject(late));
      const settled = <Value>(settle: (value: Value) => void) => (value: Value) => {
        timer.cancel();
        settle(value);
      };
      begin(settled(resolve), settled(reject));
    });
  }
}
