/** A worker in its process: its threads with its own locustfile or the master's, its meters, and the folder for what the master ships. */
import { type Logger, PRINTED } from "../../../base/logger.ts";
import { createLimitMeter } from "../../../platform/machine/limit_meter.ts";
import { openMachineClock } from "../../../platform/machine/machine_clock.ts";
import { createProcessMeter } from "../../../platform/machine/process_stats.ts";
import { CompilerThreads } from "../../../platform/threads/compiler_threads.ts";
import type { LoadedPool, PoolSource } from "../../../worker/pool/pool_source.ts";
import { startThreads } from "../../../worker/pool/start_threads.ts";
import { openThreadPool, type ThreadPoolReceiver } from "../../../worker/pool/thread_pool.ts";
import { Worker } from "../../../worker/worker.ts";
import { findCalibratedRate } from "../../calibration/find_calibrated_rate.ts";
import type { Logging } from "../../terminal/logging.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";
import { PARENT_OPTIONS, PARENT_PIPE } from "../cluster/parent_watch.ts";
import type { RunRequest } from "../setup/run_request.ts";
import { receiveLocustfile } from "./receive_locustfile.ts";
import { openWorkerFolder } from "./worker_folder.ts";

/** The hash in `ready` for a locustfile that did not come from the master. */
const OWN_LOCUSTFILE = "own";
/** The interval of the log lines about what the worker does. */
const ACTIVITY_EVERY_MS = 10_000;

export interface WorkerSession extends AsyncDisposable {
  readonly id: string;
  readonly threads: number;
  readonly worker: Worker;
  /** By the master's welcome; 0 before the first. */
  workerIndex: number;
}

export function openWorkerSession(
  id: string,
  request: RunRequest,
  deps: ProcessDeps,
  logging: Logging,
): WorkerSession {
  const { options } = request;
  const logger = logging.named("locust.runners");
  const threads = options.processes ?? deps.cores;
  const folder = openWorkerFolder(deps.hostName);
  const isOwn = deps.env[PARENT_PIPE] !== undefined;
  const place: PoolPlace = { id, threads, folder: folder.path, logger, workerIndex: () => session.workerIndex };
  const worker = new Worker({
    clock: deps.clock,
    machineClock: openMachineClock(),
    logger,
    meter: createProcessMeter({ threads, nowMs: () => deps.clock.nowMs() }),
    limits: createLimitMeter(),
    calibratedPerSecond: findCalibratedRate(threads, deps, logger),
    masterTimeoutMs: options.masterTimeoutSeconds * 1000,
    activityEveryMs: ACTIVITY_EVERY_MS,
    onLog: (line, reach) => {
      // What a worker of `--workers` prints is shown by its master, which has printed the lines of the import itself.
      const isShown = isOwn && line.level === PRINTED && (reach === "everywhere" || line.during === "load");
      if (!isShown) logging.relay(line);
    },
    source: createPoolSource(request, deps, place),
  });
  const session: WorkerSession = {
    id,
    threads,
    worker,
    workerIndex: 0,
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      folder[Symbol.dispose]();
    },
  };
  return session;
}

interface PoolPlace {
  readonly id: string;
  readonly threads: number;
  /** For what the master ships. */
  readonly folder: string;
  readonly logger: Logger;
  readonly workerIndex: () => number;
}

function createPoolSource({ options, files }: RunRequest, deps: ProcessDeps, place: PoolPlace): PoolSource {
  const { id, threads, folder, logger } = place;
  const known = parentOptions(deps.env) ?? options.parsedOptions;
  const openPool = async (
    hash: string,
    paths: readonly string[],
    receiver: ThreadPoolReceiver,
    parsedOptions: Readonly<Record<string, unknown>>,
  ): Promise<LoadedPool> => ({
    hash,
    pool: await openThreadPool({
      handles: startThreads({ count: threads, entry: deps.threadEntry, startThread: deps.startThread }),
      source: { files: paths },
      options: parsedOptions,
      workerId: id,
      get workerIndex() {
        return place.workerIndex();
      },
      logLevel: options.logLevel,
      socket: options.socket,
      logger,
      clock: deps.clock,
      machineClock: openMachineClock(),
      compilers: new CompilerThreads(),
      receiver,
    }),
  });
  return {
    ...(files.length === 0 ? {} : { own: (receiver) => openPool(OWN_LOCUSTFILE, files, receiver, known) }),
    shipped: async (message, receiver, fetchPart) => {
      const path = await receiveLocustfile(message, { folder, fetchPart, logger, clock: deps.clock });
      return await openPool(message.hash, [path], receiver, message.options ?? known);
    },
  };
}

/** The options of the master that has started this worker. */
function parentOptions(env: ProcessDeps["env"]): Readonly<Record<string, unknown>> | undefined {
  const text = env[PARENT_OPTIONS];
  return text === undefined ? undefined : JSON.parse(text);
}
