import assert from "node:assert/strict";
import { test } from "node:test";
import { codeText, sentenceText } from "../../../src/report/markdown/markdown_text.ts";

for (
  const [title, text, expected] of [
    ["a usual name stays readable", "GET /items/{id}?page=*", "`GET /items/{id}?page=*`"],
    ["a bar cannot end a cell", "a|b", "<code>a&#124;b</code>"],
    ["a tag is no HTML", "<script>", "<code>&#60;script&#62;</code>"],
    ["a backtick ends no span", "a`b", "<code>a&#96;b</code>"],
    ["a line break ends no row", "a\nb", "<code>a&#92;x0ab</code>"],
    ["a right-to-left mark is shown", "a\u202eb", "<code>a&#92;u202eb</code>"],
    ["emoji and formulas stay", "=cmd() 🛒", "`=cmd() 🛒`"],
    ["a mention is code", "@team", "`@team`"],
  ] as const
) {
  test(`codeText(): ${title}`, () => assert.equal(codeText(text), expected));
}

test("sentenceText(): markup, mentions and links of texts from outside are plain text", () => {
  assert.equal(
    sentenceText("*a* | <b> @team https://x.test"),
    "&#42;a&#42; &#124; &#60;b&#62; @<!-- -->team https://<!-- -->x.test",
  );
});
