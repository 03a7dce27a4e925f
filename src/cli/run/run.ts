/**
 * The composition root of a run: logging, signals and threads, and the `TerminalRun` or `WebRun` that uses them. Closes
 * what it opens.
 */
import type { StartControl } from "../../control/control_thread.ts";
import { startControlLate } from "../../control/late_control.ts";
import type { ThreadHandle } from "../../worker/pool/thread_handle.ts";
import { createThreads } from "../../worker/pool/start_threads.ts";
import type { RunOptions } from "../options/reading/options.ts";
import type { ProcessDeps } from "../terminal/process_deps.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { openProcessLogging } from "../terminal/process_logging.ts";
import type { RunRequest } from "./setup/run_request.ts";
import { whenLeft } from "./setup/second_signal.ts";
import { TerminalRun, type TerminalRunParts } from "./terminal_run.ts";
import type { WebRun } from "./web/web_run.ts";

/** The web UI's code is loaded when it is asked for, so that no other run pays for it. */
async function createWebRun(parts: TerminalRunParts): Promise<WebRun> {
  const { WebRun } = await import("./web/web_run.ts");
  return new WebRun(parts);
}

/**
 * The first lines of the log wait for this long: to open standard error and the time zone takes the runtime 12 ms,
 * while users are to start.
 */
const HOLD_MS = 100;

/** Runs a locustfile here. Resolves to the exit code; rejects with what makes the run impossible. */
export async function runLoad(request: RunRequest, deps: ProcessDeps): Promise<number> {
  const { options } = request;
  using logging = openProcessLogging(options, deps, options.role === "master" ? "master" : undefined, HOLD_MS);
  using interrupt = listenForInterrupt(deps.signals, () => deps.clock.nowMs());
  const handles = createThreads({
    count: options.role === "master" ? 0 : options.processes ?? deps.cores,
    entry: deps.threadEntry,
    startThread: deps.startThread,
  });
  const parts = { request, deps, logging, interrupt, handles, startControl: howControlStarts(options, deps, handles) };
  const test = options.web ? await createWebRun(parts) : new TerminalRun(parts);
  // Before the threads: where it is not started late, the run waits for what the control thread says of the locustfile.
  test.start();
  const running = test.run();
  const atOnce = threadsAtOnce(options, handles.length, deps.cores);
  for (const handle of handles.slice(atOnce)) handle.postpone();
  for (const handle of handles.slice(0, atOnce)) {
    handle.start();
    handle.prepare({ source: { files: request.files }, logLevel: options.logLevel, socket: options.socket });
  }
  try {
    return await Promise.race([running, whenLeft(interrupt)]);
  } finally {
    test.terminate();
    for (const handle of handles) handle.terminate();
  }
}

/** Late where the first thread of users can say all that a run needs to know of its locustfile. */
function howControlStarts(
  { web, role, stages, resume }: RunOptions,
  { startThread, clock, controlStart }: ProcessDeps,
  [first]: readonly ThreadHandle[],
): StartControl {
  const isNeeded = web || role !== "local" || stages !== undefined || resume !== undefined;
  if (controlStart !== "late" || isNeeded || first === undefined) return startThread;
  return startControlLate({ startControl: startThread, clock, plain: first.prepared });
}

/** The main thread and the control thread get the run ready meanwhile. */
const BUSY_BESIDE = 2;

/**
 * Threads that start with the run. The others start when they get users, and the first users are not held up by them:
 * those that would have none at first, and those for which there is no core yet.
 */
export function threadsAtOnce(
  { web, rate, stages, findMax, users }: Pick<RunOptions, "web" | "rate" | "stages" | "findMax" | "users">,
  threads: number,
  cores: number,
): number {
  const isRamp = !web && rate === undefined && stages === undefined && !findMax;
  return isRamp ? Math.min(threads, Math.max(1, Math.min(users, cores - BUSY_BESIDE))) : threads;
}
