/**
 * Scopes of requests and checks with a tag: `tag region=eu`, `scenario checkout`, each perhaps with a row or checks
 * behind it: `tag region=eu GET /items`, `scenario checkout checks{has items}`. Names and values with a blank, a colon,
 * a comma or `=` have 'quotes' around them, in which two stand for one. Pure.
 */
import { SCENARIO_TAG } from "../../base/sample_tags.ts";

/** The requests with one value of a tag. */
export interface SplitName {
  readonly tag: string;
  readonly value: string;
}

/** What is wrong, and at which index of the text. */
interface ScopeProblem {
  readonly at: number;
  readonly expected: string;
}

const FORM = /^\s*(tag|scenario)\s+(?=\S)/;
const PLAIN = /^[^\s:,='][^\s:,=]*/;

/** The tag and value at the beginning of a text, and where they end. Undefined: the text begins with something else. */
export function scanSplitScope(
  text: string,
): { readonly split: SplitName; readonly end: number } | ScopeProblem | undefined {
  const form = FORM.exec(text);
  if (form === null || !/:|\schecks\b/.test(text)) return undefined;
  let at = form[0].length;
  let tag = SCENARIO_TAG;
  if (form[1] === "tag") {
    const name = readWord(text, at, "expected a tag and its value, as in region=eu");
    if ("expected" in name) return name;
    if (text[name.end] !== "=") return { at: name.end, expected: 'expected "=" and the value of the tag' };
    tag = name.text;
    at = name.end + 1;
  }
  const value = readWord(
    text,
    at,
    form[1] === "tag" ? "expected the value of the tag" : "expected the name of a scenario",
  );
  if ("expected" in value) return value;
  if (!/^(?:\s|:)/.test(text.slice(value.end))) {
    return { at: value.end, expected: "expected a blank or \":\"; a value with such a character needs 'quotes'" };
  }
  return { split: { tag, value: value.text }, end: value.end };
}

/** As an expression writes it. */
export function formatSplit({ tag, value }: SplitName): string {
  return tag === SCENARIO_TAG ? `scenario ${quote(value)}` : `tag ${quote(tag)}=${quote(value)}`;
}

function quote(text: string): string {
  return PLAIN.exec(text)?.[0] === text ? text : `'${text.replaceAll("'", "''")}'`;
}

function readWord(
  text: string,
  from: number,
  expected: string,
): { readonly text: string; readonly end: number } | ScopeProblem {
  if (text[from] !== "'") {
    const word = PLAIN.exec(text.slice(from))?.[0];
    return word === undefined ? { at: from, expected } : { text: word, end: from + word.length };
  }
  const quoted = /^'((?:[^']|'')*)'/.exec(text.slice(from));
  if (quoted === null) return { at: from, expected: "this quote is not closed" };
  return { text: (quoted[1] as string).replaceAll("''", "'"), end: from + quoted[0].length };
}
