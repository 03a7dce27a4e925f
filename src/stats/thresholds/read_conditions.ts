/**
 * Reads the conditions of a threshold, behind its scope: statistic, limit, unit and times. The grammar is in
 * `parse_threshold.ts`.
 */
import { parseTimeSpan } from "../../base/units.ts";
import type { MeasureTime } from "./measure_counts.ts";
import { findMeasureStatistic, MEASURE_WORDS } from "./measure_statistic.ts";
import type { FoundMeasures } from "./read_scope.ts";
import { findShareProblem } from "./share_limit.ts";
import { findStatistic, STATISTIC_WORDS, type StatisticForm } from "./statistic.ts";
import type { TextCursor } from "./text_cursor.ts";
import type { MeasureFamily, Operator, Threshold, ThresholdCondition } from "./threshold.ts";

/** Whatever the unit, larger ones are mistakes; and JSON has no Infinity. */
const MAX_LIMIT = 1e15;

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

export function readConditions(cursor: TextCursor, measures?: FoundMeasures): Pick<Threshold, "conditions" | "aborts"> {
  const conditions: ThresholdCondition[] = [];
  while (true) {
    cursor.skipBlanks();
    if (conditions.length > 0 && cursor.takeWord("abort")) {
      cursor.skipBlanks();
      if (cursor.at < cursor.text.length) cursor.fail(cursor.at, 'expected nothing after "abort"');
      return { conditions, aborts: true };
    }
    const implied = conditions.length === 0 ? measures?.implied : undefined;
    conditions.push(readCondition(cursor, measures?.scope.of, implied));
    cursor.skipBlanks();
    if (cursor.at >= cursor.text.length) return { conditions, aborts: false };
    if (cursor.next !== ",") cursor.fail(cursor.at, `expected "," or the end${hintAtColon(cursor)}`);
    cursor.at++;
  }
}

function readCondition(
  cursor: TextCursor,
  family: MeasureFamily | undefined,
  implied: string | undefined,
): ThresholdCondition {
  const start = cursor.at;
  const { form, name } = readStatistic(cursor, family, implied);
  cursor.skipBlanks();
  const operator = cursor.take(/[<>]=?/y) as Operator | undefined;
  if (operator === undefined) cursor.fail(cursor.at, 'expected "<", "<=", ">" or ">="');
  cursor.skipBlanks();
  const numberAt = cursor.at;
  const number = cursor.take(/(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/y);
  if (number === undefined) cursor.fail(cursor.at, "expected a number");
  if (!(Number(number) <= MAX_LIMIT)) cursor.fail(numberAt, "expected a smaller number");
  const factor = readUnit(cursor, form);
  const { statistic, unit } = factor === undefined ? form : form.withUnit ?? form;
  const times = readTimes(cursor);
  const limit = Number(number) * (factor ?? 1);
  if (unit === "%") {
    const count = family === undefined && name === "failures" ? "failures_count" : undefined;
    const isOfMeasures = family !== undefined;
    const problem = findShareProblem({ limit, operator, hasUnit: factor !== undefined, isOfMeasures, count });
    if (problem !== undefined) cursor.fail(numberAt, problem);
  }
  const text = cursor.text.slice(start, cursor.at).trim();
  return { text, statistic, statisticName: name, operator, limit, unit, ...times };
}

function readStatistic(
  cursor: TextCursor,
  family: MeasureFamily | undefined,
  implied: string | undefined,
): FoundStatistic {
  const start = cursor.at;
  if (implied !== undefined) return findIn(family, implied) as FoundStatistic;
  const word = cursor.take(/[A-Za-z_]+(?:[\d.]+|\(\s*[\d.]+\s*\))?/y);
  const found = word === undefined ? undefined : findIn(family, word.replaceAll(/\s/g, ""));
  if (found !== undefined) return found;
  if (word === "p" && cursor.take(/\(\s*/y) !== undefined) {
    if (cursor.take(/[\d.]+\s*/y) === undefined) cursor.fail(cursor.at, "expected a number such as 95");
    cursor.fail(cursor.at, 'expected ")"');
  }
  const scopeHint = cursor.text.includes(":") ? hintAtColon(cursor) : '; a scope before it ends in ":"';
  return cursor.fail(
    start,
    `expected a statistic: ${family === undefined ? `${STATISTIC_WORDS}${scopeHint}` : MEASURE_WORDS[family]}`,
  );
}

/** What the number is to be multiplied with; undefined where no unit is written. */
function readUnit(cursor: TextCursor, form: StatisticForm): number | undefined {
  const end = cursor.at;
  cursor.skipBlanks();
  const start = cursor.at;
  const unit = cursor.take(/[^\s,]+/y);
  if (unit === undefined || unit === "over" || unit === "after") {
    cursor.at = end;
    return undefined;
  }
  const factor = form.units[unit];
  if (factor !== undefined) return factor;
  const units = Object.keys(form.units);
  const wanted = units.length === 0 ? "no unit: this statistic is a count" : `one of the units ${units.join(", ")}`;
  return cursor.fail(start, `expected ${wanted}, "over", "after", "," or the end`);
}

function readTimes(cursor: TextCursor): Pick<ThresholdCondition, "windowSeconds" | "afterSeconds"> {
  const times: { windowSeconds?: number; afterSeconds?: number } = {};
  while (true) {
    const end = cursor.at;
    cursor.skipBlanks();
    const start = cursor.at;
    const key = cursor.takeWord("over") ? "windowSeconds" : cursor.takeWord("after") ? "afterSeconds" : undefined;
    if (key === undefined) {
      cursor.at = end;
      return times;
    }
    if (times[key] !== undefined) cursor.fail(start, "this is given twice");
    times[key] = readTime(cursor, key === "windowSeconds" ? 1 : 0);
  }
}

function readTime(cursor: TextCursor, smallest: number): number {
  cursor.skipBlanks();
  const start = cursor.at;
  const seconds = parseTimeSpan(cursor.take(/[^\s,]+/y) ?? "");
  if (seconds !== undefined && seconds >= smallest) return seconds;
  return cursor.fail(start, 'expected a time such as "30s", "1m" or "1m30s"');
}

/** A name with a colon that is not in quotes is the likeliest reason for what follows a colon not to be a condition. */
function hintAtColon(cursor: TextCursor): string {
  return cursor.text.slice(0, cursor.at).includes(":") || cursor.text.slice(cursor.at).includes(":")
    ? "; a name with a colon needs 'quotes'"
    : "";
}
