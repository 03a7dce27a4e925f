import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutCommands, withoutCommandsInJson } from "../../../src/cli/terminal/harmless_output.ts";
import type { TextOutput } from "../../../src/cli/terminal/text_output.ts";

/** A line as GitHub's runner reads it: blanks before `::` are skipped, `##[` counts anywhere. */
const isCommand = (line: string) => /^[\s\x85]*::/.test(line) || line.includes("##[");

function collect(): { readonly output: TextOutput; text(): string } {
  let text = "";
  const write = (part: string) => void (text += part);
  return {
    output: {
      write,
      command: write,
      isTty: false,
      columns: () => 80,
      rows: () => 24,
      onResize: () => () => {},
      flush: () => Promise.resolve(),
      closed: false,
      problem: undefined,
    },
    text: () => text,
  };
}

const HOSTILE = [
  "::error::pwned\n",
  "  \t::set-output name=a::b\n",
  "before\r\n::add-mask::x\n",
  "a\r::stop-commands::x\r",
  "\x85\u2003::error::x\n",
  "a ##[error]b ##[group]c\n",
  "###[command]x\n",
];

for (const text of HOSTILE) {
  test(`withoutCommands() makes words of ${JSON.stringify(text)}, in any parts, and adds nothing that is seen`, () => {
    for (let at = 0; at <= text.length; at++) {
      const { output, text: written } = collect();
      const safe = withoutCommands(output);
      safe.write(text.slice(0, at));
      safe.write("");
      safe.write(text.slice(at));
      assert.deepEqual(written().split(/[\n\r]/).filter(isCommand), [], `parts at ${at}`);
      assert.equal(written().replaceAll("\u200b", ""), text);
    }
  });
}

test("withoutCommands() leaves other texts as they are, and annotations of our own pass", () => {
  const { output, text } = collect();
  const safe = withoutCommands(output);
  const plain = "GET a::b  ## [x] #[y] : :\nRun ended\n std::vector\n";
  safe.write(plain);
  safe.command("::error::ours\n");
  safe.write("::error::theirs\n");
  assert.equal(text(), `${plain}::error::ours\n:\u200b:error::theirs\n`);
});

test("withoutCommands() after a very long line without an end: what follows is not a beginning", () => {
  const { output, text } = collect();
  const safe = withoutCommands(output);
  safe.write("x".repeat(5000));
  safe.write("::no command\n::one\n");
  assert.ok(text().endsWith("x::no command\n:\u200b:one\n"));
});

test("withoutCommandsInJson() has the same values", () => {
  const value = { name: "##[error] ###[x] ::y", "##[key]": ["##[", "#", "["] };
  const json = withoutCommandsInJson(JSON.stringify(value, null, 2));
  assert.ok(!json.split("\n").some(isCommand), json);
  assert.deepEqual(JSON.parse(json), value);
});
