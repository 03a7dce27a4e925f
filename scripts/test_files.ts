/**
 * Which test files there are and under which runtime each one runs. Pure but for the one function that reads the tree.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";

export type Runtime = "bun" | "deno";

/** One process to start: a test file under a runtime. */
export interface TestJob {
  readonly file: string;
  readonly runtime: Runtime;
}

/** Tests that start the executable: it is the same one whatever runtime asks it, so once is enough. */
const EXECUTABLE_TESTS = "tests/e2e/";

/** Tests of texts and of other programs, which are the same under each runtime too. */
const RUNTIME_FREE_TESTS = ["tests/docs/", "tests/delivery/"];

/** Every `*_test.ts` under `tests`, as paths from the root, sorted. */
export async function findTestFiles(root: string): Promise<string[]> {
  const entries = await readdir(join(root, "tests"), { recursive: true });
  return entries
    .map((entry) => `tests/${entry.replaceAll("\\", "/")}`)
    .filter((file) => file.endsWith("_test.ts"))
    .sort();
}

/** True for tests of the executable. They run one by one: they measure, and start servers and threads of their own. */
export function isExecutableTest(file: string): boolean {
  return file.startsWith(EXECUTABLE_TESTS);
}

/**
 * The jobs for `files`, narrowed to paths that contain one of the filters (all without any). All runtimes run each file, except
 * for tests of the executable, of documents and of what is delivered: the first runtime alone runs these.
 */
export function planJobs(
  files: readonly string[],
  options: { readonly filters: readonly string[]; readonly runtimes: readonly Runtime[] },
): readonly TestJob[] {
  const { filters, runtimes } = options;
  const wanted = files.filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)));
  return wanted.flatMap((file) => {
    const isOnce = isExecutableTest(file) || RUNTIME_FREE_TESTS.some((folder) => file.startsWith(folder));
    const here = isOnce ? runtimes.slice(0, 1) : runtimes;
    return here.map((runtime) => ({ file, runtime }));
  });
}
