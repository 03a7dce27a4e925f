/** Text for XML 1.0. Characters that XML forbids even as references are shown as visible escapes. Pure. */
import { escapeControls } from "../../base/text/text.ts";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

/** Text for an attribute in double quotes. Line breaks and tabs stay what they are: a parser would make blanks of bare ones. */
export function xmlAttribute(text: string): string {
  return toXmlCharacters(text).replace(/[&<>"'\n\r\t]/g, (each) => ENTITIES[each] ?? each);
}

/** Text between tags. */
export function xmlContent(text: string): string {
  return toXmlCharacters(text).replace(/[&<>\r]/g, (each) => ENTITIES[each] ?? each);
}

/**
 * XML 1.0 has tab, line feed and carriage return, and no other control character, no half of a pair, and no U+FFFE and
 * U+FFFF.
 */
function toXmlCharacters(text: string): string {
  return text.split(/([\t\n\r])/).map((part, i) => i % 2 === 1 ? part : escapeControls(part)).join("")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g, toEscape);
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16)}`;
}
