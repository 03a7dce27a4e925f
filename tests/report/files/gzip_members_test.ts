import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { endOfLastMember, packMember } from "../../../src/report/files/gzip_members.ts";
import { TempFolder } from "../../support/temp_folder.ts";

const encode = (text: string) => new TextEncoder().encode(text);

async function findEnd(path: string): Promise<number> {
  const file = await open(path, "r");
  try {
    return await endOfLastMember(file);
  } finally {
    await file.close();
  }
}

test("packMember() makes pieces that gunzip reads as one text", async () => {
  const pieces = await Promise.all(["one\n", "two\n".repeat(10_000), ""].map((text) => packMember(encode(text))));
  assert.equal(gunzipSync(Buffer.concat(pieces)).toString(), "one\n" + "two\n".repeat(10_000));
});

test("endOfLastMember() is the end of the last whole piece, wherever the file was cut", async () => {
  using folder = new TempFolder();
  const path = folder.at("lines.gz");
  const [first, second] = [await packMember(encode("first\n")), await packMember(encode("second\n"))];
  const whole = Buffer.concat([first, second]);
  for (let size = 0; size <= whole.length; size++) {
    writeFileSync(path, whole.subarray(0, size));
    const end = size === whole.length ? size : size >= first.length ? first.length : 0;
    assert.equal(await findEnd(path), end, `${size} of ${whole.length} bytes`);
  }
  truncateSync(path, first.length);
  appendFileSync(path, await packMember(encode("third\n")));
  assert.equal(gunzipSync(readFileSync(path)).toString(), "first\nthird\n");
});

test("endOfLastMember() is 0 in a file that others wrote", async () => {
  using folder = new TempFolder();
  const path = folder.at("lines.gz");
  writeFileSync(path, gzipSync("a text that is long enough for a header of ours\n"));
  assert.equal(await findEnd(path), 0);
});
