/** The files of a run that was resumed are of the whole run: those of the resumed master equal those of `report`. */
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sleep, withCluster } from "../support/cluster.ts";
import { runCli } from "../support/run_cli.ts";

/** Slow in its first seconds, before the master dies, and never again. */
const LOCUSTFILE = `import { constant, events, task, User } from "locust-ts";
const born = Date.now();
export class Visitor extends User {
  override waitTime = constant(0.05);
  @task async look() {
    await events.request.measure("CALL", "look", () => this.sleep(Date.now() - born < 5000 ? 0.3 : 0.002));
  }
}`;

const FILES = (folder: string) => [
  ...["--csv", `${folder}/run`, "--csv-full-history", "--json-file", `${folder}/run`],
  ...["--summary-file", `${folder}/summary.json`, "--html", `${folder}/run.html`],
  ...["--markdown", `${folder}/run.md`, "--junit", `${folder}/run.xml`],
];

const EARLY = "CALL look: p95<100 over 2s";
const THRESHOLDS = ["--threshold", EARLY, "--threshold", "failures<1%"];

test("resume: CSV history, summary, page, Markdown and JUnit begin with the run, and so do windows of thresholds", () =>
  withCluster({
    runTime: "16s",
    locustfile: LOCUSTFILE,
    usersByClass: { Visitor: 20 },
    masterArgs: [...FILES("live"), ...THRESHOLDS, "--samples", "all.csv"],
  }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await cluster.master.waitFor(/0:0[67] running/);
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    await sleep(1000);
    cluster.master = cluster.startMaster(["--resume", cluster.journal]);
    const { code, stderr, stdout } = await cluster.master.ended;
    assert.equal(code, 3, stderr);

    const read = (folder: string, name: string) => readFileSync(join(cluster.folder, folder, name), "utf8");
    const { history, total, thresholds, run, workers } = JSON.parse(read("live", "summary.json"));
    assert.equal(history[0].second, 0);
    assert.equal(
      history.reduce((sum: number, { requests }: { requests: number }) => sum + requests, 0),
      total.requests,
    );
    assert.equal(workers.length, 2);
    assert.ok(run.durationSeconds > 15, String(run.durationSeconds));
    const [early, failures] = thresholds;
    assert.equal(early.expression, EARLY);
    assert.equal(early.passed, false);
    assert.ok(early.measured > 290 && early.crossedAtSeconds < 8, JSON.stringify(early));
    assert.equal(failures.passed, true);

    // Lines of the second around the death of the master may be there twice, or be lost with it.
    const samples = readFileSync(join(cluster.folder, "all.csv"), "utf8").split("\r\n").slice(1, -1);
    assert.ok(samples.every((line) => /^\d+\.\d{6},CALL,look,[\d.]+,0,,$/.test(line)), "whole lines, one header");
    const aSecond = 2 * total.requests / run.durationSeconds + 100;
    assert.ok(Math.abs(samples.length - total.requests) < aSecond, `${samples.length} lines of ${total.requests}`);
    const firstMs = Number(samples[0]?.split(",")[0]) * 1000;
    assert.ok(firstMs - Date.parse(run.startedAt) < 2_000, "the lines of the earlier master stay");

    mkdirSync(join(cluster.folder, "again"));
    const report = await runCli(["report", cluster.journal, "--json", ...FILES("again")], { cwd: cluster.folder });
    assert.equal(report.code, 0, report.stderr);
    assert.equal(report.stdout, stdout);
    for (const name of readdirSync(join(cluster.folder, "live"))) {
      assert.equal(read("again", name), read("live", name), name);
    }
  }));
