/** What the web UI offers as downloads after a run, beside the files that the same run wrote. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openWeb } from "../support/web_process.ts";

const FILES: readonly (readonly [download: string, file: string])[] = [
  ["csv", "out_stats.csv"],
  ["failures.csv", "out_failures.csv"],
  ["exceptions.csv", "out_exceptions.csv"],
  ["history.csv", "out_stats_history.csv"],
  ["summary", "out.json"],
  ["html", "out.html"],
  ["markdown", "out.md"],
  ["junit", "out.xml"],
  ["journal", "out.ndjson"],
];

test("each download of the web UI equals the file of the run", async () => {
  const flags = ["--csv", "out", "--csv-full-history", "--summary-file", "out.json", "--html", "out.html"];
  const more = ["--markdown", "out.md", "--junit", "out.xml", "--journal", "out.ndjson", "--threshold", "p95<5s"];
  const web = await openWeb([...flags, ...more, "--autostart", "-u", "2", "-r", "2", "-t", "3s"]);
  await web.until(({ state, exitCode }) => state === "stopped" && exitCode !== null);
  const downloads = new Map<string, string>();
  for (const [name] of FILES) {
    const response = await web.ask("GET", `/api/v1/files/${name}`);
    assert.equal(response.status, 200, name);
    downloads.set(name, await response.text());
  }
  assert.equal((await web.end()).code, 0);
  for (const [name, file] of FILES) assert.equal(downloads.get(name), readFileSync(join(web.cwd, file), "utf8"), name);
});
