/**
 * Where a run's load comes from: the threads of this process, joined by a memory link, or workers on other machines, by the
 * port and the journal that belong to them. The rest of a run does not see the difference.
 */
import { openJournalFor } from "./journal_file.ts";
import type { Logger } from "../../base/logger.ts";
import type { Journal } from "../../master/journal.ts";
import type { Master } from "../../master/master.ts";
import type { ShippedLocustfile } from "../../master/master_options.ts";
import type { LogDeduplicator } from "../../worker/log_deduplicator.ts";
import type { ThreadHandle } from "../../worker/thread_handle.ts";
import { readToken } from "./cluster_secrets.ts";
import { joinLocally, startLocalWorker } from "./local_worker.ts";
import type { Logging } from "../terminal/logging.ts";
import { openMasterPort, prepareShipping } from "./master_port.ts";
import type { RunOptions } from "../options/options.ts";
import type { ProcessDeps } from "../process_deps.ts";
import { ownClusterOptions, startWorkerProcesses, type WorkerProcesses } from "./worker_processes.ts";

export interface LoadPart extends AsyncDisposable {
  readonly locustfile: ShippedLocustfile;
  readonly journal?: Journal;
  /** Lets the workers reach the master. */
  join(master: Master): Promise<void>;
  /** Workers that a run waits for before its first user, and for how long. */
  readonly expectWorkers: number;
  readonly maxWaitMs: number;
  /** Aborts when no worker can come any more. */
  readonly hopeless?: AbortSignal;
  /** What listeners of `quit` in the threads of this process are told. */
  tellExitCode(exitCode: number): void;
}

export interface LoadPartInput {
  readonly options: RunOptions;
  readonly files: readonly string[];
  readonly userClasses: readonly string[];
  readonly knownClasses: readonly string[];
  readonly deps: ProcessDeps;
  readonly logging: Logging;
  /** What the control thread has printed while it imported the locustfile. */
  readonly deduplicator: LogDeduplicator;
}

/** The threads of this process. Rejects with the locustfile's problems. */
export async function openLocalPart(handles: readonly ThreadHandle[], input: LoadPartInput): Promise<LoadPart> {
  const { options, deps, logging, userClasses } = input;
  const journal = await openJournalFor(options, deps, logging.named("locust.main"));
  const worker = await startLocalWorker({ handles, ...input });
  return {
    locustfile: { hash: "local", userClasses, message: () => Promise.reject(new Error("nobody asks for it")) },
    ...(journal === undefined ? {} : { journal }),
    join(master) {
      joinLocally(worker, master, handles.length, deps);
      return Promise.resolve();
    },
    expectWorkers: 1,
    maxWaitMs: Infinity,
    tellExitCode(exitCode) {
      if (worker.pool !== undefined) worker.pool.exitCode = exitCode;
    },
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]();
      await journal?.close();
    },
  };
}

/** Workers that dial in. Rejects when port or journal cannot be had. */
export async function openClusterPart(input: LoadPartInput): Promise<LoadPart> {
  const { deps, logging, files } = input;
  const options = ownClusterOptions(input.options, deps.createId);
  const logger: Logger = logging.named("locust.runners");
  const locustfile = await prepareShipping(files, input, logger);
  const journal = await openJournalFor(options, deps, logging.named("locust.main"));
  let closePort = () => Promise.resolve();
  let ownWorkers: WorkerProcesses | undefined;
  const hopeless = new AbortController();
  return {
    locustfile,
    ...(journal === undefined ? {} : { journal }),
    async join(master) {
      const port = await openMasterPort({ options, deps, logger, master, locustfileHash: locustfile.hash });
      closePort = () => port.close();
      if (options.workers === 0) return;
      ownWorkers = startWorkerProcesses({ options, files, port: port.port, token: readToken(options), deps, logger });
      // On a host that was not asked for nobody else is expected.
      if (!options.given.has("master-bind-host")) void ownWorkers.allEnded.then(() => hopeless.abort());
    },
    hopeless: hopeless.signal,
    expectWorkers: options.expectWorkers,
    maxWaitMs: options.expectWorkersMaxWaitSeconds > 0 ? options.expectWorkersMaxWaitSeconds * 1000 : Infinity,
    tellExitCode: () => {}, // workers are processes with exit codes of their own
    async [Symbol.asyncDispose]() {
      await ownWorkers?.[Symbol.asyncDispose]();
      // Links that are still closing keep the listener from closing; the process does not wait for them.
      await Promise.race([closePort(), deps.clock.sleep(LAST_LINKS_MS)]);
      await journal?.close();
    },
  };
}

/** Time for goodbyes to reach the workers. */
const LAST_LINKS_MS = 1000;
