/** Capacity searches over a cluster, of a master that is killed in the middle, and one that is ended by Ctrl-C. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { RunSummary } from "../../src/report/summary/summary.ts";
import { freePort } from "../support/free_port.ts";
import { startLimitedTarget } from "../support/limited_target.ts";
import { type CliProcess, startCli, writeFiles } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(2);

const LOCUSTFILE = `
import { FastHttpUser, constant, task } from "locust-ts";
export class Buyer extends FastHttpUser {
  override waitTime = constant(0.05);
  @task async buy() { await this.client.get("/buy"); }
}
`;

const SEARCH = ["--find-max", "--slo", "failures<2%", "-u", "4", "--max-users", "200", "--step-time", "3s"];

function readSummary(folder: string, name = "out.json"): RunSummary {
  return JSON.parse(readFileSync(join(folder, name), "utf8")) as RunSummary;
}

/** Numbers of the steps in a journal, in order. */
function stepsInJournal(folder: string): readonly number[] {
  return readFileSync(join(folder, "run.ndjson"), "utf8").split("\n").filter((line) => line.includes('"capacityStep"'))
    .map((line) => (JSON.parse(line) as { step: { number: number } }).step.number);
}

async function withSearchingCluster(
  scenario: (cluster: { readonly folder: string; readonly startMaster: () => CliProcess }) => Promise<void>,
): Promise<void> {
  await using target = await startLimitedTarget({ connections: 6 });
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const port = String(await freePort());
  const started: CliProcess[] = [];
  const start = (args: readonly string[]) => {
    const cli = startCli(args, { cwd: folder, timeoutMs: 170_000 });
    started.push(cli);
    return cli;
  };
  try {
    for (let i = 0; i < 2; i++) {
      start(["--worker", "--master-host", "127.0.0.1", "--master-port", port, "--processes", "1"]);
    }
    await scenario({
      folder,
      startMaster: () =>
        start([
          ...["run", "locustfile.ts", "-H", target.url, "--master", "--headless", "--expect-workers", "2", ...SEARCH],
          ...["--master-bind-host", "127.0.0.1", "--master-bind-port", port],
          ...["--summary-file", "out.json", "--journal", "run.ndjson", "--auto-resume"],
        ]),
    });
  } finally {
    for (const { child } of started) child.kill("SIGKILL");
    await Promise.all(started.map(({ ended }) => ended));
  }
}

test("--find-max over two workers finds the users that a system takes, and goes on when its master was killed", async () => {
  await withSearchingCluster(async ({ folder, startMaster }) => {
    const killed = startMaster();
    await killed.waitFor(/Step 2: /);
    killed.child.kill("SIGKILL");
    await killed.ended;
    const before = stepsInJournal(folder);
    assert.ok(before.length >= 1, "a step is in the journal");

    const resumed = startMaster();
    await resumed.waitFor(/Resuming the run of an earlier master/);
    const { code, stderr } = await resumed.ended;
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /Step 1: /, "it does not begin anew");
    const { capacity } = readSummary(folder);
    assert.equal(capacity?.end, "found", capacity?.sentence ?? stderr);
    assert.ok((capacity?.load ?? 0) >= 5 && (capacity?.load ?? 0) <= 6, capacity?.sentence ?? "");
    const numbers = capacity?.steps.map(({ number }) => number) ?? [];
    assert.deepEqual(numbers, numbers.map((_, i) => i + 1));
    assert.deepEqual(stepsInJournal(folder), numbers, "each step is in the journal once");

    const again = startCli(["report", "run.ndjson", "--summary-file", "again.json"], { cwd: folder });
    assert.equal((await again.ended).code, 0);
    assert.deepEqual(readSummary(folder, "again.json").capacity, capacity);
  });
});

test("Ctrl-C in the middle of a search says what was found so far, and leaves with 0", async () => {
  await using target = await startLimitedTarget({ connections: 6 });
  const folder = writeFiles({ "locustfile.ts": LOCUSTFILE });
  const cli = startCli([
    ...["run", "locustfile.ts", "-H", target.url, "--headless", ...SEARCH, "--summary-file", "out.json"],
  ], { cwd: folder, timeoutMs: 120_000 });
  await cli.waitFor(/Step 2: /);
  cli.child.kill("SIGINT");
  const { code, stdout, stderr } = await cli.ended;
  assert.equal(code, 0, stderr);
  const { capacity } = readSummary(folder);
  assert.equal(capacity?.end, "stopped");
  assert.ok((capacity?.load ?? 0) >= 4 && (capacity?.load ?? 0) <= 6, capacity?.sentence ?? "");
  assert.match(capacity?.sentence ?? "", /the search was ended before it had confirmed this/);
  assert.match(stdout, /\d users \(.*the search was ended before/);
});
