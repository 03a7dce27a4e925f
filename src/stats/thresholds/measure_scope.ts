/**
 * Scopes of checks, metrics and transactions: `checks`, `checks{has items}`, `transactions{checkout*}`,
 * `metrics{time to paint}`. A name holds everything up to `}`; one with `}` in it has 'quotes' around it, in which two
 * stand for one. Pure.
 */
import { MEASURE_FAMILIES, type MeasureFamily, type MeasureScope } from "./threshold.ts";

/** What is wrong, and at which index of the text. */
export interface ScopeProblem {
  readonly at: number;
  readonly expected: string;
}

const FORM = new RegExp(`^\\s*(${MEASURE_FAMILIES.join("|")})(?![\\w*-])`);

/** The scope at the beginning of a text, and where it ends. Undefined: the text begins with something else. */
export function scanMeasureScope(
  text: string,
): { readonly scope: MeasureScope; readonly end: number } | ScopeProblem | undefined {
  const form = FORM.exec(text);
  if (form === null) return undefined;
  const of = form[1] as MeasureFamily;
  const open = form[0].length;
  if (text[open] !== "{") {
    // A row of this name, with a blank or a slash behind it, is a row.
    if (!/^\s*[:<>+-]/.test(text.slice(open))) return undefined;
    if (of === "metrics") return { at: open, expected: 'expected "{" and the name of a metric' };
    return { scope: { kind: "measures", of, match: "all", text: "" }, end: open };
  }
  const name = text[open + 1] === "'" ? readQuoted(text, open + 1) : readPlain(text, open + 1);
  if ("expected" in name) return name;
  if (text[name.end] !== "}") return { at: name.end, expected: 'expected "}"' };
  if (name.text === "") return { at: open + 1, expected: "expected a name" };
  const needsQuotes = name.isQuoted ? undefined : judgePlain(text, of, open + 1, name);
  if (needsQuotes !== undefined) return needsQuotes;
  const scope = readName(of, name.text, name.isQuoted);
  if (of === "metrics" && scope.match !== "exact") {
    return { at: open + 1, expected: "expected the name of one metric; a name that ends in \"*\" needs 'quotes'" };
  }
  return { scope, end: name.end + 1 };
}

function readName(of: MeasureFamily, text: string, isQuoted: boolean): MeasureScope {
  if (isQuoted) return { kind: "measures", of, match: "exact", text };
  if (text === "*") return { kind: "measures", of, match: "each", text: "" };
  if (text.endsWith("*")) return { kind: "measures", of, match: "prefix", text: text.slice(0, -1) };
  return { kind: "measures", of, match: "exact", text };
}

interface ReadName {
  readonly text: string;
  /** Behind its last character or quote. */
  readonly end: number;
  readonly isQuoted: boolean;
}

function readPlain(text: string, from: number): ReadName | ScopeProblem {
  const end = text.indexOf("}", from);
  if (end < 0) return { at: from - 1, expected: "this brace is not closed" };
  return { text: text.slice(from, end).trim(), end, isQuoted: false };
}

/** A brace that another one follows before the operator was no end; and k6 has tags there. */
function judgePlain(
  text: string,
  of: MeasureFamily,
  from: number,
  { text: name, end }: ReadName,
): ScopeProblem | undefined {
  const alone = /^(?:check|group):+(.+)$/.exec(name)?.[1];
  if (alone !== undefined) {
    return {
      at: from,
      expected: `expected ${of}{${alone}}; a name that begins with "check:" or "group:" needs 'quotes'`,
    };
  }
  const last = text.lastIndexOf("}");
  if (last === end || /^\s*[:<>+-]/.test(text.slice(end + 1)) || !/^\s*[:<>+-]/.test(text.slice(last + 1))) {
    return undefined;
  }
  const whole = text.slice(from, last).trim().replace(/^"(.*)"$/, "$1").replaceAll("'", "''");
  return { at: end, expected: `a name with "}" in it needs 'quotes': ${of}{'${whole}'}` };
}

function readQuoted(text: string, open: number): ReadName | ScopeProblem {
  let content = "";
  for (let at = open + 1; at < text.length; at++) {
    if (text[at] !== "'") content += text[at];
    else if (text[at + 1] === "'") content += text[at++];
    else return { text: content, end: at + 1, isQuoted: true };
  }
  return { at: open, expected: "this quote is not closed" };
}
