/** What `locust-ts hit` says on standard error about flags that mean different things in different tools. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { createHit, type HitCommand } from "../../../../src/cli/hit/hit_command.ts";

let cwd = "";
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "locust-ts-hit-test-"));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function hit(argv: readonly string[]): HitCommand {
  return createHit({ argv, env: {}, configs: [], cwd });
}

const URL = "http://127.0.0.1:8000/items";

test("a rate with the letters of hey is noted, since hey counts it otherwise", () => {
  const made = hit([URL, "-z", "5s", "-c", "10", "-q", "20"]);
  assert.deepEqual(made.kind === "run" && made.notes, [
    "-q 20 is of all users together, as in oha; in hey it is of each connection",
  ]);
  assert.deepEqual((hit([URL, "--rate", "20"]) as { readonly notes: readonly string[] }).notes, []);
});

const notes: readonly (readonly [readonly string[], readonly string[]])[] = [
  [["-n", "10", "-t", "5s"], ["-t 5s is the time of the run, as in ab; --timeout 5s is the limit of one request"]],
  [["-t2", "-c100"], [
    "-t 2 is the time of the run, as in ab; --timeout 2 is the limit of one request, --processes 2 the number of threads",
  ]],
  [["-c", "5", "-t", "5s"], ["-t 5s is the time of the run, as in ab; --timeout 5s is the limit of one request"]],
  [["-l", "-t", "5s"], ["-t 5s is the time of the run, as in ab; --timeout 5s is the limit of one request"]],
  [["--latency", "-t2"], [
    "-t 2 is the time of the run, as in ab; --timeout 2 is the limit of one request, --processes 2 the number of threads",
  ]],
  [["-t", "5s"], []],
  [["-t", "5s", "-k", "-H", "a: b", "-X", "PUT"], []],
  [["-u", "5", "-t", "5"], []],
  [["-m", "5"], ["-m 5 is the limit of one request, in seconds, as in curl"]],
  [["-r", "5"], [
    "-r 5 is the number of users that start a second; requests a second are --rate 5/s, so many requests -n 5",
  ]],
  [["-r", "5", "-u", "9"], []],
  [["-w", "4"], ["-w 4 is the number of threads, as in autocannon"]],
  [["-max-workers=5"], ["-max-workers has no effect without a rate; add --rate 50/s"]],
  [["-max-workers=5", "-rate=50"], []],
  [["-d", "body.json"], [
    "-d body.json sends this text, as in curl; -d @body.json sends the content of the file of this name",
  ]],
  [["-d", "other.json"], []],
];
for (const [argv, expected] of notes) {
  test(`"${argv.join(" ")}" is noted with ${expected.length} sentences`, () => {
    writeFileSync(join(cwd, "body.json"), "{}");
    const made = hit([URL, ...argv]);
    assert.deepEqual(made.kind === "run" && made.notes, expected);
  });
}
