/**
 * A worker process: a locustfile of its own or the master's, a thread per core, and the link to the master, which it dials
 * until the master sends it away. Resolves to the exit code.
 */
import { UsageError } from "../../../base/errors.ts";
import type { Logger } from "../../../base/logger.ts";
import { createProcessMeter } from "../../../platform/machine/process_stats.ts";
import { EXIT_USAGE } from "../../terminal/exit_code.ts";
import { type Interrupt, listenForInterrupt } from "../../terminal/interrupt.ts";
import type { Logging } from "../../terminal/logging.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";
import { openProcessLogging } from "../../terminal/process_logging.ts";
import { watchUsage } from "../../terminal/usage_watch.ts";
import { loadUnlessInterrupted } from "../setup/early_signal.ts";
import type { RunRequest } from "../setup/run_request.ts";
import { whenLeft } from "../setup/second_signal.ts";
import { stayJoined } from "./stay_joined.ts";
import { openWorkerSession, type WorkerSession } from "./worker_session.ts";

/** With its random part it must fit into a worker's id. */
const MAX_WORKER_NAME = 200;

export async function runWorker(request: RunRequest, deps: ProcessDeps): Promise<number> {
  const { options } = request;
  const id = `${checkName(options.workerName) ?? deps.hostName}_${deps.createId()}`;
  using logging = openProcessLogging(options, deps, `worker ${options.workerName ?? id}`);
  using interrupt = listenForInterrupt(deps.signals, () => deps.clock.nowMs());
  const logger = logging.named("locust.runners");
  logging.named("locust.main").info(`Starting Locust ${deps.version} (locust-ts)`);
  for (const notice of options.notices) logger.warning(notice);
  const session = openWorkerSession(id, request, deps, logging);
  using _usage = watchUsage({
    clock: deps.clock,
    meter: createProcessMeter({ threads: session.threads, nowMs: () => deps.clock.nowMs() }),
    tell: (name, fields) => session.worker.pool?.processEvent(name, fields),
  });
  try {
    const code = await Promise.race([
      startAndStay(session, request, deps, logging, interrupt),
      whenLeft(interrupt),
      ...(deps.parentEnded === undefined ? [] : [whenAlone(deps.parentEnded, logger)]),
    ]);
    logging.named("locust.main").info(`Shutting down (exit code ${code})`);
    if (session.worker.pool !== undefined) session.worker.pool.exitCode = code;
    return code;
  } finally {
    await session[Symbol.asyncDispose]();
  }
}

/** @throws {UsageError} when it cannot be a part of a worker's id */
function checkName(name: string | undefined): string | undefined {
  if (name === undefined || (name !== "" && name.length <= MAX_WORKER_NAME && !/\p{Cc}/u.test(name))) return name;
  throw new UsageError(
    `Cannot use --worker-name ${JSON.stringify(name.slice(0, 40))}: it is empty, too long or has control characters; ` +
      `use 1 to ${MAX_WORKER_NAME} characters`,
  );
}

/** Joins, again after each broken link, until the worker has left or is refused. */
async function startAndStay(
  session: WorkerSession,
  request: RunRequest,
  deps: ProcessDeps,
  logging: Logging,
  interrupt: Interrupt,
): Promise<number> {
  const started = await loadUnlessInterrupted(session.worker.start(), interrupt, {
    logger: logging.named("locust.main"),
    clock: deps.clock,
  });
  if (started.kind === "interrupted") return started.exitCode;
  return await stayJoined(session, request, deps, logging, interrupt);
}

/** A worker of `--workers` has one master, the process that started it: no other could count its requests. */
async function whenAlone(parentEnded: Promise<void>, logger: Logger): Promise<number> {
  await parentEnded;
  logger.error("The master that started this worker is gone: it ends at once");
  return EXIT_USAGE;
}
