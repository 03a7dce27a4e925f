/** A run that counted no request is invalid, ends with exit code 4, and says why. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli, writeFiles } from "../support/run_cli.ts";

const CASES: [cause: string, locustfile: string, args: string[], sentence: RegExp][] = [
  [
    "onStart that never ends",
    "export class V extends User { async onStart() { await new Promise(() => {}); } @task t() {} }",
    [],
    /No request was counted: onStart of V has not ended(?: for \d\.\d s)? in 2 users/,
  ],
  [
    "tasks without requests",
    "export class V extends User { waitTime = constant(0.1); @task async t() {} }",
    [],
    /No request was counted: 2 users ran and no task sent a request/,
  ],
  [
    "no users",
    "export class V extends User { @task t() {} }",
    ["-u", "0"],
    /No request was counted: the run was asked for 0 users/,
  ],
];

for (const [cause, locustfile, args, sentence] of CASES) {
  test(`a run that counted nothing is invalid, exit code 4: ${cause}`, async () => {
    const cwd = writeFiles({ "locustfile.ts": `import { constant, task, User } from "locust-ts";\n${locustfile}\n` });
    const { code, stdout, stderr } = await runCli(
      ["run", "locustfile.ts", "-u", "2", "-r", "10", "-t", "3s", "--processes", "1", ...args],
      { cwd },
    );
    assert.match(stdout.replace(/\s+/g, " "), sentence, stderr);
    assert.match(stdout, /^Verdict: invalid$/m);
    assert.equal(code, 4);
  });
}
