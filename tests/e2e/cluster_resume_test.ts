// A master that dies and is started again with --resume, with real processes: while it runs, while it stops, twice, with a journal
// that was torn, and with what cannot be gone on with.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { type Cluster, measureRate, sleep, withCluster } from "../support/cluster.ts";
import { endsLawfully, loadIsBack } from "../support/fault_laws.ts";
import { startFaultProxy } from "../support/fault_proxy.ts";
import { runCli, startCli } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(3);

const OTHER_LOCUSTFILE = `
import { FastHttpUser, task } from "locust-ts";
export class Other extends FastHttpUser { @task async read() { await this.client.get("/read"); } }
`;

async function killMaster({ master }: Cluster): Promise<void> {
  master.child.kill("SIGKILL");
  await master.ended;
}

test("resume: a master that is killed twice and resumed twice costs no request", () =>
  withCluster({ runTime: "20s" }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const before = await measureRate(cluster.system, 2000);
    for (const pauseMs of [1500, 200]) {
      await killMaster(cluster);
      await sleep(pauseMs);
      cluster.master = cluster.startMaster(["--resume", cluster.journal]);
      await cluster.master.waitFor("All users spawned");
      await loadIsBack((ms) => measureRate(cluster.system, ms), before);
    }
    const { stderr } = await endsLawfully(cluster);
    assert.match(stderr, /The run was resumed \d/);
  }));

test("resume: the journal alone names locustfile, host, port and options; a token is asked for again", () => {
  const token = ["--master-token", "secret"];
  return withCluster({ runTime: "12s", workers: 1, masterArgs: token, workerArgs: token }, async (cluster) => {
    cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    await sleep(2500);
    await killMaster(cluster);
    const journal = readFileSync(cluster.journal, "utf8");
    assert.doesNotMatch(journal, /"secret"/);
    const refused = await runCli(["--resume", cluster.journal], { cwd: "/" });
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /Cannot resume the run: --master-token was set and is a secret/);
    cluster.master = startCli(["--resume", cluster.journal], { cwd: "/", env: { LOCUST_MASTER_TOKEN: "secret" } });
    await endsLawfully(cluster);
  });
});

test("resume: a journal that was torn in the middle of a line, and damaged before, is gone on with", () =>
  withCluster({ runTime: "14s" }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    await sleep(2500);
    await killMaster(cluster);
    appendFileSync(cluster.journal, '{"kind":"ticked","snapshot":{"tick":7,"wal');
    cluster.master = cluster.startMaster(["--resume", cluster.journal]);
    await endsLawfully(cluster);
  }));

test("resume: kill -9 of a master that is stopping: it goes on stopping and counts everything", () =>
  withCluster({ runTime: "6s" }, async (cluster) => {
    const proxy = await startFaultProxy(() => cluster.port);
    cluster.addWorker();
    cluster.addWorker({ through: proxy.port });
    await cluster.master.waitFor("All users spawned");
    await sleep(3000);
    proxy.cut();
    await cluster.master.waitFor("--run-time limit reached");
    await sleep(1500);
    await killMaster(cluster);
    cluster.master = cluster.startMaster(["--resume", cluster.journal]);
    await cluster.master.waitFor("--run-time limit reached");
    proxy.heal();
    await endsLawfully(cluster);
    await proxy.close();
  }));

/** The end waits a minute for workers of which nobody knows whether they are dead or cut off. */
const long = process.env["LOCUST_TS_LONG_TESTS"] === "1" ? false : "takes more than a minute; LOCUST_TS_LONG_TESTS=1";

test(
  "resume: without its workers, new ones take up the target, and who did not come back is named",
  { skip: long },
  () =>
    withCluster({ runTime: "16s" }, async (cluster) => {
      const first = [cluster.addWorker(), cluster.addWorker()];
      await cluster.master.waitFor("All users spawned");
      const before = await measureRate(cluster.system, 2000);
      await killMaster(cluster);
      for (const worker of first) worker.child.kill("SIGKILL");
      await Promise.all(first.map((worker) => worker.ended));
      cluster.master = cluster.startMaster(["--resume", cluster.journal]);
      cluster.addWorker();
      await loadIsBack((ms) => measureRate(cluster.system, ms), before);
      const result = await cluster.master.ended;
      for (const worker of first) {
        const id = /as worker (\S+)/.exec(worker.stderr())![1]!;
        assert.match(result.stderr, new RegExp(`Worker ${id} was lost .* its last requests are not counted`));
      }
    }),
);

test("resume: a run that cannot be resumed is refused with a sentence, and the file is left as it is", () =>
  withCluster({ runTime: "3s", workers: 1 }, async (cluster) => {
    cluster.addWorker();
    await endsLawfully(cluster);
    const whole = readFileSync(cluster.journal, "utf8");
    const lines = whole.split("\n");
    const cut = lines.findIndex((line) => line.startsWith('{"kind":"stopping"'));
    const unfinished = `${lines.slice(0, cut).join("\n")}\n`;
    const cases: [name: string, text: string, sentence: RegExp][] = [
      [
        "ended",
        whole,
        /^Cannot resume the run of "[^"]*\bended.ndjson": it has ended; see its results with "locust-ts/m,
      ],
      [
        "newer",
        whole.replace(/"version":\d+/, '"version":9'),
        /^Cannot read the journal "[^"]*\bnewer.ndjson": it has version 9/m,
      ],
      ["other", "hello\nworld\n", /^Cannot read "[^"]*\bother.ndjson" as a journal/m],
      ["empty", "", /^Cannot read "[^"]*\bempty.ndjson" as a journal: it is empty/m],
      ["unplanned", `${lines[0]}\n`, /^Cannot resume the run of "[^"]*\bunplanned.ndjson": no run has been started/m],
      [
        "renamed",
        unfinished,
        /^Cannot resume the run of "[^"]*\brenamed.ndjson": .* no user class "Reader", "Writer"/m,
      ],
    ];
    for (const [name, text, sentence] of cases) {
      const path = join(cluster.folder, `${name}.ndjson`);
      writeFileSync(path, text);
      if (name === "renamed") writeFileSync(join(cluster.folder, "locustfile.ts"), OTHER_LOCUSTFILE);
      const result = await cluster.startMaster(["--resume", `${name}.ndjson`]).ended;
      assert.equal(result.code, 2, `${name}: ${result.stderr}`);
      assert.match(result.stderr, sentence);
      assert.equal(readFileSync(path, "utf8"), text, `${name}: the file was changed`);
    }
  }));
