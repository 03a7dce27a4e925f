import assert from "node:assert/strict";
import { test } from "node:test";
import {
  addCounts,
  countTests,
  findSkipReasons,
  formatCounts,
  listSlowest,
  subtractCounts,
} from "../../scripts/test_report.ts";

const BUN = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="5" failures="2" skipped="1">
  <testsuite name="a_test.ts" file="a_test.ts" tests="5">
    <testcase name="fine" classname="" time="0.001" file="a_test.ts" line="3" />
    <testcase name="skipped" classname="" time="0"><skipped /></testcase>
    <testcase name="broken" classname="" time="0.1">
      <failure type="AssertionError" message="1 !== 2">AssertionError: &lt;testcase /&gt;</failure>
    </testcase>
    <testsuite name="group" file="a_test.ts" line="7" tests="2">
      <testcase name="inner" classname="group" time="0" />
      <testcase name="inner bad" classname="group" time="0"><failure message="x">x</failure></testcase>
    </testsuite>
  </testsuite>
</testsuites>`;

const DENO = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="deno test" tests="6" failures="3" errors="0" time="0.016">
    <testsuite name="./a_test.ts" tests="4" disabled="1" errors="0" failures="2">
        <testcase name="fine" classname="./a_test.ts" time="0.001" line="3" col="1">
        </testcase>
        <testcase name="skipped" classname="./a_test.ts" time="0.000" line="4" col="1">
            <skipped/>
        </testcase>
        <testcase name="broken" classname="./a_test.ts" time="0.002" line="6" col="1">
            <failure message="Uncaught">AssertionError</failure>
        </testcase>
        <testcase name="group" classname="./a_test.ts" time="0.003" line="7" col="1">
            <failure message="1 test step failed">1 test step failed.</failure>
        </testcase>
    </testsuite>
    <testsuite name="ext:deno_node/testing.ts" tests="2" disabled="0" errors="0" failures="1">
        <testcase name="group &gt; inner" classname="ext:deno_node/testing.ts" time="0.000">
        </testcase>
        <testcase name="group &gt; inner bad" classname="ext:deno_node/testing.ts" time="0.000">
            <failure message="x">x</failure>
        </testcase>
    </testsuite>
</testsuites>`;

const ONE_PASSED = '<testsuites><testsuite><testcase name="a" time="0" /></testsuite></testsuites>';

test("countTests() counts the same tests in the reports of both runtimes", () => {
  const counts = { passed: 2, failed: 2, skipped: 1 };
  assert.deepEqual(countTests({ junit: BUN, exitCode: 1, output: "" }), counts);
  assert.deepEqual(countTests({ junit: DENO, exitCode: 1, output: "" }), counts);
});

test("countTests() counts a file that failed without a failing test as one failure", () => {
  assert.deepEqual(countTests({ junit: ONE_PASSED, exitCode: 1, output: "" }), { passed: 1, failed: 1, skipped: 0 });
  assert.deepEqual(countTests({ junit: ONE_PASSED, exitCode: null, output: "" }), { passed: 1, failed: 1, skipped: 0 });
});

test("countTests() counts a file that wrote no report, or holds no test, as one failure", () => {
  assert.deepEqual(countTests({ junit: undefined, exitCode: 1, output: "" }), { passed: 0, failed: 1, skipped: 0 });
  assert.deepEqual(countTests({ junit: undefined, exitCode: 0, output: "" }), { passed: 0, failed: 1, skipped: 0 });
});

test("countTests() is content with a report of passed tests and exit code 0", () => {
  assert.deepEqual(countTests({ junit: ONE_PASSED, exitCode: 0, output: "" }), { passed: 1, failed: 0, skipped: 0 });
});

test("formatCounts() is the line that programs read", () => {
  const sum = addCounts({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 });
  assert.equal(formatCounts(sum), "11 passed, 22 failed, 33 skipped");
  assert.deepEqual(subtractCounts(sum, { passed: 10, failed: 20, skipped: 30 }), { passed: 1, failed: 2, skipped: 3 });
});

test("listSlowest() has the slowest first, and nothing where all are in sight", () => {
  const times = [{ name: "bun  a", seconds: 1.25 }, { name: "deno b", seconds: 103 }, { name: "bun  c", seconds: 7 }];
  assert.deepEqual(listSlowest(times, 2), ["the 2 slowest files:", "  103.0 s  deno b", "    7.0 s  bun  c"]);
  assert.deepEqual(listSlowest(times, 3), []);
});

test("findSkipReasons() lists each reason once, from lines of their own", () => {
  const output = "a\nskip reason: no nginx\nb skip reason: not this\nskip reason: no nginx\nskip reason: needs root\n";
  assert.deepEqual(findSkipReasons(output), ["no nginx", "needs root"]);
});
