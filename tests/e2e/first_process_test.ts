// locust-ts as the first process of a PID namespace, as in a container without an init of its own: signals end it in every command,
// orphans do not stay as zombies, and what its own children ended with is not lost.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { test } from "node:test";
import { findTool, requireRoot, requireThat, requireTool } from "../support/requirements.ts";
import { freePort } from "../support/free_port.ts";
import { type CliProcess, runCli, startCli } from "../support/run_cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const UNSHARE = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"];

const skip = requireTool("unshare", "pgrep") || requireRoot() ||
  requireThat(
    spawnSync(findTool("unshare") ?? "unshare", [...UNSHARE.slice(1), "true"]).status === 0,
    "no PID namespaces",
  );

/** The pid that the first process has out here. */
function pidOf(process: CliProcess): number {
  const { stdout } = spawnSync("pgrep", ["-P", String(process.child.pid)], { encoding: "utf8" });
  return Number(stdout.trim());
}

const COMMANDS: readonly (readonly [line: string, ready: RegExp, code: number])[] = [
  ["demo --port 0", /http:\/\//, 143],
  ["worker --master-host 127.0.0.1 --processes 1", /Waiting for|waiting for|Cannot reach/, 0],
];

for (const [line, ready, code] of COMMANDS) {
  test(`SIGTERM ends "${line}" as the first process`, { skip }, async () => {
    const port = line.startsWith("worker") ? ["--master-port", String(await freePort())] : [];
    const first = startCli([...line.split(" "), ...port], { before: UNSHARE });
    await first.waitFor(ready);
    process.kill(pidOf(first), "SIGTERM");
    assert.equal((await first.ended).code, code, first.stderr());
  });
}

test(
  "the first process takes orphans off the list, and still has what its own children ended with",
  { skip },
  async () => {
    using folder = new TempFolder({
      "locustfile.ts": `
      import { spawn } from "node:child_process";
      import { constant, task, User } from "locust-ts";
      export class Parent extends User {
        override waitTime = constant(1);
        @task async leaveOne() {
          await new Promise((ended) => spawn("sh", ["-c", "sleep 0.5 & exit 3"]).on("close", ended))
            .then((code) => console.log("child ended with", code));
        }
      }
    `,
    });
    const run = "run locustfile.ts -H http://localhost -u 1 -t 24s --headless --processes 1";
    const first = startCli(run.split(" "), { cwd: folder.path, before: UNSHARE });
    await first.waitFor(/0:2\d running/);
    const pid = pidOf(first);
    const { stdout } = spawnSync("ps", ["--ppid", String(pid), "-o", "stat=,etimes="], { encoding: "utf8" });
    const ages = stdout.split("\n").filter((row) => row.startsWith("Z")).map((row) => Number(row.split(/\s+/)[1]));
    assert.ok(Math.max(0, ...ages) <= 18, `zombies are ${ages.join(", ")} s old`);
    await first.ended;
    const told = first.stdout().match(/child ended with \d+/g) ?? [];
    assert.ok(told.length > 10, first.stdout());
    assert.deepEqual([...new Set(told)], ["child ended with 3"]);
  },
);

test("locust-ts health finds the first process, and asks the web UI where it has one", {
  skip: skip || requireTool("nsenter"),
}, async () => {
  using folder = new TempFolder({
    "locustfile.ts": `
      import { task, User } from "locust-ts";
      export class Idle extends User { @task async rest() { await this.sleep(1); } }
    `,
  });
  const port = String(await freePort());
  const first = startCli(["-f", "locustfile.ts", "-H", "http://localhost", "--web-port", port], {
    cwd: folder.path,
    before: UNSHARE,
  });
  await first.waitFor(/Starting web interface/);
  const pid = pidOf(first);
  const ask = () => runCli(["health"], { before: ["nsenter", "--target", String(pid), "--pid", "--mount"] });
  const well = await ask();
  assert.deepEqual([well.code, well.stdout], [0, `healthy: http://127.0.0.1:${port}/healthz: ready\n`]);
  process.kill(pid, "SIGSTOP");
  const stopped = await ask();
  assert.deepEqual([stopped.code, stopped.stdout], [1, "unhealthy: process 1 is stopped\n"]);
  process.kill(pid, "SIGCONT");
  process.kill(pid, "SIGTERM");
  assert.equal((await first.ended).code, 0, first.stderr());
});
