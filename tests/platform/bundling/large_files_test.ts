import assert from "node:assert/strict";
import { readFileSync, statSync, utimesSync } from "node:fs";
import { test } from "node:test";
import { PART_BYTES, readPart, receiveFile } from "../../../src/platform/bundling/large_files.ts";
import { TempFolder } from "../../support/temp_folder.ts";

/** A file of two and a half parts. */
function openFolder() {
  const bytes = Uint8Array.from({ length: PART_BYTES * 2.5 }, (_, i) => i * 31 % 251);
  const folder = new TempFolder({ "data/all.csv": bytes });
  const { size, mtimeMs: changedMs } = statSync(folder.at("data/all.csv"));
  return { folder, bytes, file: { path: "data/all.csv", size, changedMs } };
}

test("receiveFile() writes what readPart() gives, part by part", async () => {
  const { folder, bytes, file } = openFolder();
  using elsewhere = new TempFolder({});
  const asked: number[] = [];
  const progress: number[] = [];
  await receiveFile(file, elsewhere.at("deep/down/all.csv"), (offset) => {
    asked.push(offset);
    return readPart(folder.path, [file], file.path, offset);
  }, (done) => progress.push(done));
  assert.deepEqual(asked, [0, PART_BYTES, PART_BYTES * 2]);
  assert.deepEqual(progress, [PART_BYTES, PART_BYTES * 2, bytes.length]);
  assert.ok(readFileSync(elsewhere.at("deep/down/all.csv")).equals(bytes));
  folder[Symbol.dispose]();
});

test("readPart() refuses a file that is not one of them, and one that was changed or is gone", async () => {
  const { folder, file } = openFolder();
  await assert.rejects(readPart(folder.path, [file], "../secret.csv", 0), /it is no data file of the locustfile/);
  utimesSync(folder.at("data/all.csv"), 1, 1);
  await assert.rejects(readPart(folder.path, [file], file.path, 0), {
    message: /^Cannot ship the data file "data\/all.csv" to workers: it was changed since .*; restart the master$/,
    code: "large_file",
  });
  folder[Symbol.dispose]();
  await assert.rejects(readPart(folder.path, [file], file.path, 0), /put it back, and restart the master/);
});

test("receiveFile() fails on parts that do not make the file, and where it cannot write", async () => {
  using folder = new TempFolder({ "plain.txt": "a file and no folder" });
  const file = { path: "all.csv", size: 10, changedMs: 1 };
  const parts = (length: number) => () => Promise.resolve(new Uint8Array(length));
  for (const length of [0, 11]) {
    const received = receiveFile(file, folder.at("all.csv"), parts(length), () => {});
    await assert.rejects(received, /its part from 0 on has \d+ bytes, and the file has 10/);
  }
  await assert.rejects(receiveFile(file, folder.at("plain.txt/all.csv"), parts(10), () => {}), {
    message: /^Cannot keep the data file "all.csv" of the master: /,
    code: "large_file",
  });
});
