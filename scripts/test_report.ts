/**
 * Reads the result of one test file from the JUnit file that both runtimes can write. Pure. Counts come from there and
 * not from the last line of a console output, which each runtime words in its own way.
 */

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What is known of one test process that has ended. */
export interface TestProcess {
  /** Content of its JUnit file; undefined when it wrote none. */
  readonly junit: string | undefined;
  /** Exit code; null when a signal, or the time limit, ended it. */
  readonly exitCode: number | null;
  readonly output: string;
}

/** How a test says why it was skipped: a line of its own on stdout. Written by `tests/support/requirements.ts`. */
export const SKIP_REASON_PREFIX = "skip reason: ";

/**
 * Counts the tests of a process. A file that failed as a whole (it does not load, it crashed, it was ended by its time limit,
 * it holds no test) is one failed test more: silence must not look like success.
 */
export function countTests(ended: TestProcess): TestCounts {
  const counts = countCases(ended.junit ?? "");
  const ran = counts.passed + counts.failed + counts.skipped;
  const failedAsWhole = (ended.exitCode !== 0 && counts.failed === 0) || ran === 0;
  return failedAsWhole ? { ...counts, failed: counts.failed + 1 } : counts;
}

export function addCounts(a: TestCounts, b: TestCounts): TestCounts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

export function subtractCounts(a: TestCounts, b: TestCounts): TestCounts {
  return { passed: a.passed - b.passed, failed: a.failed - b.failed, skipped: a.skipped - b.skipped };
}

/** The last line of a whole test run. Programs read it. */
export function formatCounts(counts: TestCounts): string {
  return `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
}

/** The slowest files, for the end of a run of many: where its time went. */
export function listSlowest(
  times: readonly { readonly name: string; readonly seconds: number }[],
  count: number,
): readonly string[] {
  if (times.length <= count) return []; // all are in sight
  const slowest = times.toSorted((a, b) => b.seconds - a.seconds).slice(0, count);
  return [
    `the ${count} slowest files:`,
    ...slowest.map(({ name, seconds }) => `${seconds.toFixed(1).padStart(7)} s  ${name}`),
  ];
}

/** The reasons that tests gave for being skipped, each once. */
export function findSkipReasons(output: string): readonly string[] {
  const lines = output.split("\n").filter((line) => line.startsWith(SKIP_REASON_PREFIX));
  return [...new Set(lines.map((line) => line.slice(SKIP_REASON_PREFIX.length).trim()))];
}

interface TestCase {
  readonly name: string;
  readonly result: keyof TestCounts;
}

function countCases(junit: string): TestCounts {
  const cases = parseCases(junit);
  // Deno lists a `describe` group beside the tests in it, which it calls "group > test"; Bun lists the tests alone.
  const groups = new Set(cases.flatMap(({ name }) => listGroupsOf(name)));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, result } of cases) {
    if (!groups.has(name)) counts[result]++;
  }
  return counts;
}

function listGroupsOf(name: string): string[] {
  const parts = name.split(" > ");
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join(" > "));
}

function parseCases(junit: string): TestCase[] {
  const cases: TestCase[] = [];
  for (const match of junit.matchAll(/<testcase\b[^>]*?\bname="([^"]*)"[^>]*?(?:\/>|>([\s\S]*?)<\/testcase>)/g)) {
    const [, name = "", content = ""] = match;
    const result = /<(?:failure|error)\b/.test(content) ? "failed" : /<skipped\b/.test(content) ? "skipped" : "passed";
    cases.push({ name: name.replaceAll("&gt;", ">"), result });
  }
  return cases;
}
