/**
 * Command lines that are not run (`tests/e2e/docs_blocks_test.ts` runs the others) are understood at least: those in blocks with a reason not
 * to, and those within a sentence.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCommandLine } from "../../src/cli/options/parse_command_line.ts";
import { findBlocks, readPages } from "../support/doc_blocks.ts";

interface DocumentedLine {
  readonly where: string;
  readonly argv: readonly string[];
}

/** `LOCUST_X=1 dist/locust-ts run … # why` → `run …`; undefined for lines of other programs. */
function readLine(line: string): readonly string[] | undefined {
  const match = /^(?:\$ )?(?:\w+=\S+ )*(?:dist\/)?locust-ts(?: +(.*))?$/.exec(line.replace(/\s+#.*$/, "").trim());
  if (match === null) return undefined;
  const words = match[1] ?? "";
  return [...words.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((word) => word[1] ?? word[2] ?? word[3] ?? "")
    .filter((word) => word !== "&");
}

/** Blocks with their reason not to be run, and the code within sentences. */
const shown: readonly { readonly where: string; readonly line: number; readonly text: string }[] = readPages().flatMap(
  (page) => {
    const blocks = findBlocks(page).filter(({ language, note }) => language === "sh" && note?.kind === "not run");
    const sentences = [
      ...page.text.replace(/^ *```[\s\S]*?^ *```$/gm, (block) => block.replace(/./g, "")).matchAll(/`([^`\n]+)`/g),
    ];
    return [
      ...blocks.map(({ line, text }) => ({ where: page.path, line, text })),
      ...sentences.map(({ 1: text = "", index }) => ({
        where: page.path,
        line: page.text.slice(0, index).split("\n").length,
        text,
      })),
    ];
  },
);

const lines: readonly DocumentedLine[] = shown.flatMap(({ where, line, text }) =>
  text.replaceAll("\\\n", " ").split("\n").flatMap((each, index) => {
    const argv = /…|\[|\||\b[A-Z]{2,}\b/.test(each) ? undefined : readLine(each); // parts left out, or words that stand for others
    return argv === undefined || argv.length < 2 ? [] : [{ where: `${where}:${line + index}`, argv }];
  })
);

test("documentation: there are command lines to look at", () => assert.ok(lines.length > 5, `${lines.length}`));

for (const { where, argv } of lines) {
  test(`documentation: the command line at ${where} is understood`, () => {
    const command = parseCommandLine({ argv, env: {}, configs: [] });
    assert.deepEqual(command.kind === "problems" ? command.problems : [], []);
  });
}
