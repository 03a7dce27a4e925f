/**
 * `npm test [-- FILTER…] [--bun | --deno] [--sockets=KIND,…]`: runs every test file in a process of its own, under Bun and under Deno, as
 * many at once as there are cores; then the tests of the executable, a few at once; then those that need a quiet machine, one by one. The
 * last line counts, and is all that a program needs to read; the slowest files are above it. A file that hangs is ended and counts as
 * failed. In CI a file that failed runs once more, alone, and is named.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { buildExecutable, isExecutableFresh } from "./executable.ts";
import {
  findTestFiles,
  planJobs,
  type Runtime,
  sortByNeighbours,
  type TestChoice,
  type TestJob,
} from "./test_files.ts";
import { NEEDS_QUIET } from "./test_neighbours.ts";
import {
  addCounts,
  countTests,
  findSkipReasons,
  formatCounts,
  listSlowest,
  subtractCounts,
  type TestCounts,
  type TestProcess,
} from "./test_report.ts";
import { buildWebPage } from "./web_page.ts";

/** Far above what any file needs on a busy machine. */
const FILE_LIMIT_MS = 10 * 60_000;

/** So many files may fail by the accident of a busy machine, of more than a thousand processes. */
const MOST_RUN_AGAIN = 5;

/** Files of tests of the executable that run at once beyond one for each core: they wait more than they work. */
const MORE_EXECUTABLE_LANES = 1;

const SLOWEST_SHOWN = 10;

const ROOT = process.cwd();

const COMMANDS: Readonly<Record<Runtime, (file: string, junit: string) => readonly [string, ...string[]]>> = {
  bun: (file, junit) => [
    join(ROOT, "node_modules/bun/bin/bun.exe"),
    "test",
    "--timeout=240000",
    "--preload=./tests/support/property_seed.ts",
    "--preload=./tests/support/choose_socket.ts",
    "--reporter=junit",
    `--reporter-outfile=${junit}`,
    `./${file}`,
  ],
  deno: (file, junit) => [
    process.execPath.includes("deno") ? process.execPath : join(ROOT, "node_modules/.bin/deno"),
    "test",
    "--allow-all",
    "--no-check",
    "--preload=./tests/support/property_seed.ts",
    `--junit-path=${junit}`,
    `./${file}`,
  ],
};

const running = new Set<ChildProcess>();

