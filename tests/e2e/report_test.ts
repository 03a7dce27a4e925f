/** `locust-ts report`: what a run has shown, once more from its journal. */
import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { runCli } from "../support/run_cli.ts";

const LOCUSTFILE = `import { events, task, User } from "locust-ts";
export class Visitor extends User {
  @task async look() {
    await events.request.measure("CALL", "look", () => this.sleep(0.1));
  }
}`;

/** The journal with a note in the verdict that nothing in so short a run would give reason for. */
function addNote(journal: string, note: string): void {
  const lines = readFileSync(journal, "utf8").trimEnd().split("\n").map((line) => {
    const value = JSON.parse(line);
    if (value.kind === "runEnded") value.verdict.notes = [note];
    return JSON.stringify(value);
  });
  writeFileSync(journal, `${lines.join("\n")}\n`);
}

test("report shows the tables of the run, its profile and the notes of its verdict", async () => {
  const folder = makeKeptFolder();
  const [locustfile, journal] = [join(folder, "locustfile.ts"), join(folder, "run.ndjson")];
  writeFileSync(locustfile, LOCUSTFILE);
  const run = await runCli(["run", locustfile, "-u", "2", "-t", "2s", "--profile", "nightly", "--journal", journal]);
  assert.match(run.stdout, /^\nRun "nightly" ended after 0:02/, run.stderr);
  assert.equal((await runCli(["report", journal])).stdout, run.stdout);

  addNote(journal, "7 requests were sent again");
  assert.match((await runCli(["report", journal])).stdout, /\nVerdict: .*[^]*\n {2}- 7 requests were sent again\n/);
});
