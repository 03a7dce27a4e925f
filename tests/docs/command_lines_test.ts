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

const lines: readonly DocumentedLine[] = readPages().flatMap(findBlocks)
  .filter((block) => ["sh", "bash", "console"].includes(block.language))
  .flatMap((block) =>
    block.text.replaceAll("\\\n", " ").split("\n").flatMap((line, index) => {
      const argv = readLine(line);
      return argv === undefined ? [] : [{ where: `${block.page}:${block.line + index}`, argv }];
    })
  );

test("documentation: there are command lines to look at", () => assert.ok(lines.length > 5, `${lines.length}`));

for (const { where, argv } of lines) {
  test(`documentation: the command line at ${where} is understood`, () => {
    const command = parseCommandLine({ argv, env: {}, configs: [] });
    assert.deepEqual(command.kind === "problems" ? command.problems : [], []);
  });
}
