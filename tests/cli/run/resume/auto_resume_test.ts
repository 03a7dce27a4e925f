import assert from "node:assert/strict";
import { resolve } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { JOURNAL_VERSION } from "../../../../src/master/journal/journal_line.ts";
import { withAutoResume } from "../../../../src/cli/run/resume/auto_resume.ts";
import { TempFolder } from "../../../support/temp_folder.ts";

const OPENED = `${JSON.stringify({ kind: "journalOpened", version: JOURNAL_VERSION, program: "test", wallMs: 0 })}\n`;
const PLANNED = '{"kind":"runPlanned","atMs":0,"startWallMs":0,"detail":"full","settings":{}}\n';
const ENDED = '{"kind":"runEnded","atMs":1000}\n';

const JOURNALS: readonly (readonly [says: string, text: string | undefined, resumes: boolean])[] = [
  ["no file", undefined, false],
  ["an empty file", "", false],
  ["no run", OPENED, false],
  ["a run that ended", OPENED + PLANNED + ENDED, false],
  ["a run that was cut short", OPENED + PLANNED, true],
  ["a run that was cut short within a line", OPENED + PLANNED + '{"kind":"run', true],
  ["a second run that was cut short", OPENED + PLANNED + ENDED + PLANNED, true],
];

for (const [says, text, resumes] of JOURNALS) {
  test(`withAutoResume() with ${says} ${resumes ? "resumes" : "starts anew"}`, async () => {
    using folder = new TempFolder(text === undefined ? {} : { "run.ndjson": text });
    const path = folder.at("run.ndjson");
    const argv = ["-f", "x.ts", "--master", "--headless", "--auto-resume", "--journal", path];
    const line = await withAutoResume({ argv, env: {}, configs: [] });
    assert.deepEqual(line, { argv: resumes ? [...argv, "--resume", path] : argv, env: {}, configs: [] });
  });
}

test("withAutoResume() takes variables and config files, and makes the path absolute", async () => {
  using folder = new TempFolder({ "run.ndjson": OPENED + PLANNED });
  const relative = `${folder.path.replace(/^\//, "")}/run.ndjson`;
  const before = process.cwd();
  process.chdir("/");
  try {
    const env = { LOCUST_AUTO_RESUME: "true", LOCUST_JOURNAL: relative };
    const byVariables = await withAutoResume({ argv: ["--master"], env, configs: [] });
    assert.deepEqual(byVariables.argv, ["--master", "--resume", relative]);
    assert.equal(byVariables.env["LOCUST_JOURNAL"], resolve("/", relative));
    const text = `journal = ${relative}\nauto-resume = true\n`;
    const byFile = await withAutoResume({ argv: ["--master"], env: {}, configs: [{ path: "c", text, form: "lines" }] });
    assert.equal(byFile.env["LOCUST_JOURNAL"], resolve("/", relative));
  } finally {
    process.chdir(before);
  }
});

test("withAutoResume() leaves a line alone that does not ask for it, or names what to resume", async () => {
  using folder = new TempFolder({ "run.ndjson": OPENED + PLANNED });
  const journal = ["--journal", folder.at("run.ndjson")];
  for (
    const argv of [journal, ["--auto-resume", ...journal, "--resume", "x"], ["--auto-resume", "--journal", "none"]]
  ) {
    assert.deepEqual((await withAutoResume({ argv, env: {}, configs: [] })).argv, argv);
  }
});

test("withAutoResume() refuses a file that is not a journal", async () => {
  using folder = new TempFolder({ "run.ndjson": "notes\nof mine\n" });
  const argv = ["--auto-resume", "--journal", folder.at("run.ndjson")];
  await assert.rejects(withAutoResume({ argv, env: {}, configs: [] }), /its first line is not that of a journal/);
});
