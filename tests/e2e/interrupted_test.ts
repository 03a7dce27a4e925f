// Ctrl-C where no run is on that could end in order: while the locustfile is loaded, while its listeners run, and a second time.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { startDemo } from "../support/demo.ts";
import { startCli } from "../support/run_cli.ts";
import { TempFolder } from "../support/temp_folder.ts";

const USER = `
import { constant, events, HttpUser, task } from "locust-ts";
export class Reader extends HttpUser {
  override waitTime = constant(0.1);
  @task async read() { await this.client.get("/items"); }
}`;
const RUN = ["run", "locustfile.ts", "--processes", "1", "--journal", "none", "-t", "60s"];

for (const [what, hanging] of [["a loop", "while (true) {}"], ["an await", "await new Promise(() => {});"]] as const) {
  for (const web of [[], ["--web", "--web-port", "0"]]) {
    test(`Ctrl-C ends a program whose locustfile hangs in ${what} ${web.join(" ")}`, async () => {
      using folder = new TempFolder({ "locustfile.ts": `${USER}\n${hanging}` });
      const run = startCli([...RUN, ...web], { cwd: folder.path });
      await run.waitFor("Waiting for the import of the locustfile to end");
      run.child.kill("SIGINT");
      const { code, stderr } = await run.ended;
      assert.equal(code, 130, stderr);
      assert.match(stderr, /interruption while the locustfile is being loaded: nothing has run/);
    });
  }
}

test("Ctrl-C while a listener of init runs says how to leave at once", async () => {
  using folder = new TempFolder({
    "locustfile.ts": `${USER}\nevents.init.addListener(() => new Promise(() => {}));`,
  });
  const run = startCli(RUN, { cwd: folder.path });
  await run.waitFor("Starting Locust");
  run.child.kill("SIGINT");
  await run.waitFor("before the load has begun; press Ctrl-C again");
  await new Promise((resolve) => setTimeout(resolve, 100)); // closer together they would be one
  run.child.kill("SIGINT");
  assert.equal((await run.ended).code, 130);
});

test("a second Ctrl-C leaves at once, with tables and files of what was measured", async () => {
  await using demo = await startDemo();
  using folder = new TempFolder({
    "locustfile.ts": `${USER}\nevents.testStop.addListener(() => new Promise(() => {}));`,
  });
  const run = startCli([...RUN, "-H", demo.url, "--summary-file", "s.json"], { cwd: folder.path });
  await run.waitFor(/Aggregated: \d+ requests/);
  run.child.kill("SIGINT");
  await run.waitFor("Exiting due to CTRL+C");
  await new Promise((resolve) => setTimeout(resolve, 100));
  run.child.kill("SIGINT");
  const { code, stdout } = await run.ended;
  assert.equal(code, 130);
  assert.match(stdout, /interrupted by Ctrl-C[\s\S]*GET {2}\/items +[1-9]\d* [\s\S]*Verdict/);
  const summary = JSON.parse(readFileSync(folder.at("s.json"), "utf8"));
  assert.equal(summary.run.exitCode, 130);
  assert.ok(summary.total.requests > 0);
});
