/**
 * A worker process: a locustfile of its own or the master's, a thread per core, and the link to the master, which it dials
 * until the master sends it away. Resolves to the exit code.
 */
import { LocustError, UsageError } from "../../../base/errors.ts";
import { type Logger, PRINTED } from "../../../base/logger.ts";
import { createRandom, seedFromId } from "../../../base/random.ts";
import { dialTcp, speaksTls } from "../../../link/tcp_dial.ts";
import { CompilerThreads } from "../../../platform/threads/compiler_threads.ts";
import { createLimitMeter } from "../../../platform/machine/limit_meter.ts";
import { openMachineClock } from "../../../platform/machine/machine_clock.ts";
import { createProcessMeter } from "../../../platform/machine/process_stats.ts";
import { OUR_PROTOCOL } from "../../../protocol/negotiate.ts";
import { keepJoined } from "../../../worker/master_connection.ts";
import type { LoadedPool } from "../../../worker/pool/pool_source.ts";
import { openThreadPool, type ThreadPoolReceiver } from "../../../worker/pool/thread_pool.ts";
import { startThreads } from "../../../worker/pool/start_threads.ts";
import { Worker } from "../../../worker/worker.ts";
import { readDialTls, readToken } from "../cluster/cluster_secrets.ts";
import { PARENT_OPTIONS, PARENT_PIPE } from "../cluster/parent_watch.ts";
import { EXIT_FINE, EXIT_USAGE } from "../../terminal/exit_code.ts";
import { type Interrupt, listenForInterrupt } from "../../terminal/interrupt.ts";
import type { Logging } from "../../terminal/logging.ts";
import { openProcessLogging } from "../../terminal/process_logging.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";
import { findCalibratedRate } from "../../calibration/find_calibrated_rate.ts";
import { receiveLocustfile } from "./receive_locustfile.ts";
import type { RunRequest } from "../setup/run_request.ts";
import { watchUsage } from "../../terminal/usage_watch.ts";
import { loadUnlessInterrupted } from "../setup/early_signal.ts";
import { whenLeft } from "../setup/second_signal.ts";
import { openWorkerFolder } from "./worker_folder.ts";

/** The hash in `ready` for a locustfile that did not come from the master. */
const OWN_LOCUSTFILE = "own";
/** The interval of the log lines about what the worker does. */
const ACTIVITY_EVERY_MS = 10_000;
/** With its random part it must fit into a worker's id. */
const MAX_WORKER_NAME = 200;
/** How long the end of the link may take. */
const LAST_WORDS_MS = 2000;

export async function runWorker(request: RunRequest, deps: ProcessDeps): Promise<number> {
  const { options } = request;
  const id = `${checkName(options.workerName) ?? deps.hostName}_${deps.createId()}`;
  using logging = openProcessLogging(options, deps, `worker ${options.workerName ?? id}`);
  using interrupt = listenForInterrupt(deps.signals, () => deps.clock.nowMs());
  const logger = logging.named("locust.runners");
  logging.named("locust.main").info(`Starting Locust ${deps.version} (locust-ts)`);
  for (const notice of options.notices) logger.warning(notice);
  const session = createSession(id, request, deps, logging);
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

interface WorkerSession extends AsyncDisposable {
  readonly id: string;
  readonly threads: number;
  readonly worker: Worker;
  /** By the master's welcome; 0 before the first. */
  workerIndex: number;
}

function createSession(id: string, request: RunRequest, deps: ProcessDeps, logging: Logging): WorkerSession {
  const { options, files } = request;
  const logger = logging.named("locust.runners");
  const threads = options.processes ?? deps.cores;
  const folder = openWorkerFolder(deps.hostName);
  const isOwn = deps.env[PARENT_PIPE] !== undefined;
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
        return session.workerIndex;
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
    source: {
      ...(files.length === 0
        ? {}
        : { own: (receiver: ThreadPoolReceiver) => openPool(OWN_LOCUSTFILE, files, receiver, known) }),
      shipped: async (message, receiver, fetchPart) =>
        await openPool(
          message.hash,
          [await receiveLocustfile(message, { folder: folder.path, fetchPart, logger, clock: deps.clock })],
          receiver,
          message.options ?? known,
        ),
    },
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

/** The options of the master that has started this worker. */
function parentOptions(env: ProcessDeps["env"]): Readonly<Record<string, unknown>> | undefined {
  const text = env[PARENT_OPTIONS];
  return text === undefined ? undefined : JSON.parse(text);
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

async function stayJoined(
  session: WorkerSession,
  { options }: RunRequest,
  deps: ProcessDeps,
  logging: Logging,
  interrupt: Interrupt,
): Promise<number> {
  const { id, threads, worker } = session;
  const logger = logging.named("locust.runners");
  const ending = new AbortController();
  const tls = readDialTls(options, deps.clock.wallMs(), deps.env[PARENT_PIPE] === undefined ? "any" : "own");
  const address = { host: options.masterHost, port: options.masterPort };
  const leave = () => worker.leave(interrupt.signal ?? "SIGINT");
  interrupt.drain.addEventListener("abort", leave, { once: true });
  const joined = keepJoined({
    clock: deps.clock,
    logger,
    random: createRandom(seedFromId(deps.createId())),
    introduction: {
      protocol: OUR_PROTOCOL,
      version: deps.version,
      workerId: id,
      host: deps.hostName,
      threads,
    },
    token: readToken(options),
    dial: (signal) =>
      dialTcp(
        {
          address,
          ...(tls === undefined ? {} : { tls }),
          clock: deps.clock,
          onUnsendable: (problem) => logger.error(problem),
        },
        signal,
      ),
    explainSilence: async (signal) =>
      tls === undefined && await speaksTls(address, deps.clock, signal)
        ? "it speaks TLS and this worker does not; give this worker --master-tls-ca, with the authority of the " +
          "master's --master-tls-cert"
        : undefined,
    onJoined(link, welcome, onEnd) {
      logger.info(`Joined the master at ${link.peer} as worker ${id} (index ${welcome.workerIndex})`);
      session.workerIndex = welcome.workerIndex;
      worker.attach(link, onEnd, welcome.locustfileHash, welcome.protocol[1]);
    },
  }, ending.signal);
  try {
    await Promise.race([worker.left, joined]);
    return EXIT_FINE;
  } catch (error) {
    if (!(error instanceof LocustError)) throw error;
    logger.error(error.message);
    return EXIT_USAGE;
  } finally {
    interrupt.drain.removeEventListener("abort", leave);
    ending.abort();
    await Promise.race([joined.catch(() => {}), deps.clock.sleep(LAST_WORDS_MS)]); // what it rejects with is logged above
  }
}

/** A worker of `--workers` has one master, the process that started it: no other could count its requests. */
async function whenAlone(parentEnded: Promise<void>, logger: Logger): Promise<number> {
  await parentEnded;
  logger.error("The master that started this worker is gone: it ends at once");
  return EXIT_USAGE;
}
