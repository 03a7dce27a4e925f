/**
 * Parses a threshold: `[SCOPE ":"] CONDITION {"," CONDITION} ["," "abort"]`. Pure.
 *
 * ```
 * SCOPE     = METHOD " " NAME | NAME | "*"      'quotes' around a name that has ":" or ","; a NAME may end in "*"
 *           | ("tag" NAME "=" VALUE | "scenario" NAME) [" " SCOPE]       of rows or checks           `split_scope.ts`
 *           | "checks" | "transactions" | ("checks" | "transactions" | "metrics") "{" NAME "}"      `measure_scope.ts`
 * CONDITION = STATISTIC OP VALUE [UNIT] ["over" TIME] ["after" TIME]
 * ```
 *
 * Blanks are free around operators. An error names the first character that is wrong and what was expected there.
 */
import { scanMeasureScope } from "./measure_scope.ts";
import { readConditions } from "./read_conditions.ts";
import { readMeasureScope, readScope } from "./read_scope.ts";
import { scanSplitScope } from "./split_scope.ts";
import { TextCursor } from "./text_cursor.ts";
import type { Threshold, ThresholdScope } from "./threshold.ts";

/** A threshold as an object of a locustfile. */
export interface ThresholdObject {
  readonly scope?: string;
  readonly condition: string;
  readonly abort?: boolean;
}

/** @throws {ThresholdSyntaxError} */
export function parseThreshold(text: string): Threshold {
  const cursor = new TextCursor(text);
  const measures = readMeasureScope(cursor);
  const scope = measures?.scope ?? readScope(cursor);
  return { expression: text.trim(), scope, ...readConditions(cursor, measures) };
}

/**
 * The scope at the beginning of an expression, and where what follows it begins. `implied`: the statistic, where none
 * has to follow.
 * @throws {ThresholdSyntaxError}
 */
export function readScopePrefix(
  text: string,
): { readonly scope: ThresholdScope; readonly end: number; readonly implied: "rate" | undefined } {
  const cursor = new TextCursor(text);
  const measures = readMeasureScope(cursor, { first: /[+-]/, words: '"+", "-"' });
  const scope = measures?.scope ?? readScope(cursor);
  return { scope, end: cursor.at, implied: measures?.implied };
}

/** The expression of an object: its scope and its condition are parts of the same grammar. */
export function toExpression({ scope, condition, abort }: ThresholdObject): string {
  const prefix = scope === undefined || scope === "" ? "" : `${quoteScope(scope)}: `;
  const suffix = abort === true && !/,\s*abort\s*$/.test(condition) ? ", abort" : "";
  return `${prefix}${condition}${suffix}`;
}

/** The scope as an expression writes it: in quotes where it has a character that ends a scope. */
function quoteScope(scope: string): string {
  if (isMeasureScope(scope) || isSplitScope(scope)) return scope;
  const isQuoted = scope.startsWith("'") || / '/.test(scope);
  return isQuoted || !/[:,]/.test(scope) ? scope : `'${scope.replaceAll("'", "''")}'`;
}

function isMeasureScope(text: string): boolean {
  const found = scanMeasureScope(`${text}:`);
  return found !== undefined && "scope" in found && found.end === text.trimEnd().length;
}

function isSplitScope(text: string): boolean {
  const found = scanSplitScope(`${text}:`);
  return found !== undefined && "split" in found;
}
