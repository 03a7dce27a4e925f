/** Finds the messages of a form in source text: string and template literals, with `…` for what is put in at run time. */

/** The literals that begin with the word, in the order of the text; comments are left out. */
export function findMessages(source: string, firstWord: string): readonly string[] {
  const messages: string[] = [];
  const literal = new RegExp(`["'\`]${firstWord} `, "g");
  for (const { index } of source.matchAll(literal)) {
    const lineStart = source.lastIndexOf("\n", index) + 1;
    if (!/^\s*(?:\*|\/\/|\/\*\*)/.test(source.slice(lineStart, index))) messages.push(readLiteral(source, index));
  }
  return messages;
}

function readLiteral(source: string, start: number): string {
  const quote = source[start];
  let text = "";
  for (let at = start + 1; at < source.length && source[at] !== quote; at++) {
    if (source[at] === "\\") text += source[++at];
    else if (quote === "`" && source.startsWith("${", at)) {
      at = endOfHole(source, at + 2);
      text += "…";
    } else text += source[at];
  }
  return text;
}

/** The index of the brace that closes a `${`. */
function endOfHole(source: string, start: number): number {
  let depth = 1;
  let at = start;
  while (depth > 0 && at < source.length) {
    if (source[at] === "{") depth++;
    if (source[at] === "}") depth--;
    at++;
  }
  return at - 1;
}
