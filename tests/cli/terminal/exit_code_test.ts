import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { exitCodeOf, type ExitFacts } from "../../../src/cli/terminal/exit_code.ts";

const fine: ExitFacts = {
  processExitCode: null,
  failures: 0,
  exceptions: 0,
  exitCodeOnError: 1,
  reason: "runTime",
  verdict: "valid",
  thresholdsBroken: 0,
  internalFailures: 0,
};

describe("exitCodeOf()", () => {
  const rows: readonly (readonly [says: string, outcome: Partial<ExitFacts>, code: number])[] = [
    ["a healthy run is 0", {}, 0],
    ["a degraded run is 0", { verdict: "degraded" }, 0],
    ["Ctrl-C once is not a failure", { reason: "interrupted" }, 0],
    ["a failed request is 1", { failures: 1 }, 1],
    ["an exception of user code is 1", { exceptions: 1 }, 1],
    ["--exit-code-on-error chooses the code", { failures: 1, exitCodeOnError: 7 }, 7],
    ["--exit-code-on-error 0 forgives failures", { failures: 1, exitCodeOnError: 0 }, 0],
    ["--exit-code-on-error 0 forgives nothing else", { failures: 1, exitCodeOnError: 0, verdict: "invalid" }, 4],
    ["a broken threshold is 3", { thresholdsBroken: 1 }, 3],
    ["thresholds weigh more than failures", { failures: 1, thresholdsBroken: 1 }, 3],
    ["an invalid run is 4", { verdict: "invalid" }, 4],
    ["an invalid run weighs more than thresholds", { thresholdsBroken: 1, verdict: "invalid" }, 4],
    ["an invalid run weighs more than failures", { failures: 1, verdict: "invalid" }, 4],
    ["our failures weigh more than an invalid run", { internalFailures: 1, verdict: "invalid" }, 2],
    ["--exit-code-on-error replaces the code of failures only", {
      failures: 1,
      exitCodeOnError: 7,
      thresholdsBroken: 1,
    }, 3],
    ["a listener that threw is 2", { internalFailures: 1 }, 2],
    ["a listener that threw weighs more than failures", { internalFailures: 1, failures: 1 }, 2],
    ["a shape that failed is 2", { reason: "shapeFailed" }, 2],
    ["a run that could not go on is 2", { reason: "failed" }, 2],
    ["processExitCode wins over failures", { processExitCode: 5, failures: 1 }, 5],
    ["processExitCode 0 wins too", { processExitCode: 0, failures: 1 }, 0],
    ["a second Ctrl-C is 130", { cutShortBy: "SIGINT", failures: 1, processExitCode: 5 }, 130],
    ["a second SIGTERM is 143", { cutShortBy: "SIGTERM" }, 143],
  ];
  for (const [says, outcome, code] of rows) {
    test(says, () => assert.equal(exitCodeOf({ ...fine, ...outcome }), code));
  }
});
