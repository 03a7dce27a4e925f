import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { LocustError, UsageError } from "../../../src/base/errors.ts";
import { createLogger } from "../../../src/base/logger.ts";
import { Journal } from "../../../src/master/journal/journal.ts";
import type { JournalLine } from "../../../src/master/journal/journal_line.ts";
import { createReading, type JournalReading, readJournal } from "../../../src/master/journal/read_journal.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A folder for one test, gone after it. */
async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "journal-"));
  try {
    await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function openJournal(path: string, mode: "new" | "append" = "new") {
  const lines: string[] = [];
  const clock = new FakeClock();
  const logger = createLogger({ name: "j", wallMs: () => 0, sink: (record) => void lines.push(record.message) });
  return { journal: await Journal.open({ path, mode, program: "locust-ts 0.1.0", clock, logger }), lines };
}

async function readAll(path: string, reading?: JournalReading): Promise<JournalLine[]> {
  const lines: JournalLine[] = [];
  for await (const line of readJournal(path, reading)) lines.push(line);
  return lines;
}

const joined = (index: number): JournalLine => ({
  kind: "workerJoined",
  workerId: `w${index}`,
  index,
  workers: index + 1,
});
const kinds = (lines: readonly JournalLine[]) => lines.map((line) => line.kind);

test("Journal keeps lines in order, in a folder that it makes", () =>
  inFolder(async (folder) => {
    const path = join(folder, "a/b/run.ndjson");
    const { journal } = await openJournal(path);
    for (let i = 0; i < 100; i++) {
      journal.record(joined(i));
      if (i % 7 === 0) void journal.flush();
    }
    await journal.close();
    const [header, ...rest] = await readAll(path);
    assert.deepEqual(header, {
      kind: "journalOpened",
      version: 3,
      program: "locust-ts 0.1.0",
      wallMs: 1_767_225_600_000,
    });
    assert.deepEqual(rest, Array.from({ length: 100 }, (_, i) => joined(i)));
    assert.equal(journal.failure, undefined);
  }));

test("Journal.flush() resolves when the lines are in the file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run.ndjson");
    const { journal } = await openJournal(path);
    journal.record(joined(0));
    await journal.flush();
    assert.equal(readFileSync(path, "utf8").split("\n").length, 3);
    await journal.close();
  }));

test("Journal.open() goes on after the last whole line", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run.ndjson");
    const first = await openJournal(path);
    first.journal.record(joined(0));
    first.journal.record(joined(1));
    await first.journal.close();
    appendFileSync(path, '{"kind":"workerJoi');
    const second = await openJournal(path, "append");
    second.journal.record(joined(2));
    await second.journal.close();
    const reading = createReading();
    assert.deepEqual(kinds(await readAll(path, reading)), [
      "journalOpened",
      "workerJoined",
      "workerJoined",
      "journalOpened",
      "workerJoined",
    ]);
    assert.deepEqual([reading.damagedLines, reading.isTorn, reading.lines], [0, false, 5]);
  }));

test("readJournal() leaves out a line that was cut anywhere", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run.ndjson");
    const { journal } = await openJournal(path);
    journal.record(joined(0));
    journal.record(joined(1));
    await journal.close();
    const whole = readFileSync(path, "utf8");
    const lastLine = whole.trimEnd().lastIndexOf("\n") + 1;
    for (let length = lastLine + 1; length < whole.length - 1; length++) {
      truncateSync(path, length);
      const reading = createReading();
      assert.deepEqual(kinds(await readAll(path, reading)), ["journalOpened", "workerJoined"]);
      assert.deepEqual(
        [reading.damagedLines, reading.isTorn, reading.lines, reading.bytes],
        [0, true, 2, lastLine],
      );
      writeFileSync(path, whole);
    }
  }));

test("readJournal() skips and counts damaged lines, and skips kinds of tomorrow", () =>
  inFolder(async (folder) => {
    const path = join(folder, "run.ndjson");
    const { journal } = await openJournal(path);
    await journal.close();
    appendFileSync(path, '\0\0\0\n{"kind":"fromTomorrow"}\n[1]\n' + JSON.stringify(joined(1)) + "\n");
    const reading = createReading();
    assert.deepEqual(kinds(await readAll(path, reading)), ["journalOpened", "workerJoined"]);
    assert.deepEqual([reading.damagedLines, reading.isTorn], [1, false]);
  }));

for (
  const [what, content, words] of [
    ["an empty file", "", /it is empty/],
    ["another file", '{"hello":1}\n', /its first line is not that of a journal/],
    ["a newer journal", '{"kind":"journalOpened","version":99,"program":"locust-ts 9"}\n', /version 99 .* locust-ts 9/],
  ] as const
) {
  test(`readJournal() refuses ${what} with a usage error`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "run.ndjson");
      writeFileSync(path, content);
      await assert.rejects(readAll(path), (error) => error instanceof UsageError && words.test(error.message));
    }));
}

test("readJournal() of a file that is not there is a usage error", () =>
  assert.rejects(readAll("/nowhere/run.ndjson"), /Cannot read the journal "\/nowhere\/run.ndjson": /));

test("Journal.open() where no file can be is an error that names the flag", () =>
  assert.rejects(
    openJournal("/dev/null/run.ndjson"),
    (error) => error instanceof LocustError && /Cannot write the journal .* --journal/.test(error.message),
  ));

test("Journal on a full disk tells it once and never rejects", async () => {
  const { journal, lines } = await openJournal("/dev/full");
  for (let i = 0; i < 5; i++) {
    journal.record(joined(i));
    await journal.flush();
  }
  await journal.close();
  assert.equal(lines.length, 1);
  assert.match(
    lines[0] ?? "",
    /Cannot write the journal "\/dev\/full": .*the disk is full \(ENOSPC\).*; the run continues/,
  );
  assert.notEqual(journal.failure, undefined);
});
