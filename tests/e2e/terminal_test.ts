/** Tables on a real terminal: no wider than it, no escape codes where `TERM=dumb`, more columns where there is room. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openHttpSystem } from "../support/http_system.ts";
import { findTool, requireTool } from "../support/requirements.ts";
import { productCommand, runCli, writeFiles } from "../support/run_cli.ts";

const skip = requireTool("python3");
const ON_PTY = fileURLToPath(new URL("../support/run_on_pty.py", import.meta.url));

const LOCUSTFILE = `import { constant, HttpUser, task } from "locust-ts";
export class VisitorWithAVeryLongNameForANarrowTable extends HttpUser {
  waitTime = constant(0.1);
  @task async look() {
    await this.client.get("/a/long/path/that/no/narrow/terminal/has/room/for?page=1");
    await this.client.get("/broken/ünïcödé/日本語日本語日本語日本語日本語", { name: "/broken/日本語日本語日本語日本語日本語日本語" });
  }
  @task stumble() { throw new Error("an exception whose message is longer than a narrow line of a terminal"); }
}`;

// deno-lint-ignore no-control-regex
const ESCAPES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_])/g;
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/g;
const widthOf = (line: string) => [...line].length + (line.match(WIDE)?.length ?? 0);

async function runOn(columns: number, rows: number, term: string) {
  await using system = await openHttpSystem({
    "/broken/%C3%BCn%C3%AFc%C3%B6d%C3%A9/%E6%97%A5%E6%9C%AC%E8%AA%9E%E6%97%A5%E6%9C%AC%E8%AA%9E%E6%97%A5%E6%9C%AC%E8%AA%9E%E6%97%A5%E6%9C%AC%E8%AA%9E%E6%97%A5%E6%9C%AC%E8%AA%9E":
      (
        _request,
        response,
      ) => response.writeHead(500).end(),
  });
  const cwd = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const run = ["run", "locustfile.ts", "-H", system.url, "-u", "3", "-r", "100", "-t", "3s", "--journal", "none"];
  const onPty = [findTool("python3") ?? "python3", ON_PTY, String(columns), String(rows), term];
  const { code, stdout, stderr } = await runCli(run, { cwd, command: [...onPty, ...productCommand()] });
  assert.ok(code === 1 || code === 4, stdout + stderr); // failed requests, or a machine so busy that the run is invalid
  const lines = stdout.replace(ESCAPES, "\n").split(/[\r\n]+/);
  // Log lines are the terminal's to break, as with every program.
  return { raw: stdout, tables: lines.filter((line) => !/^\[\d{4}-|^ {4}at /.test(line)) };
}

for (const [columns, rows] of [[40, 15], [80, 24], [200, 50]] as const) {
  for (const term of ["xterm-256color", "dumb"]) {
    test(`a terminal of ${columns} columns, TERM=${term}: no line of a table is wider`, { skip }, async () => {
      const { raw, tables } = await runOn(columns, rows, term);
      assert.deepEqual(tables.filter((line) => widthOf(line) > columns), []);
      assert.equal(raw.includes("\x1b"), term !== "dumb");
      assert.ok(tables.some((line) => /Aggregated/.test(line)), raw);
      assert.equal(tables.some((line) => /99\.99%/.test(line)), columns >= 80);
      assert.ok(tables.some((line) => /^Verdict: /.test(line)), raw);
    });
  }
}
