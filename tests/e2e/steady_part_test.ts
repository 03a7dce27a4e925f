// `--warm-up` on a run whose first seconds are slow: headline figures and thresholds are of the steady part, tables of the whole run, and
// terminal, summary and page agree.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { openHttpSystem } from "../support/http_system.ts";
import { runCli, writeFiles } from "../support/run_cli.ts";

const LOCUSTFILE = `
import { constant, FastHttpUser, task } from "locust-ts";
export class Reader extends FastHttpUser {
  override waitTime = constant(0.1);
  @task async read() { await this.client.get("/items"); }
}
`;
/** The system is slow for so long, and then quick. */
const SLOW_FOR_MS = 2000;
/** Far above what a busy machine adds to the quick answers. */
const SLOW_MS = 1500;
const QUICK_MS = 10;

test("--warm-up leaves slow first seconds out of headline figures and thresholds, and in the tables", async () => {
  let firstMs: number | undefined;
  await using system = await openHttpSystem({
    "/items": (_request, response) => {
      firstMs ??= performance.now();
      const isSlow = performance.now() - firstMs < SLOW_FOR_MS;
      setTimeout(() => response.end("ok"), isSlow ? SLOW_MS : QUICK_MS);
    },
  });
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const { code, stdout, stderr } = await runCli([
    ...["run", "locustfile.ts", "-H", system.url, "-u", "6", "-r", "10", "-t", "10s", "--warm-up", "5s"],
    ...["--threshold", "p95<1000", "--threshold", "max<1000", "--summary-file", "s.json", "--html", "p.html"],
  ], { cwd: folder });
  assert.equal(code, 0, `${stdout}${stderr}`);
  const summary = JSON.parse(readFileSync(join(folder, "s.json"), "utf8")) as RunSummary;
  const { steady, total, phases } = summary;
  assert.deepEqual(phases.map(({ kind }) => kind), ["ramp", "warmUp", "steady", "coolDown"]);
  assert.ok((total.maxMs ?? 0) >= SLOW_MS - 5, "the whole run has the slow requests");
  assert.ok(steady !== null && (steady.total.percentilesMs["95"] ?? SLOW_MS) < SLOW_MS / 2);
  assert.ok(steady.total.requests < total.requests);
  assert.ok(summary.thresholds.every(({ measured, passed }) => passed && (measured ?? SLOW_MS) < SLOW_MS / 2));

  const line =
    /^Steady part 0:0[56] to 0:10: (\d+) requests, [\d.]+\/s, 0 failures, median (\S+) ms, p95 (\S+) ms, p99 (\S+) ms;/m;
  const [, requests, median, p95] = line.exec(stdout) ?? [];
  assert.equal(Number(requests), steady.total.requests, stdout);
  for (
    const [told, ms] of [[median, steady.total.percentilesMs["50"]], [p95, steady.total.percentilesMs["95"]]] as const
  ) {
    assert.ok(Math.abs(Number(told) - (ms ?? 0)) <= 0.5, `${told} ms in the terminal, ${ms} ms in the summary`);
  }
  assert.match(stdout, /the tables are of\s+the whole run/);
  const row = /^ +Aggregated +(\d+) /m.exec(stdout);
  assert.equal(Number(row?.[1]), total.requests, "the table is of the whole run");

  const page = readFileSync(join(folder, "p.html"), "utf8");
  assert.match(page, /Over the steady part/);
  const data = /<script type="application\/json" id="summary">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
  assert.deepEqual((JSON.parse(data) as RunSummary).steady, steady);
});
