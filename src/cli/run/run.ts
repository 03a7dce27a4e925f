/**
 * The composition root of a run in a terminal: logging, signals and threads, and the `TerminalRun` that uses them. Closes what it
 * opens.
 */
import { startThreads } from "../../worker/thread_pool.ts";
import type { ProcessDeps } from "../process_deps.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import { openProcessLogging } from "../terminal/process_logging.ts";
import type { RunRequest } from "./run_request.ts";
import { whenLeft } from "./second_signal.ts";
import { TerminalRun } from "./terminal_run.ts";

/** Runs a locustfile here. Resolves to the exit code; rejects with what makes the run impossible. */
export async function runLoad(request: RunRequest, deps: ProcessDeps): Promise<number> {
  const { options } = request;
  using logging = openProcessLogging(options, deps, options.role === "master" ? "master" : undefined);
  using interrupt = listenForInterrupt(deps.signals, () => deps.clock.nowMs());
  const handles = startThreads({
    count: options.role === "master" ? 0 : options.processes ?? deps.cores,
    entry: deps.threadEntry,
    startThread: deps.startThread,
  });
  const terminalRun = new TerminalRun({ request, deps, logging, interrupt, handles });
  terminalRun.start();
  try {
    return await Promise.race([terminalRun.run(), whenLeft(interrupt)]);
  } finally {
    terminalRun.terminate();
    for (const handle of handles) handle.terminate();
  }
}
