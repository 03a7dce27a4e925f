/**
 * Reads the scope at the beginning of a threshold: rows, a tag or scenario, or measures. The grammar is in
 * `parse_threshold.ts`.
 */
import { findForeignMetric } from "./foreign_metrics.ts";
import { scanMeasureScope } from "./measure_scope.ts";
import { scanSplitScope } from "./split_scope.ts";
import type { TextCursor } from "./text_cursor.ts";
import { type MeasureScope, readScopeText, type ThresholdScope } from "./threshold.ts";

/** A scope of measures, and whether conditions follow at once: `checks > 99%` is about the rate of passes. */
export interface FoundMeasures {
  readonly scope: MeasureScope;
  readonly implied: "rate" | undefined;
}

/** `operators`: what may follow checks at once. */
export function readMeasureScope(
  cursor: TextCursor,
  operators = { first: /[<>]/, words: '"<", "<=", ">", ">="' },
): FoundMeasures | undefined {
  const scope = scanMeasures(cursor);
  if (scope === undefined) return undefined;
  cursor.skipBlanks();
  if (cursor.next === ":") {
    cursor.at++;
    return { scope, implied: undefined };
  }
  if (scope.of !== "checks") cursor.fail(cursor.at, 'expected ":" and a statistic, as in ": p95 < 2s"');
  if (!operators.first.test(cursor.next ?? "")) {
    cursor.fail(cursor.at, `expected ${operators.words} or ":" and a statistic`);
  }
  return { scope, implied: "rate" };
}

export function readScope(cursor: TextCursor): ThresholdScope {
  const split = scanSplitScope(cursor.text);
  if (split !== undefined && "expected" in split) return cursor.fail(split.at, split.expected);
  if (split === undefined) return readRows(cursor);
  cursor.at = split.end;
  cursor.skipBlanks();
  if (cursor.next === ":") {
    cursor.at++;
    return { kind: "total", split: split.split };
  }
  const start = cursor.at;
  const found = scanScope(cursor);
  if (found === undefined) return cursor.fail(start, 'expected ":" and a condition, or a row and ":"');
  return { ...readScopeText(found), split: split.split };
}

/** Undefined: it begins with something else. */
function scanMeasures(cursor: TextCursor): MeasureScope | undefined {
  const split = scanSplitScope(cursor.text);
  const hasTag = split !== undefined && "split" in split;
  const from = hasTag ? split.end : 0;
  const found = scanMeasureScope(cursor.text.slice(from));
  if (found === undefined) return undefined;
  if ("expected" in found) return cursor.fail(from + found.at, found.expected);
  if (hasTag && found.scope.of !== "checks") {
    return cursor.fail(from + 1, `expected a row or checks: ${found.scope.of} have no tags`);
  }
  cursor.at = from + found.end;
  return { ...found.scope, ...(hasTag ? { split: split.split } : {}) };
}

function readRows(cursor: TextCursor): ThresholdScope {
  cursor.skipBlanks();
  const start = cursor.at;
  const foreign = findForeignMetric(cursor.text);
  if (foreign !== undefined) {
    cursor.fail(
      start,
      `expected ${foreign.ours}: there is no "${foreign.name}" here (a row of this name needs 'quotes')`,
    );
  }
  const found = scanScope(cursor);
  if (found === undefined) {
    cursor.at = start;
    return { kind: "total" };
  }
  if (found === "") cursor.fail(start, 'expected a scope before ":": a name, METHOD and name, or "*"');
  return readScopeText(found);
}

/** The text before the colon that ends the scope, without its quotes; undefined where there is no scope. */
function scanScope(cursor: TextCursor): string | undefined {
  let scope = "";
  let mayQuote = true; // at the start, and after METHOD and a blank
  let comma: number | undefined;
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const character = cursor.next as string;
    if (character === "'" && mayQuote) {
      scope += readQuoted(cursor);
      mayQuote = false;
      continue;
    }
    if (character === ":") {
      if (comma !== undefined) return judgeComma(cursor, comma);
      cursor.at++;
      return scope.trim();
    }
    if (character === ",") comma ??= cursor.at;
    mayQuote = character === " " && /^\S+$/.test(scope.trimStart());
    scope += character;
  }
  return undefined;
}

/** Called at an opening quote; leaves the reader on the closing one. Two quotes stand for one. */
function readQuoted(cursor: TextCursor): string {
  const open = cursor.at;
  let content = "";
  for (let at = open + 1; at < cursor.text.length; at++) {
    if (cursor.text[at] !== "'") content += cursor.text[at];
    else if (cursor.text[at + 1] === "'") content += cursor.text[at++];
    else {
      cursor.at = at;
      return content;
    }
  }
  return cursor.fail(open, "this quote is not closed");
}

/**
 * A comma before the colon: either a condition precedes it, which the conditions' parser reads on from, or a name needs
 * quotes.
 */
function judgeComma(cursor: TextCursor, comma: number): undefined {
  if (/^\s*[a-z_]+[\d.()]*\s*[<>]/.test(cursor.text)) return undefined;
  return cursor.fail(comma, "a name with a comma needs 'quotes'");
}
