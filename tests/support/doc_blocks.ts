/**
 * The pages of the documentation, and the code blocks in them, for tests that hold them against the program. A comment above a block, which
 * readers do not see, says how the block is tried, or why it is not: `<!-- not run: needs a Kubernetes cluster -->`.
 */
import { readdirSync, readFileSync } from "node:fs";

export interface Page {
  /** From the root: `docs/events.md`. */
  readonly path: string;
  readonly text: string;
}

/** How blocks with a comment are tried; `tests/e2e/docs_blocks_test.ts` does it. */
export const NOTE_KINDS = [
  "not run",
  "loaded only",
  "any system",
  "program",
  "side by side",
  "with the web UI",
  "output of",
  "read as",
  "file",
] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

export interface BlockNote {
  readonly kind: NoteKind;
  /** A reason, a command, a format: what stands behind the colon. */
  readonly text: string;
}

export interface CodeBlock {
  readonly page: string;
  /** Of its first line of code, counted from 1. */
  readonly line: number;
  /** What stands behind the fence: `ts`, `sh` … or nothing. */
  readonly language: string;
  /** Without the indent of its fence. */
  readonly text: string;
  readonly note?: BlockNote;
}

/** Every Markdown page for users and contributors. */
export function readPages(): readonly Page[] {
  const inDocs = readdirSync("docs").filter((name) => name.endsWith(".md")).sort().map((name) => `docs/${name}`);
  const inRoot = readdirSync(".").filter((name) => name.endsWith(".md")).sort();
  return [...inRoot, ...inDocs].map((path) => ({ path, text: readFileSync(path, "utf8") }));
}

/** @throws for a comment above a block that is none of the kinds */
export function findBlocks(page: Page): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  for (const match of page.text.matchAll(/^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```$/gm)) {
    const [, indent = "", language = "", text = ""] = match;
    const before = page.text.slice(0, match.index);
    const line = before.split("\n").length + 1;
    const unindented = text.split("\n").map((each) => each.startsWith(indent) ? each.slice(indent.length) : each);
    const note = readNote(before, `${page.path}:${line}`);
    blocks.push({
      page: page.path,
      line,
      language,
      text: unindented.join("\n"),
      ...(note === undefined ? {} : { note }),
    });
  }
  return blocks;
}

function readNote(before: string, where: string): BlockNote | undefined {
  const comment = /<!-- ([^\n]*?) -->\s*$/.exec(before)?.[1];
  if (comment === undefined) return undefined;
  const kind = NOTE_KINDS.find((each) => comment === each || comment.startsWith(`${each}: `));
  if (kind === undefined) throw new Error(`${where}: a block cannot be tried as "${comment}"`);
  return { kind, text: comment.slice(kind.length + 2) };
}
