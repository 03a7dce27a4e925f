/** The link of a worker process to its master: dialled until the worker has left or is refused. Resolves to the exit code. */
import { LocustError } from "../../../base/errors.ts";
import { createRandom, seedFromId } from "../../../base/random.ts";
import { dialTcp, speaksTls } from "../../../link/tcp_dial.ts";
import { OUR_PROTOCOL } from "../../../protocol/negotiate.ts";
import { keepJoined } from "../../../worker/master_connection.ts";
import { EXIT_FINE, EXIT_USAGE } from "../../terminal/exit_code.ts";
import type { Interrupt } from "../../terminal/interrupt.ts";
import type { Logging } from "../../terminal/logging.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";
import { readDialTls, readToken } from "../cluster/cluster_secrets.ts";
import { PARENT_PIPE } from "../cluster/parent_watch.ts";
import type { RunRequest } from "../setup/run_request.ts";
import type { WorkerSession } from "./worker_session.ts";

/** How long the end of the link may take. */
const LAST_WORDS_MS = 2000;

export async function stayJoined(
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
