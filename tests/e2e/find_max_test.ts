/** Capacity searches with the executable, on a system with an edge that does not depend on how busy this machine is. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { startLimitedTarget } from "../support/limited_target.ts";
import { startCli, writeFiles } from "../support/run_cli.ts";
import { checkJunit } from "../support/check_junit.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(3);

const LOCUSTFILE = `
import { FastHttpUser, constant, task } from "locust-ts";
export class Buyer extends FastHttpUser {
  override waitTime = constant(0.05);
  @task async buy() { await this.client.get("/buy"); }
}
`;

const SLO = "failures<2%";

async function search(argv: readonly string[], expectedCode: number) {
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const child = startCli([...argv, "--summary-file", "out.json", "--journal", "run.ndjson"], {
    cwd: folder,
    timeoutMs: 170_000,
  });
  const { code, stdout, stderr } = await child.ended;
  assert.equal(code, expectedCode, stderr);
  const summary = JSON.parse(readFileSync(join(folder, "out.json"), "utf8")) as RunSummary;
  const journal = readFileSync(join(folder, "run.ndjson"), "utf8").split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line) as { kind: string; step?: { number: number } });
  return { summary, stdout, stderr, journal, folder };
}

test("run --find-max finds the users that a system takes, and leaves with 0 though requests failed", async () => {
  await using target = await startLimitedTarget({ connections: 6 });
  const { summary, stdout, stderr, journal } = await search([
    ...["run", "locustfile.ts", "-H", target.url, "--find-max", "--slo", SLO, "-u", "4", "--step-time", "3s"],
    ...["--max-users", "200", "--at-least", "5 users"],
  ], 0);
  const { capacity } = summary;
  assert.ok(capacity !== undefined && capacity !== null, "the summary has the figure");
  assert.ok((capacity.load ?? 0) >= 5 && (capacity.load ?? 0) <= 6, capacity.sentence);
  assert.equal(summary.run.stopReason.kind, "searchEnded");
  assert.ok(summary.total.failures > 0, "the overload failed");
  assert.match(stdout, /^Capacity$/m);
  assert.match(stdout, /^ +1 .* rise +4 users/m);
  assert.match(stdout, /^ +met +--at-least 5 users/m);
  assert.match(stderr, /Step 1: 4 users within the SLO/);
  const steps = journal.filter(({ kind }) => kind === "capacityStep").map(({ step }) => step?.number);
  assert.deepEqual(steps, capacity.steps.map(({ number }) => number));
});

test("hit --find-max --rate searches arrivals, and --at-least leaves with 3", async () => {
  await using target = await startLimitedTarget({ perSecond: 150 });
  const { summary, stdout, folder } = await search([
    ...["hit", `${target.url}/`, "--find-max", "--slo", SLO, "--rate", "80/s", "--step-time", "3s"],
    ...["--at-least", "5000/s", "--headless", "--csv", "out", "--junit", "out.xml"],
  ], 3);
  const { capacity } = summary;
  const least = capacity?.limitedBy === "generator" ? 0 : 130; // on a machine without time to spare it says so, and no more
  assert.ok((capacity?.load ?? 0) > least && (capacity?.load ?? 0) < 160, capacity?.sentence ?? "");
  assert.equal(capacity?.unit, "/s");
  assert.match(stdout, /NOT MET +--at-least 5000\/s/);
  // The last step is judged in the second in which the search ends.
  const rows = readFileSync(join(folder, "out_capacity.csv"), "utf8").trim().split("\r\n").slice(1);
  assert.deepEqual(
    [...new Set(rows.map((row) => Number(row.split(",")[0])))],
    capacity?.steps.map((step) => step.number),
  );
  const [junit] = checkJunit(readFileSync(join(folder, "out.xml"), "utf8")).get("capacity")?.children ?? [];
  assert.equal(junit?.attributes["name"], SLO);
  assert.deepEqual(junit?.children.map(({ name }) => name), ["system-out"]);
});

test("--run-time ends a search with what is known, and its report is the same from the journal", async () => {
  await using target = await startLimitedTarget({});
  const { summary, folder } = await search([
    ...[
      "run",
      "locustfile.ts",
      "-H",
      target.url,
      "--find-max",
      "--slo",
      SLO,
      "-u",
      "1",
      "--step-time",
      "3s",
      "-t",
      "12s",
    ],
  ], 0);
  assert.equal(summary.capacity?.end, "stopped");
  assert.ok((summary.capacity?.load ?? 0) >= 1, summary.capacity?.sentence);
  const again = startCli(["report", "run.ndjson", "--summary-file", "again.json"], { cwd: folder, timeoutMs: 60_000 });
  assert.equal((await again.ended).code, 0);
  const replayed = JSON.parse(readFileSync(join(folder, "again.json"), "utf8")) as RunSummary;
  assert.deepEqual(replayed.capacity, summary.capacity);
});
