/**
 * Which test files there are, under which runtime and over which sockets each one runs, and what may run beside it. Pure but for the one
 * function that reads the tree.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { NEEDS_QUIET } from "./test_neighbours.ts";

export type Runtime = "bun" | "deno";

/** One process to start: a test file under a runtime. */
export interface TestJob {
  readonly file: string;
  readonly runtime: Runtime;
  /** Plain TCP goes over these sockets and not over the fastest ones of this machine. */
  readonly socket?: string;
}

/** Jobs by what may run beside them, in the order in which they are done. */
export interface TestPlan {
  /** Any other. */
  readonly unit: readonly TestJob[];
  /** Others of the executable. */
  readonly executable: readonly TestJob[];
  /** Nothing. */
  readonly quiet: readonly TestJob[];
}

/** Tests that start the executable: it is the same one whatever runtime asks it, so once is enough. */
const EXECUTABLE_TESTS = "tests/e2e/";

/** Tests of texts and of other programs, compilers among them, which are the same under each runtime too. */
const RUNTIME_FREE_TESTS = [
  "tests/docs/",
  "tests/delivery/",
  "tests/cli/verbs/init/init_compilers_test.ts",
  "tests/scripts/declarations_test.ts",
];

/** Tests of what speaks HTTP: they hold over every kind of socket. Only Bun has more than one kind. */
const SOCKET_TESTS = [
  "tests/http/engine/",
  "tests/http/session/",
  "tests/e2e/http_",
  "tests/e2e/counts_test.ts",
  "tests/e2e/truth_test.ts",
];

/** Every `*_test.ts` under `tests`, as paths from the root, sorted. */
export async function findTestFiles(root: string): Promise<string[]> {
  const entries = await readdir(join(root, "tests"), { recursive: true });
  return entries
    .map((entry) => `tests/${entry.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith("_test.ts"))
    .sort();
}

/** True for tests of the executable: they start servers, threads and processes of their own. */
export function isExecutableTest(file: string): boolean {
  return file.startsWith(EXECUTABLE_TESTS);
}

/** What to run. Filters are parts of paths; all files without any. */
export interface TestChoice {
  readonly filters: readonly string[];
  readonly runtimes: readonly Runtime[];
  /** Tests of what speaks HTTP run once more over each of these. */
  readonly sockets?: readonly string[];
}

/**
 * The jobs for `files`. All runtimes run each file, except for tests of the executable, of texts and of other programs: the first runtime
 * alone runs these.
 */
export function planJobs(
  files: readonly string[],
  { filters, runtimes, sockets = [] }: TestChoice,
): readonly TestJob[] {
  const wanted = files.filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
  return wanted.flatMap((file): TestJob[] => {
    const isOnce = isExecutableTest(file) || startsWithAny(file, RUNTIME_FREE_TESTS);
    const jobs = (isOnce ? runtimes.slice(0, 1) : runtimes).map((runtime) => ({ file, runtime }));
    if (!startsWithAny(file, SOCKET_TESTS)) return jobs;
    const overSockets = jobs.filter(({ runtime }) => runtime === "bun").flatMap((job) =>
      sockets.map((socket) => ({ ...job, socket }))
    );
    return [...jobs, ...overSockets];
  });
}

/** Jobs in the order of `jobs`, by what may run beside them. */
export function sortByNeighbours(jobs: readonly TestJob[]): TestPlan {
  const quiet = jobs.filter(({ file }) => NEEDS_QUIET[file] !== undefined);
  const others = jobs.filter((job) => !quiet.includes(job));
  return {
    unit: others.filter(({ file }) => !isExecutableTest(file)),
    executable: others.filter(({ file }) => isExecutableTest(file)),
    quiet,
  };
}

function startsWithAny(file: string, starts: readonly string[]): boolean {
  return starts.some((start) => file.startsWith(start));
}
