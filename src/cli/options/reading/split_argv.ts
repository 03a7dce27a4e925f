/**
 * Takes the words of a command line apart by the usual conventions: `-u5`, `-u 5`, `--users=5`, `--users 5`, `-ab`,
 * lists that take all words up to the next option, and `--`, after which all words are operands. Every value is
 * optional: that one is missing is for the caller to say. Pure.
 *
 * Written here and not imported: the usual package for it takes 2 ms to load, of the time to the first request.
 */
import { flagOf, type OptionSpec } from "../table/option_spec.ts";

export interface SplitWords {
  readonly operands: readonly string[];
  /** From the first option on that is not in the table, all words that belong to no option of it. */
  readonly unknown: readonly string[];
}

const NEGATIVE_NUMBER = /^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/;

/** `take` gets each option with its value, if it has one; a list once for each of its words. */
export function splitArgv(
  words: readonly string[],
  table: readonly OptionSpec[],
  take: (spec: OptionSpec, value?: string) => void,
): SplitWords {
  const operands: string[] = [];
  const unknown: string[] = [];
  const find = (flag: string) => table.find((spec) => flag === flagOf(spec) || flag === shortFlagOf(spec));
  const hasDigits = table.some(({ short }) => short !== undefined && /\d/.test(short));
  const isNumber = (word: string) => !hasDigits && NEGATIVE_NUMBER.test(word);
  const isValue = (word: string | undefined): word is string =>
    word !== undefined && (!mayBeOption(word) || isNumber(word));
  let list: OptionSpec | undefined;
  for (let index = 0; index < words.length; index++) {
    let word = words[index] ?? "";
    if (word === "--") {
      const rest = words.slice(index + 1);
      if (unknown.length > 0) unknown.push(word, ...rest);
      else operands.push(...rest);
      break;
    }
    if (list !== undefined && isValue(word)) {
      take(list, word);
      continue;
    }
    list = undefined;
    // Letters that stand together, while they take no value.
    for (let spec = find(word.slice(0, 2)); isCombined(word) && spec?.type === "flag"; spec = find(word.slice(0, 2))) {
      take(spec);
      word = `-${word.slice(2)}`;
    }
    const spec = mayBeOption(word) ? find(word) : undefined;
    if (spec !== undefined) {
      const next = words[index + 1];
      const value = spec.type !== "flag" && isValue(next) ? next : undefined;
      if (value !== undefined) index++;
      take(spec, value);
      list = spec.type === "list" ? spec : undefined;
      continue;
    }
    const attached = find(longWithOneDash(word)) === undefined ? attachedValue(word) : undefined;
    const owner = attached === undefined ? undefined : find(attached.flag);
    if (attached !== undefined && owner !== undefined && owner.type !== "flag") take(owner, attached.value);
    else if (unknown.length > 0 || (mayBeOption(word) && !isNumber(word))) unknown.push(word);
    else operands.push(word);
  }
  return { operands, unknown };
}

function shortFlagOf({ short }: OptionSpec): string | undefined {
  return short === undefined ? undefined : `-${short}`;
}

function mayBeOption(word: string): boolean {
  return word.length > 1 && word.startsWith("-");
}

/** `-ab` */
function isCombined(word: string): boolean {
  return word.length > 2 && word.startsWith("-") && word[1] !== "-";
}

/** `--rate` of `-rate` and `-rate=5`, as programs in Go write it: no number of `-r`. */
export function longWithOneDash(word: string): string {
  return /^-[a-z][\w-]+/.test(word) ? `-${word.replace(/=[^]*$/, "")}` : "";
}

/** `-u5`, `--users=5` */
function attachedValue(word: string): { readonly flag: string; readonly value: string } | undefined {
  if (isCombined(word)) return { flag: word.slice(0, 2), value: word.slice(2) };
  const [, flag, value] = /^(--[^=]+)=([^]*)$/.exec(word) ?? [];
  return flag === undefined || value === undefined ? undefined : { flag, value };
}
