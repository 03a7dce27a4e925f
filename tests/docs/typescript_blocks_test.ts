import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { type CodeBlock, findBlocks, readPages } from "../support/doc_blocks.ts";

const DENO = join(process.cwd(), "node_modules/.bin/deno");
const CONFIG = join(process.cwd(), "deno.json");

/** Whole modules, as a reader would copy them. `tests/e2e/docs_blocks_test.ts` runs them. */
const blocks = readPages().flatMap(findBlocks).filter(({ language }) => language === "ts");

function nameOf(block: CodeBlock): string {
  return `${block.page.replace(/\W/g, "_")}_${block.line}.ts`;
}

function withFiles(use: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-docs-"));
  try {
    for (const block of blocks) writeFileSync(join(folder, nameOf(block)), block.text);
    use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runDeno(folder: string, args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const env = { ...process.env, NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(DENO, args, { cwd: folder, encoding: "utf8", env });
  return { status, output: `${stdout}${stderr}` };
}

test("documentation: there are TypeScript blocks to look at", () => assert.ok(blocks.length > 15, `${blocks.length}`));

test("documentation: every TypeScript block passes the type checker", () => {
  withFiles((folder) => {
    const { status, output } = runDeno(folder, ["check", "--quiet", "--config", CONFIG, ...blocks.map(nameOf)]);
    assert.equal(status, 0, output);
  });
});
