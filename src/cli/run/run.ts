/**
 * The composition root of a run: loads the locustfile, starts threads and control thread, and hands them to the session that sees
 * the run through. Whatever is opened here is closed here.
 */
import { openControlThread } from "../../control/control_thread.ts";
import { FROM_CONTROL } from "../../master/deliver_user_message.ts";
import { startThreads } from "../../worker/thread_pool.ts";
import { signalExitCode } from "../exit_code.ts";
import { type Interrupt, listenForInterrupt } from "../terminal/interrupt.ts";
import { openClusterPart, openLocalPart } from "./load_part.ts";
import { openProcessLogging } from "../terminal/process_logging.ts";
import type { ProcessDeps } from "../process_deps.ts";
import type { RunRequest } from "./run_request.ts";
import { RunSession } from "./run_session.ts";

/** A locustfile may fetch its data while it is imported; but not for ever. */
const LOAD_MS = 60_000;

/** Runs a locustfile here. Resolves to the exit code; rejects with what makes the run impossible. */
export async function runLoad(request: RunRequest, deps: ProcessDeps): Promise<number> {
  const { options } = request;
  using logging = openProcessLogging(options, deps);
  using interrupt = listenForInterrupt(deps.signals, () => deps.clock.nowMs());
  const handles = startThreads({
    count: options.role === "master" ? 0 : options.processes ?? deps.cores,
    entry: deps.threadEntry,
    startThread: deps.startThread,
  });
  const control = openControlThread({
    entry: deps.controlEntry,
    startThread: deps.startThread,
    clock: deps.clock,
    receiver: {
      userMessage: (message) => session.hear(message, FROM_CONTROL),
      failed: (problem) => session.controlFailed(problem),
    },
  });
  const session = new RunSession({ request, deps, logging, interrupt, control });
  try {
    const description = await control.ask({
      kind: "load",
      source: { files: request.files },
      logLevel: options.logLevel,
    }, LOAD_MS);
    const finished = request.finish(description);
    const left = session.run(finished, async (input, init) => {
      if (options.role === "local") return (await Promise.all([openLocalPart(handles, input), init]))[0];
      await init;
      return await openClusterPart(input);
    });
    return await Promise.race([left, whenAborted(interrupt)]);
  } finally {
    for (const handle of handles) handle.terminate();
    control.terminate();
  }
}

/** The exit code of the second signal, when it comes. */
function whenAborted(interrupt: Interrupt): Promise<number> {
  return new Promise((resolve) => {
    const leave = () => resolve(signalExitCode(interrupt.signal ?? "SIGINT"));
    if (interrupt.leave.aborted) leave();
    else interrupt.leave.addEventListener("abort", leave, { once: true });
  });
}
