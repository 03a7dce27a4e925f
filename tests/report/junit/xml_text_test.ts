import assert from "node:assert/strict";
import { test } from "node:test";
import { xmlAttribute, xmlContent } from "../../../src/report/junit/xml_text.ts";

for (
  const [title, text, expected] of [
    ["markup is escaped", `<a b="c'">&`, "&lt;a b=&quot;c&apos;&quot;&gt;&amp;"],
    ["line breaks survive a parser", "a\nb\tc\rd", "a&#10;b&#9;c&#13;d"],
    ["forbidden control characters are shown", "a\0b\x1bc\x85", "a\\x00b\\x1bc\\x85"],
    ["half a pair and non-characters are shown", "a\ud800b\udc00\uffff", "a\\ud800b\\udc00\\uffff"],
    ["emoji stay whole", "🛒", "🛒"],
  ] as const
) {
  test(`xmlAttribute(): ${title}`, () => assert.equal(xmlAttribute(text), expected));
}

test("xmlContent(): no end of a CDATA section, no tag, no forbidden character", () => {
  assert.equal(xmlContent("]]>\n<\x07"), "]]&gt;\n&lt;\\x07");
});
