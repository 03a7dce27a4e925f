/**
 * Names the test files that need the machine for themselves, with the reason. Others that start the executable wait for most of their time,
 * so that several of them run at once; who judges times, rates or shares of a machine says so here. Paths are from the root.
 */

/** Files that run with no other file beside them. */
export const NEEDS_QUIET: Readonly<Record<string, string>> = {
  "tests/e2e/arrivals_test.ts": "holds the spacing of arrivals against the target's clock",
  "tests/e2e/calibrate_test.ts": "measures what the machine can do",
  "tests/e2e/cluster_hardship_test.ts": "a thread that is blocked takes a core, and the load must stay what it was",
  "tests/e2e/compare_test.ts": "two runs must differ by what their locustfiles do, and by nothing else",
  "tests/e2e/counts_test.ts": "makes as many requests as the machine can",
  "tests/e2e/faults_test.ts": "the load must be back in time after each fault, and not be more than it was",
  "tests/e2e/find_max_interrupted_test.ts": "the edge that a search finds is that of the target, not of the machine",
  "tests/e2e/find_max_test.ts": "the edge that a search finds is that of the target, not of the machine",
  "tests/e2e/rates_test.ts": "holds rates of runs of a few seconds against the plan",
  "tests/e2e/truth_test.ts": "holds percentiles against the server's own record",
  "tests/e2e/verdict_test.ts": "each doubt must come from the trouble that is made, not from a neighbour",
};
