/** Splits the text of a list option into its items. Pure. */

/**
 * Words apart by commas, blanks or both: `a,c`, `a c`, `a, c`. Quotes keep a word with blanks together: `"a b", c`.
 */
export function splitWords(text: string): readonly string[] {
  return split(text, /"([^"]*)"|'([^']*)'|([^\s,]+)/g);
}

/** Items apart by commas; blanks belong to the items. */
export function splitAtCommas(text: string): readonly string[] {
  return split(text, /\s*(?:"([^"]*)"|'([^']*)'|([^,]+))\s*/g);
}

/** `--config-users`: JSON as it is, or names of `*.json` files. */
export function splitJsonOrFiles(text: string): readonly string[] {
  if (/^\s*[[{]/.test(text)) return [text];
  return text.split(/(?<=\.json)[\s,]+/i).map((part) => part.trim()).filter((part) => part !== "");
}

function split(text: string, item: RegExp): readonly string[] {
  return [...text.matchAll(item)].map(([, double, single, bare]) => (double ?? single ?? bare ?? "").trim())
    .filter((part) => part !== "");
}
