/** The end of the terminal: a run ends in order, with its files; under `nohup` it goes on. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { openHttpSystem } from "../support/http_system.ts";
import { findTool, requireTool } from "../support/requirements.ts";
import { productCommand, runCli, startCli, writeFiles } from "../support/run_cli.ts";

const skip = requireTool("python3");
const HANG_UP = fileURLToPath(new URL("../support/hang_up_pty.py", import.meta.url));

const LOCUSTFILE = `import { constant, FastHttpUser, task } from "locust-ts";
export class Visitor extends FastHttpUser {
  override waitTime = constant(0.05);
  @task async look() { await this.client.get("/"); }
}`;

interface Summary {
  readonly run: { readonly stopReason: unknown };
  readonly total: { readonly requests: number };
}

describe("a terminal that is closed", () => {
  for (const web of [[], ["--web", "--autostart", "--web-port", "0"]]) {
    test(`ends a run in order, with its files${web.length === 0 ? "" : ", and its web UI"}`, { skip }, async () => {
      await using system = await openHttpSystem({});
      const cwd = writeFiles({ "locustfile.ts": LOCUSTFILE });
      const load = ["-H", system.url, "-u", "2", "-r", "100", "--summary-file", "run.json"];
      const command = [findTool("python3") ?? "python3", HANG_UP, "All users spawned", ...productCommand()];
      const { code, stdout, stderr } = await runCli(["run", "locustfile.ts", ...load, ...web], { cwd, command });
      assert.equal(code, 0, stdout + stderr);
      const summary = JSON.parse(readFileSync(join(cwd, "run.json"), "utf8")) as Summary;
      assert.deepEqual(summary.run.stopReason, { kind: "interrupted", signal: "SIGHUP" });
      assert.equal(summary.total.requests, system.seen.length);
    });
  }

  test("ends nothing under nohup", { skip: requireTool("nohup") }, async () => {
    await using system = await openHttpSystem({});
    const cwd = writeFiles({ "locustfile.ts": LOCUSTFILE });
    const args = ["run", "locustfile.ts", "-H", system.url, "-u", "2", "-r", "100", "-t", "2s"];
    const run = startCli(args, { cwd, before: [findTool("nohup") ?? "nohup"] });
    await run.waitFor("All users spawned");
    run.child.kill("SIGHUP");
    const { code, stdout, stderr } = await run.ended;
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout + stderr, /--run-time of 2 s reached/);
  });
});
