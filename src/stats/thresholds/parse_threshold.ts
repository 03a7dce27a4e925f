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
import { displayWidth } from "../../base/text/display_width.ts";
import { UsageError } from "../../base/errors.ts";
import { escapeControls } from "../../base/text/text.ts";
import { parseTimeSpan } from "../../base/units.ts";
import type { MeasureTime } from "./measure_counts.ts";
import { findForeignMetric } from "./foreign_metrics.ts";
import { scanMeasureScope } from "./measure_scope.ts";
import { findMeasureStatistic, MEASURE_WORDS } from "./measure_statistic.ts";
import { findShareProblem } from "./share_limit.ts";
import { scanSplitScope } from "./split_scope.ts";
import { findStatistic, STATISTIC_WORDS, type StatisticForm } from "./statistic.ts";
import {
  type MeasureFamily,
  type MeasureScope,
  type Operator,
  readScopeText,
  type Threshold,
  type ThresholdCondition,
  type ThresholdScope,
} from "./threshold.ts";

/** Whatever the unit, larger ones are mistakes; and JSON has no Infinity. */
const MAX_LIMIT = 1e15;

/** A text that is no threshold. */
export class ThresholdSyntaxError extends UsageError {
  /** Where the first wrong character stands in the expression, from 1: characters, not UTF-16 units. */
  readonly column: number;
  /** Column, what was expected there, and the expression with a caret under the column. */
  readonly reason: string;

  /** `at`: its place in the text, from 0. */
  constructor(expression: string, at: number, expected: string) {
    const show = (text: string) => escapeControls(text.replaceAll("\t", " "));
    const before = expression.slice(0, at);
    const column = [...before].length + 1;
    const caret = " ".repeat(displayWidth(show(before)));
    const reason = `column ${column}: ${expected}\n  ${show(expression)}\n  ${caret}^`;
    super(`Cannot read the threshold "${show(expression)}": ${reason}`);
    this.name = "ThresholdSyntaxError";
    this.column = column;
    this.reason = reason;
  }
}

/** A threshold as an object of a locustfile. */
export interface ThresholdObject {
  readonly scope?: string;
  readonly condition: string;
  readonly abort?: boolean;
}

/** @throws {ThresholdSyntaxError} */
export function parseThreshold(text: string): Threshold {
  const reader = new ThresholdReader(text);
  const measures = reader.readMeasureScope();
  const scope = measures?.scope ?? reader.readScope();
  return { expression: text.trim(), scope, ...reader.readConditions(measures) };
}

/**
 * The scope at the beginning of an expression, and where what follows it begins. `implied`: the statistic, where none has to follow.
 * @throws {ThresholdSyntaxError}
 */
