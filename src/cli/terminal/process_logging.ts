/** The log of this process as its options ask for it: one way for runs, workers and `--once`. */
import { type Logging, openLogging } from "./logging.ts";
import type { RunOptions } from "../options/reading/options.ts";
import type { ProcessDeps } from "./process_deps.ts";

type LogOptions = Pick<RunOptions, "logLevel" | "logFile" | "skipLogSetup" | "json">;

/**
 * `holdMs`: how long lines are kept before the first is written. `node`: the part of this process in a cluster
 * (`master`, `worker w1`).
 *
 * @throws {UsageError} when the log file cannot be opened
 */
export function openProcessLogging(options: LogOptions, deps: ProcessDeps, node?: string, holdMs = 0): Logging {
  return openLogging({
    level: options.logLevel,
    ...(options.logFile === undefined ? {} : { file: options.logFile }),
    setup: options.skipLogSetup ? "skip" : "normal",
    host: deps.hostName,
    ...(node === undefined ? {} : { node }),
    stderr: deps.stderr,
    stdout: options.json ? deps.stderr : deps.stdout, // the JSON is alone there
    wallMs: () => deps.clock.wallMs(),
    ...(holdMs > 0 ? { hold: (release: () => void) => deps.clock.schedule(holdMs, release) } : {}),
  });
}
