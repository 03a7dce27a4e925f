/** The pages of the documentation, and the code blocks in them, for tests that hold them against the program. */
import { readdirSync, readFileSync } from "node:fs";

export interface Page {
  /** From the root: `docs/events.md`. */
  readonly path: string;
  readonly text: string;
}

export interface CodeBlock {
  readonly page: string;
  /** Of its first line of code, counted from 1. */
  readonly line: number;
  /** What stands behind the fence: `ts`, `sh` … */
  readonly language: string;
  readonly text: string;
}

/** Every Markdown page for users and contributors. */
export function readPages(): readonly Page[] {
  const inDocs = readdirSync("docs").filter((name) => name.endsWith(".md")).sort().map((name) => `docs/${name}`);
  const inRoot = readdirSync(".").filter((name) => name.endsWith(".md")).sort();
  return [...inRoot, ...inDocs].map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

export function findBlocks(page: Page): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  for (const match of page.text.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm)) {
    const line = page.text.slice(0, match.index).split("\n").length + 1;
    blocks.push({ page: page.path, line, language: match[1] ?? "", text: match[2] ?? "" });
  }
  return blocks;
}
