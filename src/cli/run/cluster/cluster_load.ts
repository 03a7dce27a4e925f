/**
 * The load source of a master: workers that dial in on its port, those that `--workers` starts among them, and the
 * locustfile that is shipped to them.
 */
import type { Logger } from "../../../base/logger.ts";
import type { LoadSource } from "../../../session/load_source.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";
import type { Logging } from "../../terminal/logging.ts";
import { readToken } from "./cluster_secrets.ts";
import { openMasterPort, prepareShipping } from "./master_port.ts";
import { ownClusterOptions, startWorkerProcesses, type WorkerProcesses } from "./worker_processes.ts";

/** Time for goodbyes to reach the workers. */
const LAST_LINKS_MS = 1000;

export interface ClusterLoadInput {
  readonly options: RunOptions;
  readonly files: readonly string[];
  readonly userClasses: readonly string[];
  readonly knownClasses: readonly string[];
  readonly deps: ProcessDeps;
  readonly logging: Logging;
}

/** Bundles the locustfile. The port is opened when the source is joined, which rejects when that is not possible. */
export async function openClusterLoad(input: ClusterLoadInput): Promise<LoadSource> {
  const { deps, logging, files } = input;
  const options = ownClusterOptions(input.options, deps.createId);
  const logger: Logger = logging.named("locust.runners");
  const locustfile = await prepareShipping(files, input, logger);
  let closePort = () => Promise.resolve();
  let ownWorkers: WorkerProcesses | undefined;
  const hopeless = new AbortController();
  return {
    locustfile,
    async join(master) {
      const port = await openMasterPort({ options, deps, logger, master, locustfileHash: locustfile.hash });
      closePort = () => port.close();
      if (options.workers === 0) return;
      ownWorkers = startWorkerProcesses({ options, files, port: port.port, token: readToken(options), deps, logger });
      // With the default host of `--workers`, no other worker is expected.
      if (!options.given.has("master-bind-host")) void ownWorkers.allEnded.then(() => hopeless.abort());
    },
    announceWait(readyCount) {
      logger.info(`Waiting for workers to be ready, ${readyCount} of ${options.expectWorkers} connected`);
    },
    hopeless: hopeless.signal,
    expectWorkers: options.expectWorkers,
    maxWaitMs: options.expectWorkersMaxWaitSeconds > 0 ? options.expectWorkersMaxWaitSeconds * 1000 : Infinity,
    announceExitCode: () => {}, // workers are processes with exit codes of their own
    async [Symbol.asyncDispose]() {
      await ownWorkers?.[Symbol.asyncDispose]();
      // Links that are still closing keep the listener from closing; the process does not wait for them.
      await Promise.race([closePort(), deps.clock.sleep(LAST_LINKS_MS)]);
    },
  };
}
