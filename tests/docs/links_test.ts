import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { readPages } from "../support/doc_blocks.ts";

/** What a heading is called in a URL. */
function anchorOf(heading: string): string {
  return heading.trim().toLowerCase().replace(/[^\w\s-]/g, "").replaceAll(" ", "-");
}

function anchorsOf(text: string): ReadonlySet<string> {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  return new Set([...prose.matchAll(/^#+ (.+)$/gm)].map((match) => anchorOf(match[1] ?? "")));
}

for (const page of readPages()) {
  test(`documentation: every link of ${page.path} leads somewhere`, () => {
    const prose = page.text.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
    const broken: string[] = [];
    for (const [, target = ""] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = "", anchor] = target.split("#");
      const file = path === "" ? page.path : join(dirname(page.path), path);
      if (!existsSync(file)) broken.push(target);
      else if (anchor !== undefined && !anchorsOf(readFileSync(file, "utf8")).has(anchor)) broken.push(target);
    }
    assert.deepEqual(broken, []);
  });
}

test("documentation: what it names in `src/`, `scripts/`, `examples/` and `docs/` exists", () => {
  const missing: string[] = [];
  for (const page of readPages()) {
    for (const [, path = ""] of page.text.matchAll(/`((?:src|scripts|examples|docs|tests)\/[\w./-]+)`/g)) {
      if (!existsSync(path)) missing.push(`${page.path}: ${path}`);
    }
  }
  assert.deepEqual(missing, []);
});
