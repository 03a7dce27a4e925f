import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { describeKind, describeUnreadable, describeUnwritable } from "../../src/base/given_file.ts";

let folder: string;
before(() => folder = mkdtempSync(join(tmpdir(), "locust-ts-given-")));
after(() => rmSync(folder, { recursive: true }));

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (thrown) {
    return thrown;
  }
  return assert.fail("nothing was thrown");
}

describe("describeUnreadable()", () => {
  test("names a missing file, a folder and a path through a file", () => {
    writeFileSync(join(folder, "file"), "");
    const readingOf = (path: string) => describeUnreadable(thrownBy(() => readFileSync(join(folder, path), "utf8")));
    assert.equal(readingOf("missing"), "there is no such file; check the path");
    assert.equal(readingOf("."), "it is a folder; name a file in it");
    assert.equal(readingOf("file/below"), "a part of its path is not a folder; check the path");
  });

  test("names permissions, and what it does not know by its own words", () => {
    const denied = Object.assign(new Error("EACCES: permission denied, open 'x'"), { code: "EACCES" });
    assert.equal(describeUnreadable(denied), "this user may not read it; change its permissions");
    const other = Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" });
    assert.equal(describeUnreadable(other), "Error: EIO: i/o error, read; check the path");
  });
});

describe("describeUnwritable()", () => {
  test("names a full disk, a folder and a path through a file, with the system's code", () => {
    writeFileSync(join(folder, "plain"), "");
    const writingOf = (path: string) => describeUnwritable(thrownBy(() => writeFileSync(path, "text")));
    assert.equal(writingOf(folder), "it is a folder (EISDIR)");
    assert.equal(writingOf(join(folder, "plain/below")), "a part of its path is not a folder (ENOTDIR)");
    assert.equal(writingOf(join(folder, "none/below")), "a folder of its path is missing (ENOENT)");
    if (existsSync("/dev/full")) assert.equal(writingOf("/dev/full"), "the disk is full (ENOSPC)");
  });

  test("leaves what it does not know in its own words", () => {
    assert.equal(describeUnwritable(new RangeError("too long")), "RangeError: too long");
  });
});

test("describeKind() accepts a file, and nothing that cannot be read twice", () => {
  writeFileSync(join(folder, "whole"), "");
  assert.equal(describeKind(statSync(join(folder, "whole"))), undefined);
  assert.equal(describeKind(statSync(folder)), "it is a folder; name a file in it");
  const pipe = { isFile: () => false, isDirectory: () => false };
  assert.equal(describeKind(pipe), "it is a pipe or a device; write it to a file and name that");
});
