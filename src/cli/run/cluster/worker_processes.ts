/**
 * `--workers N`: worker processes of this program on this machine, which join over loopback like any other worker. They
 * belong to the master: it dismisses them at the end, and they end by themselves when it dies (`parent_watch.ts`).
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Logger } from "../../../base/logger.ts";
import type { RunOptions } from "../../options/reading/options.ts";
import { PARENT_OPTIONS, PARENT_PIPE } from "./parent_watch.ts";
import type { ProcessDeps } from "../../terminal/process_deps.ts";

/** The time for a dismissed worker to end its requests and deliver its counts; then its process is killed. */
const GOODBYE_MS = 10_000;
const LOOPBACK = "127.0.0.1";

/** The options that a master with workers of its own listens with: by itself, on loopback and a free port, with a token. */
export function ownClusterOptions(options: RunOptions, createToken: () => string): RunOptions {
  if (options.workers === 0) return options;
  return {
    ...options,
    masterBindHost: options.given.has("master-bind-host") ? options.masterBindHost : LOOPBACK,
    masterBindPort: options.given.has("master-bind-port") ? options.masterBindPort : 0,
    ...(options.masterToken === undefined && options.masterTokenFile === undefined
      ? { masterToken: createToken() }
      : {}),
  };
}

export interface WorkerProcessesInput {
  readonly options: RunOptions;
  readonly files: readonly string[];
  readonly port: number;
  readonly token: string | undefined;
  readonly deps: Pick<ProcessDeps, "ownCommand" | "env" | "cwd" | "cores" | "clock" | "hostName">;
  readonly logger: Logger;
}

export interface WorkerProcesses extends AsyncDisposable {
  /** Resolves when the last of them has ended. Never rejects. */
  readonly allEnded: Promise<unknown>;
}

/** Starts them. Disposing waits for those that were dismissed, and kills the others. */
export function startWorkerProcesses(input: WorkerProcessesInput): WorkerProcesses {
  const { options, deps, logger } = input;
  const state = { isOver: false };
  const children = Array.from({ length: options.workers }, (_, index) => {
    const child = startOne(input, index + 1);
    const name = `Worker process ${index + 1} of ${options.workers}`;
    const ended = new Promise<void>((resolve) => {
      child.once("error", (error) => {
        logger.error(`${name} cannot be started: ${error.message}`);
        resolve();
      });
      child.once("exit", (code, signal) => {
        if (!state.isOver) logger.warning(`${name} ended early (${signal ?? `exit code ${code}`})`);
        resolve();
      });
    });
    return { child, ended };
  });
  const allEnded = Promise.all(children.map(({ ended }) => ended));
  return {
    allEnded,
    async [Symbol.asyncDispose]() {
      state.isOver = true;
      await Promise.race([allEnded, deps.clock.sleep(GOODBYE_MS)]);
      for (const { child } of children) if (child.exitCode === null) child.kill("SIGKILL");
      await allEnded;
    },
  };
}

function startOne({ options, files, port, token, deps }: WorkerProcessesInput, number: number): ChildProcess {
  const [program, ...first] = deps.ownCommand as [string, ...string[]];
  const threads = options.processes ?? Math.max(1, Math.floor(deps.cores / options.workers));
  const { cert, key, ca } = options.masterTls;
  const args = [
    "--worker",
    ...["--master-host", masterHost(options.masterBindHost), "--master-port", String(port)],
    ...["--worker-name", `${deps.hostName}_${number}`], // `terminal_run.ts` knows its own workers by the host name
    ...["--processes", String(threads), "--loglevel", options.logLevel],
    ...files.flatMap((file) => ["-f", file]),
    ...(cert === undefined ? [] : ["--master-tls-cert", cert]),
    ...(key === undefined ? [] : ["--master-tls-key", key]),
    ...(ca === undefined ? [] : ["--master-tls-ca", ca]),
    ...(options.logFile === undefined ? [] : ["--logfile", options.logFile]),
    ...(options.skipLogSetup ? ["--skip-log-setup"] : []),
    ...(options.json ? ["--json"] : []), // what it prints goes to standard error then
  ];
  const child = spawn(program, [...first, ...args], {
    cwd: deps.cwd,
    env: workerEnvironment(deps.env, token, options),
    // A process group of its own: the master handles Ctrl-C in the terminal, and lets the workers deliver first.
    detached: true,
    stdio: ["pipe", options.json ? "ignore" : "inherit", "inherit"],
  });
  child.stdin?.on("error", () => {}); // nothing is written to it; it only has to be open
  return child;
}

function masterHost(bindHost: string): string {
  return bindHost === "*" || bindHost === "" || bindHost === "0.0.0.0" || bindHost === "::" ? LOOPBACK : bindHost;
}

/** Our environment without the options of the master, and with the token, which a list of processes must not show. */
function workerEnvironment(
  env: ProcessDeps["env"],
  token: string | undefined,
  { parsedOptions }: Pick<RunOptions, "parsedOptions">,
): Record<string, string> {
  const kept = Object.entries(env).filter((each): each is [string, string] =>
    each[1] !== undefined && !each[0].startsWith("LOCUST_")
  );
  return {
    ...Object.fromEntries(kept),
    [PARENT_PIPE]: "1",
    [PARENT_OPTIONS]: JSON.stringify(parsedOptions),
    ...(token === undefined ? {} : { LOCUST_MASTER_TOKEN: token }),
  };
}
