/**
 * Every code block of the documentation, tried as a reader would: modules are run, commands typed, data read. A block that cannot be tried here
 * says why in a comment above it. Pages are tried side by side, the blocks of a page one after the other in one folder.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findBlocks, readPages } from "../support/doc_blocks.ts";
import { makePageFolder, startSystems, type Systems } from "../support/docs/page_folder.ts";
import { type Problems, tryBlock, writeFilesOf } from "../support/docs/try_block.ts";
import { requireTool } from "../support/requirements.ts";

/** Two would leave a core idle while a block waits for its run to end. */
const PAGES_AT_ONCE = 4;

const skip = requireTool("bash", "curl", "jq", "timeout");
const pages = readPages().map((page) => ({ path: page.path, blocks: findBlocks(page) }))
  .filter(({ blocks }) => blocks.length > 0);
const wrong = new Map<string, Problems>();
let systems: Systems;

before(async () => {
  if (skip !== false) return;
  systems = await startSystems();
  const waiting = [...pages];
  const work = async () => {
    for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) {
      const folder = makePageFolder(systems);
      writeFilesOf(page.blocks, { systems, folder });
      for (const block of page.blocks) {
        wrong.set(`${page.path}:${block.line}`, await tryBlock(block, { systems, folder }));
      }
    }
  };
  await Promise.all(Array.from({ length: PAGES_AT_ONCE }, work));
});
after(() => systems?.[Symbol.asyncDispose]());

for (const { path, blocks } of pages) {
  for (const block of blocks) {
    const way = block.note === undefined ? "" : ` (${block.note.kind})`;
    test(`${path}:${block.line}: the ${block.language} block${way}`, { skip }, () => {
      assert.deepEqual(wrong.get(`${path}:${block.line}`), []);
    });
  }
}

test("there are blocks of every kind to try", { skip }, () => {
  const languages = new Set(pages.flatMap(({ blocks }) => blocks).map(({ language }) => language));
  for (const language of ["ts", "sh", "yaml"]) assert.ok(languages.has(language), language);
});
