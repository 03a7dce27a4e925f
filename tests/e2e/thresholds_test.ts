/** Thresholds in whole runs of the executable: exit codes, words, abort, and mistakes before the load. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runCli, writeFiles } from "../support/run_cli.ts";

const HEAD = `
import { constant, task, User } from "locust-ts";
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export class Steady extends User {
  override waitTime = constant(0.05);
  @task async read() { await this.environment.events.request.measure("GET", "/read", () => wait(20)); }
}
`;

async function run(locustfile: string, args: readonly string[]) {
  const folder = writeFiles({ "locustfile.ts": locustfile });
  return await runCli(["run", "locustfile.ts", "--headless", "-u", "2", "-r", "2", ...args], { cwd: folder });
}

describe("thresholds", () => {
  it("that are met leave exit code 0, and stand above the verdict", async () => {
    const { code, stdout } = await run(HEAD, [
      "-t",
      "3s",
      "--threshold",
      "GET /read: p95<10s, rps>1",
      "--threshold",
      "failures<1%",
    ]);
    assert.equal(code, 0, stdout);
    assert.equal(stdout.match(/^ {2}met /gm)?.length, 3, stdout);
    assert.ok(stdout.indexOf("Thresholds") < stdout.indexOf("Verdict:"));
  });

  it("of flag and locustfile add up; one that is not met is exit code 3", async () => {
    const file = `${HEAD}export const thresholds = ["max<1ms", { scope: "GET /read", condition: "requests>1" }];`;
    const { code, stdout } = await run(file, ["-t", "2s", "--threshold", "GET /raed: p95<1s"]);
    assert.equal(code, 3, stdout);
    assert.match(stdout, /NOT MET {2}max<1ms/);
    assert.match(stdout, /met {6}GET \/read: requests>1/);
    assert.match(
      stdout,
      /NOT MET {2}GET \/raed: p95<1s {2}\(p95: no row matches "GET \/raed" \(did you mean "GET \/read"\?\)/,
    );
  });

  it("that abort end the run at once", async () => {
    const started = Date.now();
    const { code, stdout, stderr } = await run(HEAD, ["-t", "60s", "--threshold", "max<1ms over 2s, abort"]);
    assert.equal(code, 3, stdout);
    assert.ok(Date.now() - started < 30_000);
    assert.match(stdout + stderr, /the threshold "max<1ms over 2s, abort" is broken: max = /);
  });

  it("that cannot be read are exit code 2 before the load, with a caret", async () => {
    const flag = await run(HEAD, ["-t", "60s", "--threshold", "p95<<3"]);
    assert.equal(flag.code, 2);
    assert.match(flag.stderr, /column 5: expected a number\n {2}p95<<3\n {6}\^/);
    const file = await run(`${HEAD}export const thresholds = [\n  "p95<1s",\n  "p95 < x",\n];`, ["-t", "60s"]);
    assert.equal(file.code, 2);
    assert.match(file.stderr, /of .*locustfile\.ts:10: column 7: expected a number\n {2}p95 < x\n {8}\^/);
  });
});
