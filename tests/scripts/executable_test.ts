import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { hashSources, isExecutableFresh } from "../../scripts/executable.ts";

async function withTree(use: (root: string) => Promise<void>): Promise<void> {
  const root = await mkdtemp(join(tmpdir(), "locust-ts-executable-"));
  try {
    await mkdir(join(root, "src/a"), { recursive: true });
    await writeFile(join(root, "src/a/one.ts"), "1");
    await writeFile(join(root, "src/two.ts"), "2");
    await writeFile(join(root, "mod.ts"), "mod");
    await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const SOURCES = ["src", "mod.ts"];

test("hashSources() changes with content and with names, not with times", async () => {
  await withTree(async (root) => {
    const hash = await hashSources(root, SOURCES);
    await utimes(join(root, "mod.ts"), new Date(0), new Date(0));
    assert.equal(await hashSources(root, SOURCES), hash, "an older time");
    await writeFile(join(root, "src/a/one.ts"), "one");
    const changed = await hashSources(root, SOURCES);
    assert.notEqual(changed, hash, "other content");
    await writeFile(join(root, "src/a/three.ts"), "");
    assert.notEqual(await hashSources(root, SOURCES), changed, "one more file");
  });
});

test("hashSources() tells a name from a content", async () => {
  await withTree(async (root) => {
    await writeFile(join(root, "src/two.ts"), "");
    await writeFile(join(root, "src/a/one.ts"), "src/two.ts");
    const hash = await hashSources(root, SOURCES);
    await writeFile(join(root, "src/two.ts"), "src/two.ts");
    await writeFile(join(root, "src/a/one.ts"), "");
    assert.notEqual(await hashSources(root, SOURCES), hash);
  });
});

test("isExecutableFresh() is false where nothing has been built", async () => {
  await withTree(async (root) => assert.equal(await isExecutableFresh(root), false));
});
