/**
 * No response time is shorter than what the target took for that very request, whatever keeps the measuring process from running: each answer says what its
 * request took, from the kernel's stamp of the request to the call that sends the answer. A law for each sample, so that no machine is too busy for it.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { requireTool } from "../support/requirements.ts";
import { runCli, startCli, writeFiles } from "../support/run_cli.ts";
import { openTruthServer, type TruthServer } from "../support/truth_server.ts";

const needs = { skip: requireTool("gcc") };

const locustfile = (settings: string) => `
import { constant, FastHttpUser, task } from "locust-ts";
export class Visitor extends FastHttpUser {
  ${settings}
  @task async visit() {
    const response = await this.client.get("/bare");
    const took = Number(await response.text());
    if (response.ok && !(response.elapsed >= took)) throw new Error("shorter than the target's");
  }
}`;

const NO_WAIT = "override waitTime = constant(0);";

interface Row {
  readonly what: string;
  readonly args: readonly string[];
  readonly host?: (server: TruthServer) => string;
  readonly settings?: (server: TruthServer) => string;
}

const ROWS: readonly Row[] = [
  { what: "uring", args: ["--socket", "uring"] },
  { what: "epoll", args: ["--socket", "epoll"] },
  { what: "runtime", args: ["--socket", "runtime"] },
  { what: "a unix socket", args: [], host: ({ socketPath }) => `http+unix://${encodeURIComponent(socketPath)}` },
  { what: "a proxy", args: [], settings: ({ url }) => `static override proxy = "${url}"; ${NO_WAIT}` },
  { what: "--rate", args: ["--rate", "2000"] },
  { what: "targetRate", args: [], settings: () => "static override targetRate = 2000;" },
];

for (const { what, args, host, settings } of ROWS) {
  test(
    `${what}: no response time is shorter than the target's, of a process that is stopped again and again`,
    needs,
    async () => {
      await using server = await openTruthServer(1);
      const folder = writeFiles({ "locustfile.ts": locustfile(settings?.(server) ?? NO_WAIT) });
      const amount = [...(what === "--rate" ? [] : ["-u", "40", "-r", "1000"]), "-t", "3s", "--only-summary"];
      const run = startCli(["run", "locustfile.ts", "-H", host?.(server) ?? server.url, ...amount, ...args], {
        cwd: folder,
        env: { XDG_DATA_HOME: folder },
      });
      const disturbing = setInterval(() => {
        run.child.kill("SIGSTOP");
        setTimeout(() => run.child.kill("SIGCONT"), 7);
      }, 50);
      const { code, stdout, stderr } = await run.ended.finally(() => clearInterval(disturbing));
      assert.equal(code, 0, `${stdout}\n${stderr}`);
      assert.ok((await server.record()).length > 0);
    },
  );
}

test("hit: the shortest time is not below what the target takes", needs, async () => {
  await using server = await openTruthServer(1);
  const folder = writeFiles({});
  const args = ["hit", `${server.url}/constant`, "-n", "200", "-c", "20", "--summary-file", "run.json"];
  const { code, stderr } = await runCli(args, { cwd: folder, env: { XDG_DATA_HOME: folder } });
  assert.equal(code, 0, stderr);
  const { total } = JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as RunSummary;
  const took = (await server.record()).map(({ tookMs }) => tookMs);
  assert.deepEqual([total.requests, took.length], [200, 200]);
  assert.ok((total.minMs ?? 0) >= Math.min(...took) - 0.0005, `${total.minMs} of ${Math.min(...took)}`); // whole microseconds
});
