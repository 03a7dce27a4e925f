import assert from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { createLogger } from "../../../../src/base/logger.ts";
import { openJournalFor } from "../../../../src/cli/run/resume/journal_file.ts";
import { FakeClock } from "../../../support/fake_clock.ts";
import { TempFolder } from "../../../support/temp_folder.ts";

const MASTER = { role: "master", journalDetail: "full" } as const;
const KEPT = 20;

test("openJournalFor() of masters that start at once: each has a journal, and the oldest are removed", async () => {
  using folder = new TempFolder();
  const journals = folder.at("locust-ts/journals");
  mkdirSync(journals, { recursive: true });
  for (let i = 10; i < 70; i++) writeFileSync(`${journals}/run-19990101T0000${i}Z-aaaaaa.ndjson`, "");
  const logged: string[] = [];
  const logger = createLogger({ name: "t", wallMs: () => 0, sink: ({ message }) => void logged.push(message) });
  const clock = new FakeClock();
  const opened = await Promise.all(Array.from({ length: 8 }, (_, i) => {
    const deps = { clock, version: "0.1.0", env: { XDG_DATA_HOME: folder.path }, createId: () => `${i}bcdefgh` };
    return openJournalFor(MASTER, deps, logger);
  }));
  assert.ok(opened.every((journal) => journal !== undefined), logged.join("\n"));
  const names = readdirSync(journals).map((name) => `${journals}/${name}`);
  assert.equal(names.length, KEPT);
  for (const journal of opened) assert.ok(names.includes(journal!.path), journal!.path);
  await Promise.all(opened.map((journal) => journal!.close()));
});