export function readScopePrefix(
  text: string,
): { readonly scope: ThresholdScope; readonly end: number; readonly implied: "rate" | undefined } {
  const reader = new ThresholdReader(text);
  const measures = reader.readMeasureScope({ first: /[+-]/, words: '"+", "-"' });
  const scope = measures?.scope ?? reader.readScope();
  return { scope, end: reader.at, implied: measures?.implied };
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

/** A scope of measures, and whether conditions follow at once: `checks > 99%` is about the rate of passes. */
interface FoundMeasures {
  readonly scope: MeasureScope;
  readonly implied: "rate" | undefined;
}

interface FoundStatistic {
  readonly form: StatisticForm;
  readonly name: string;
}

/** Of a family of measures, or of requests. */
function findIn(family: MeasureFamily | undefined, word: string): FoundStatistic | undefined {
  return family === undefined ? findStatistic(word) : findMeasureStatistic(word, family, readMeasureTime);
}

/** Response times have the same words. */
function readMeasureTime(word: string): { readonly read: MeasureTime; readonly name: string } | undefined {
  const found = findStatistic(word);
  const statistic = found?.form.statistic;
  if (found === undefined || statistic === undefined || !("latency" in statistic)) return undefined;
  if (statistic.latency === "corrected") return undefined;
  const read: MeasureTime = statistic.kind === "percentile"
    ? { read: "percentile", fraction: statistic.fraction }
    : { read: statistic.kind };
  return { read, name: found.name };
}

class ThresholdReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get at(): number {
    return this.#at;
  }

  /** Undefined: it begins with something else. */
  #scanMeasures(): MeasureScope | undefined {
    const split = scanSplitScope(this.#text);
    const hasTag = split !== undefined && "split" in split;
    const from = hasTag ? split.end : 0;
    const found = scanMeasureScope(this.#text.slice(from));
    if (found === undefined) return undefined;
    if ("expected" in found) return this.#fail(from + found.at, found.expected);
    if (hasTag && found.scope.of !== "checks") {
      return this.#fail(from + 1, `expected a row or checks: ${found.scope.of} have no tags`);
    }
    this.#at = from + found.end;
    return { ...found.scope, ...(hasTag ? { split: split.split } : {}) };
  }

  /** `operators`: what may follow checks at once. */
  readMeasureScope(operators = { first: /[<>]/, words: '"<", "<=", ">", ">="' }): FoundMeasures | undefined {
    const scope = this.#scanMeasures();
    if (scope === undefined) return undefined;
    this.#skipBlanks();
    if (this.#text[this.#at] === ":") {
      this.#at++;
      return { scope, implied: undefined };
    }
    if (scope.of !== "checks") this.#fail(this.#at, 'expected ":" and a statistic, as in ": p95 < 2s"');
    if (!operators.first.test(this.#text[this.#at] ?? "")) {
      this.#fail(this.#at, `expected ${operators.words} or ":" and a statistic`);
    }
    return { scope, implied: "rate" };
  }

  readScope(): ThresholdScope {
    const split = scanSplitScope(this.#text);
    if (split !== undefined && "expected" in split) return this.#fail(split.at, split.expected);
    if (split === undefined) return this.#readRows();
    this.#at = split.end;
    this.#skipBlanks();
    if (this.#text[this.#at] === ":") {
      this.#at++;
      return { kind: "total", split: split.split };
    }
    const start = this.#at;
    const found = this.#scanScope();
    if (found === undefined) return this.#fail(start, 'expected ":" and a condition, or a row and ":"');
    return { ...readScopeText(found), split: split.split };
  }

  #readRows(): ThresholdScope {
    this.#skipBlanks();
    const start = this.#at;
    const foreign = findForeignMetric(this.#text);
    if (foreign !== undefined) {
      this.#fail(
        start,
        `expected ${foreign.ours}: there is no "${foreign.name}" here (a row of this name needs 'quotes')`,
      );
    }
    const found = this.#scanScope();
    if (found === undefined) {
      this.#at = start;
      return { kind: "total" };
    }
    if (found === "") this.#fail(start, 'expected a scope before ":": a name, METHOD and name, or "*"');
    return readScopeText(found);
  }

  /** The text before the colon that ends the scope, without its quotes; undefined where there is no scope. */
  #scanScope(): string | undefined {
    let scope = "";
    let mayQuote = true; // at the start, and after METHOD and a blank
    let comma: number | undefined;
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at] as string;
      if (character === "'" && mayQuote) {
        scope += this.#readQuoted();
        mayQuote = false;
        continue;
      }
      if (character === ":") {
        if (comma !== undefined) return this.#judgeComma(comma);
        this.#at++;
        return scope.trim();
      }
      if (character === ",") comma ??= this.#at;
      mayQuote = character === " " && /^\S+$/.test(scope.trimStart());
      scope += character;
    }
    return undefined;
  }

  /** Called at an opening quote; leaves the reader on the closing one. Two quotes stand for one. */
  #readQuoted(): string {
    const open = this.#at;
    let content = "";
    for (let at = open + 1; at < this.#text.length; at++) {
      if (this.#text[at] !== "'") content += this.#text[at];
      else if (this.#text[at + 1] === "'") content += this.#text[at++];
      else {
        this.#at = at;
        return content;
      }
    }
    return this.#fail(open, "this quote is not closed");
  }

  /** A comma before the colon: either a condition precedes it, which the conditions' parser reads on from, or a name needs quotes. */
  #judgeComma(comma: number): undefined {
    if (/^\s*[a-z_]+[\d.()]*\s*[<>]/.test(this.#text)) return undefined;
    return this.#fail(comma, "a name with a comma needs 'quotes'");
  }

  readConditions(measures?: FoundMeasures): Pick<Threshold, "conditions" | "aborts"> {
    const conditions: ThresholdCondition[] = [];
    while (true) {
      this.#skipBlanks();
      if (conditions.length > 0 && this.#takeWord("abort")) {
        this.#skipBlanks();
        if (this.#at < this.#text.length) this.#fail(this.#at, 'expected nothing after "abort"');
        return { conditions, aborts: true };
      }
      const implied = conditions.length === 0 ? measures?.implied : undefined;
      conditions.push(this.#readCondition(measures?.scope.of, implied));
      this.#skipBlanks();
      if (this.#at >= this.#text.length) return { conditions, aborts: false };
      if (this.#text[this.#at] !== ",") this.#fail(this.#at, `expected "," or the end${this.#hintAtColon()}`);
      this.#at++;
    }
  }

  #readCondition(family: MeasureFamily | undefined, implied: string | undefined): ThresholdCondition {
    const start = this.#at;
    const { form, name } = this.#readStatistic(family, implied);
    this.#skipBlanks();
    const operator = this.#take(/[<>]=?/y) as Operator | undefined;
    if (operator === undefined) this.#fail(this.#at, 'expected "<", "<=", ">" or ">="');
    this.#skipBlanks();
    const numberAt = this.#at;
    const number = this.#take(/(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/y);
    if (number === undefined) this.#fail(this.#at, "expected a number");
    if (!(Number(number) <= MAX_LIMIT)) this.#fail(numberAt, "expected a smaller number");
    const factor = this.#readUnit(form);
    const { statistic, unit } = factor === undefined ? form : form.withUnit ?? form;
    const times = this.#readTimes();
    const limit = Number(number) * (factor ?? 1);
    if (unit === "%") {
      const count = family === undefined && name === "failures" ? "failures_count" : undefined;
      const isOfMeasures = family !== undefined;
      const problem = findShareProblem({ limit, operator, hasUnit: factor !== undefined, isOfMeasures, count });
      if (problem !== undefined) this.#fail(numberAt, problem);
    }
    const text = this.#text.slice(start, this.#at).trim();
    return { text, statistic, statisticName: name, operator, limit, unit, ...times };
  }

  #readStatistic(family: MeasureFamily | undefined, implied: string | undefined): FoundStatistic {
    const start = this.#at;
    if (implied !== undefined) return findIn(family, implied) as FoundStatistic;
    const word = this.#take(/[A-Za-z_]+(?:[\d.]+|\(\s*[\d.]+\s*\))?/y);
    const found = word === undefined ? undefined : findIn(family, word.replaceAll(/\s/g, ""));
    if (found !== undefined) return found;
    if (word === "p" && this.#take(/\(\s*/y) !== undefined) {
      if (this.#take(/[\d.]+\s*/y) === undefined) this.#fail(this.#at, "expected a number such as 95");
      this.#fail(this.#at, 'expected ")"');
    }
    const scopeHint = this.#text.includes(":") ? this.#hintAtColon() : '; a scope before it ends in ":"';
    return this.#fail(
      start,
      `expected a statistic: ${family === undefined ? `${STATISTIC_WORDS}${scopeHint}` : MEASURE_WORDS[family]}`,
    );
  }

  /** What the number is to be multiplied with; undefined where no unit is written. */
  #readUnit(form: StatisticForm): number | undefined {
    const end = this.#at;
    this.#skipBlanks();
    const start = this.#at;
    const unit = this.#take(/[^\s,]+/y);
    if (unit === undefined || unit === "over" || unit === "after") {
      this.#at = end;
      return undefined;
    }
    const factor = form.units[unit];
    if (factor !== undefined) return factor;
    const units = Object.keys(form.units);
    const wanted = units.length === 0 ? "no unit: this statistic is a count" : `one of the units ${units.join(", ")}`;
    return this.#fail(start, `expected ${wanted}, "over", "after", "," or the end`);
  }

  #readTimes(): Pick<ThresholdCondition, "windowSeconds" | "afterSeconds"> {
    const times: { windowSeconds?: number; afterSeconds?: number } = {};
    while (true) {
      const end = this.#at;
      this.#skipBlanks();
      const start = this.#at;
      const key = this.#takeWord("over") ? "windowSeconds" : this.#takeWord("after") ? "afterSeconds" : undefined;
      if (key === undefined) {
        this.#at = end;
        return times;
      }
      if (times[key] !== undefined) this.#fail(start, "this is given twice");
      times[key] = this.#readTime(key === "windowSeconds" ? 1 : 0);
    }
  }

  #readTime(smallest: number): number {
    this.#skipBlanks();
    const start = this.#at;
    const seconds = parseTimeSpan(this.#take(/[^\s,]+/y) ?? "");
    if (seconds !== undefined && seconds >= smallest) return seconds;
    return this.#fail(start, 'expected a time such as "30s", "1m" or "1m30s"');
  }

  /** A name with a colon that is not in quotes is the likeliest reason for what follows a colon not to be a condition. */
  #hintAtColon(): string {
    return this.#text.slice(0, this.#at).includes(":") || this.#text.slice(this.#at).includes(":")
      ? "; a name with a colon needs 'quotes'"
      : "";
  }

  #skipBlanks(): void {
    this.#take(/\s*/y);
  }

  #takeWord(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false;
    const next = this.#text[this.#at + word.length];
    if (next !== undefined && /[\w]/.test(next)) return false;
    this.#at += word.length;
    return true;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0];
    if (match !== undefined) this.#at += match.length;
    return match;
  }

  #fail(at: number, expected: string): never {
    throw new ThresholdSyntaxError(this.#text, at, expected);
  }
}