async function main(args: readonly string[]): Promise<number> {
  buildWebPage(ROOT);
  const choice = readChoice(args);
  const jobs = planJobs(await findTestFiles(ROOT), choice);
  const { unit, executable, quiet } = sortByNeighbours(jobs);
  const total: Total = {
    counts: { passed: 0, failed: 0, skipped: 0 },
    done: 0,
    jobs: jobs.length,
    skips: new Map(),
    failed: [],
    times: [],
  };
  const cores = availableParallelism();
  const scratch = await mkdtemp(join(tmpdir(), "locust-ts-tests-"));
  try {
    await runLanes(unit, cores, scratch, total);
    if (executable.length + quiet.length > 0 && await prepareExecutable(total)) {
      await runLanes(executable, cores + MORE_EXECUTABLE_LANES, scratch, total);
      await runLanes(quiet, 1, scratch, total);
    }
    if (process.env["CI"] === "true") await runAgain(scratch, total);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  for (const [reason, files] of total.skips) console.log(`skipped: ${reason} (${[...files].join(", ")})`);
  if (jobs.length === 0) console.error(`No test file matches ${choice.filters.map((each) => `"${each}"`).join(", ")}`);
  for (const line of listSlowest(total.times, SLOWEST_SHOWN)) console.log(line);
  console.log(formatCounts(total.counts));
  return total.counts.failed > 0 || total.counts.passed === 0 ? 1 : 0;
}

/** What is known of the run so far. Owned by `main`, added to by each job. */
interface Total {
  counts: TestCounts;
  done: number;
  readonly jobs: number;
  /** Files by the reason why some of their tests were skipped. */
  readonly skips: Map<string, Set<string>>;
  readonly failed: { readonly job: TestJob; readonly counts: TestCounts }[];
  readonly times: { readonly name: string; readonly seconds: number }[];
}

function readChoice(args: readonly string[]): TestChoice {
  const runtimes: readonly Runtime[] = args.includes("--bun")
    ? ["bun"]
    : args.includes("--deno")
    ? ["deno"]
    : ["bun", "deno"];
  const sockets = args.find((arg) => arg.startsWith("--sockets="))?.slice("--sockets=".length).split(",") ?? [];
  return { filters: args.filter((arg) => !arg.startsWith("--")), runtimes, sockets };
}

async function prepareExecutable(total: Total): Promise<boolean> {
  if (await isExecutableFresh(ROOT)) return true;
  console.log("building the executable …");
  try {
    await buildExecutable(ROOT);
    return true;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    total.counts = addCounts(total.counts, { passed: 0, failed: 1, skipped: 0 });
    return false;
  }
}

async function runLanes(jobs: readonly TestJob[], lanes: number, scratch: string, total: Total): Promise<void> {
  const waiting = [...jobs];
  const lane = async (number: number) => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      await runJob(job, join(scratch, `${number}.xml`), total);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
}

/**
 * Tells a test that needs a quiet machine from one that is wrong: what failed beside others runs again with nothing beside it, and
 * counts as it ends then. What passes only then is named at the end, for somebody to mend. Many failures are no accident of timing.
 */
async function runAgain(scratch: string, total: Total): Promise<void> {
  const failed = total.failed.splice(0);
  if (failed.length === 0 || failed.length > MOST_RUN_AGAIN) return;
  console.log("running again, alone, what failed:");
  total.done -= failed.length;
  for (const { counts } of failed) total.counts = subtractCounts(total.counts, counts);
  await runLanes(failed.map(({ job }) => job), 1, scratch, total);
  for (const { job } of failed) {
    if (total.failed.some((again) => again.job === job)) continue;
    const how = NEEDS_QUIET[job.file] === undefined ? "when it ran alone" : "the second time"; // there was nobody beside it
    console.log(`passed only ${how}: ${nameOf(job)}`);
  }
}

async function runJob(job: TestJob, junitPath: string, total: Total): Promise<void> {
  const startMs = performance.now();
  await rm(junitPath, { force: true });
  const { exitCode, output } = await runProcess(COMMANDS[job.runtime](job.file, junitPath), job.socket);
  const junit = await readFile(junitPath, "utf8").catch(() => undefined); // a file that did not load leaves none
  const ended: TestProcess = { junit, exitCode, output };
  const counts = countTests(ended);
  total.counts = addCounts(total.counts, counts);
  total.done++;
  for (const reason of findSkipReasons(output)) {
    total.skips.set(reason, (total.skips.get(reason) ?? new Set()).add(job.file));
  }
  const seconds = (performance.now() - startMs) / 1000;
  total.times.push({ name: nameOf(job), seconds });
  const place = `[${String(total.done).padStart(String(total.jobs).length)}/${total.jobs}]`;
  console.log(`${place} ${nameOf(job)}: ${formatCounts(counts)} (${seconds.toFixed(1)} s)`);
  if (counts.failed > 0) {
    total.failed.push({ job, counts });
    console.log(indent(exitCode === null ? `${output}\nended by a signal or the time limit` : output));
  }
}

function nameOf({ file, runtime, socket }: TestJob): string {
  return `${runtime.padEnd(4)} ${file}${socket === undefined ? "" : ` over ${socket}`}`;
}

function runProcess(
  command: readonly [string, ...string[]],
  socket: string | undefined,
): Promise<Omit<TestProcess, "junit">> {
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      detached: true, // a group of its own, so that what a test leaves behind can be ended with it
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        NO_COLOR: "1",
        FORCE_COLOR: undefined,
        ...(socket === undefined ? {} : { LOCUST_SOCKET: socket }),
      },
    });
    running.add(child);
    let output = "";
    child.stdout.on("data", (chunk) => output += chunk);
    child.stderr.on("data", (chunk) => output += chunk);
    const limit = setTimeout(() => endGroup(child, "SIGKILL"), FILE_LIMIT_MS);
    const end = (exitCode: number | null) => {
      clearTimeout(limit);
      running.delete(child);
      resolve({ exitCode, output });
    };
    child.on("error", (error) => {
      output += error.message;
      end(null);
    });
    child.on("close", end);
  });
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // the group has ended by itself in this very moment
  }
}

function indent(text: string): string {
  return text.trimEnd().split("\n").map((line) => `    ${line}`).join("\n");
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    for (const child of running) endGroup(child, "SIGTERM");
    process.exit(130);
  });
}

process.exitCode = await main(process.argv.slice(2));
