/**
 * A master, workers and a system under test that counts, as real processes on loopback: for tests that break one of them and compare
 * the system's own count with what the master reports.
 */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type CountingServer, startCountingServer } from "./counting_server.ts";
import { freePort } from "./free_port.ts";
import { type CliProcess, type CliResult, startCli, writeFiles } from "./run_cli.ts";

const LOCUSTFILE = `
import { constant, FastHttpUser, task } from "locust-ts";

export class Reader extends FastHttpUser {
  static override weight = 3;
  override waitTime = constant(0.1);
  @task async read() { await this.client.get("/read"); }
}
export class Writer extends FastHttpUser {
  override waitTime = constant(0.1);
  @task async write() { await this.client.post("/write", { json: { a: 1 } }); }
}
`;

export interface ClusterOptions {
  readonly users?: number;
  /** The locustfile has scenarios: neither users nor arrivals are asked for. */
  readonly load?: "scenarios";
  /** Arrivals in place of users: `--rate`. */
  readonly rate?: string;
  readonly workers?: number;
  readonly runTime?: string;
  readonly masterArgs?: readonly string[];
  readonly workerArgs?: readonly string[];
  readonly env?: Record<string, string>;
  /** `--master-bind-host`; 127.0.0.1 if not given. */
  readonly bindHost?: string;
  readonly locustfile?: string;
  /** Users of each class when all run; three quarters Readers and a quarter Writers if not given. */
  readonly usersByClass?: Readonly<Record<string, number>>;
  /** Where the first master writes its journal, if not in the cluster's folder. */
  readonly journal?: string;
  /** A command that starts the masters in some surroundings. */
  readonly masterBefore?: readonly string[];
}

export interface AddedWorker {
  /** The port that it dials, if not the master's own. */
  readonly through?: number;
  readonly args?: readonly string[];
  /** Another program than the executable. */
  readonly command?: readonly string[];
  /** A command that starts it in some surroundings. */
  readonly before?: readonly string[];
}

export interface Cluster {
  readonly system: CountingServer;
  readonly folder: string;
  readonly journal: string;
  readonly port: number;
  readonly usersByClass: Readonly<Record<string, number>>;
  readonly workers: CliProcess[];
  master: CliProcess;
  addWorker(how?: AddedWorker): CliProcess;
  /** A master on the same port. */
  startMaster(args?: readonly string[]): CliProcess;
  /** Ends everything that is left. */
  dispose(): Promise<void>;
}

/** Starts them all; the run begins when the workers are there. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const system = await startCountingServer({ latencyMs: 5 });
  const folder = writeFiles({ "locustfile.ts": options.locustfile ?? LOCUSTFILE });
  const journal = options.journal ?? join(folder, "run.ndjson");
  const port = await freePort();
  const workers: CliProcess[] = [];
  const env = { XDG_DATA_HOME: folder, ...options.env };
  const started: CliProcess[] = [];
  const start = (args: readonly string[], how: Pick<AddedWorker, "command" | "before"> = {}) => {
    const process = startCli(args, { cwd: folder, env, timeoutMs: 150_000, ...how });
    started.push(process);
    return process;
  };
  const startMaster = (args: readonly string[] = ["--journal", journal]) =>
    start([
      ...["run", "locustfile.ts", "--master", "--headless", "--json"],
      ...["-H", system.url, "-t", options.runTime ?? "20s"],
      ...(options.load === "scenarios"
        ? []
        : options.rate === undefined
        ? ["-u", String(options.users ?? 20), "-r", "20"]
        : ["--rate", options.rate]),
      ...["--master-bind-host", options.bindHost ?? "127.0.0.1", "--master-bind-port", String(port)],
      ...["--expect-workers", String(options.workers ?? 2)],
      ...args,
      ...(options.masterArgs ?? []),
    ], options.masterBefore === undefined ? {} : { before: options.masterBefore });
  const users = options.users ?? 20;
  const cluster: Cluster = {
    system,
    folder,
    journal,
    port,
    usersByClass: options.usersByClass ?? { Reader: users * 0.75, Writer: users * 0.25 },
    workers,
    master: startMaster(),
    startMaster,
    addWorker({ through = port, args = [], ...how } = {}) {
      const worker = start([
        ...["--worker", "--master-host", "127.0.0.1", "--master-port", String(through), "--processes", "1"],
        ...args,
        ...(options.workerArgs ?? []),
      ], how);
      workers.push(worker);
      return worker;
    },
    async dispose() {
      for (const process of started) process.child.kill("SIGKILL");
      await Promise.all(started.map((process) => process.ended));
      await system.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return cluster;
}

/** Runs a scenario and shows the logs of everybody if it fails. */
export async function withCluster(
  options: ClusterOptions,
  scenario: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await startCluster(options);
  try {
    await scenario(cluster);
  } catch (error) {
    console.log(`master:\n${cluster.master.stderr()}`);
    cluster.workers.forEach((worker, index) => console.log(`worker ${index}:\n${worker.stderr()}`));
    throw error;
  } finally {
    await cluster.dispose();
  }
}

/** Requests that a master's `--json` reports. */
export function countReported(result: CliResult): number {
  const start = result.stdout.indexOf("[");
  assert.ok(start >= 0, `The master printed no JSON:\n${result.stdout}\n${result.stderr}`);
  const entries = JSON.parse(result.stdout.slice(start)) as { num_requests: number }[];
  return entries.reduce((sum, entry) => sum + entry.num_requests, 0);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Requests per second that the system sees over the next `ms`. */
export async function measureRate(system: CountingServer, ms: number): Promise<number> {
  const [before, startedMs] = [system.total(), performance.now()];
  await sleep(ms);
  return (system.total() - before) / ((performance.now() - startedMs) / 1000); // a busy machine sleeps longer
}
