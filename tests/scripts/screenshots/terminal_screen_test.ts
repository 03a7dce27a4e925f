import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formatTerminalPage } from "../../../scripts/screenshots/terminal_page.ts";
import { TerminalScreen } from "../../../scripts/screenshots/terminal_screen.ts";

function show(...texts: readonly string[]) {
  const screen = new TerminalScreen();
  for (const text of texts) screen.write(text);
  return screen.lines();
}

const textOf = (...texts: readonly string[]) => show(...texts).map((spans) => spans.map(({ text }) => text).join(""));

describe("TerminalScreen", () => {
  for (
    const [sentence, text, lines] of [
      ["keeps lines", "a\r\nb\r\n", ["a", "b"]],
      ["writes over what is there", "hello\rj", ["jello"]],
      ["goes up and takes the rest of the line away", "one\r\ntwo\r\n\x1b[2A\rx\x1b[K\r\n", ["x", "two"]],
      ["goes up one line without a number, and never above the first", "a\r\n\x1b[A\x1b[9Ab", ["b"]],
      ["fills up to the column", "abc\n\x1b[32md\x1b[0m", ["abc", "   d"]],
      ["leaves empty lines at the end away", "a\r\n\r\n\x1b[K\r\n", ["a"]],
    ] as const
  ) {
    test(sentence, () => assert.deepEqual(textOf(text), lines));
  }
  test("keeps colours, bold and dim up to their end, over several writes", () => {
    assert.deepEqual(show("\x1b[1mT\x1b[0m \x1b[31mre", "d\x1b[2m!\x1b[0m."), [[
      { text: "T", style: { isBold: true } },
      { text: " ", style: {} },
      { text: "red", style: { colour: "red" } },
      { text: "!", style: { colour: "red", isDim: true } },
      { text: ".", style: {} },
    ]]);
  });
  test("throws at what it does not know", () => {
    assert.throws(() => show("\x1b[2J"), /Cannot draw the sequence "CSI 2J"/);
    assert.throws(() => show("\x1b[45m"), /Cannot draw the style 45/);
    assert.throws(() => show("\t"), /Cannot draw the control character "\\t"/);
  });
});

test("formatTerminalPage() escapes text and sets styles", () => {
  const page = formatTerminalPage([[{ text: "<b> & c", style: { colour: "red", isBold: true } }], [{
    text: "d",
    style: {},
  }]]);
  assert.match(page, /<pre><b><span style="color: #ff7b72">&lt;b> &amp; c<\/span><\/b>\nd<\/pre>/);
});
