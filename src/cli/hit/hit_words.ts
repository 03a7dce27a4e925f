/**
 * Command lines as users of wrk, wrk2, hey, oha, ab, vegeta, bombardier, autocannon and curl type them, made ours: times, spellings of values,
 * flags that mean two things (`two_meanings.ts`) and those that this program has not (`foreign_flags.ts`). Pure.
 */
import { parseTimeSpan } from "../../base/units.ts";
import type { OptionSpec } from "../options/option_spec.ts";
import { type Become, findForeignFlag, FOREIGN_FLAGS } from "./foreign_flags.ts";
import { findMeaning, unglue } from "./two_meanings.ts";

export interface Translated {
  readonly argv: readonly string[];
  /** Of flags that mean nothing here. */
  readonly problems: readonly string[];
  /** By option: the flag of another tool that became it. */
  readonly typedAs: ReadonlyMap<string, string>;
}

/** What follows `--` stays as it is. */
export function translateHabits(argv: readonly string[], table: readonly OptionSpec[]): Translated {
  const end = argv.indexOf("--");
  const [words, rest] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end)];
  const { argv: ours, problems, typedAs } = replaceForeign(unglue(twoDashes(words, table)), table);
  const times = translateTimes(ours);
  return {
    argv: [...times.argv.map(spellValue), ...rest],
    problems,
    typedAs: new Map([...typedAs, ...times.typedAs]),
  };
}

/** Go's tools write long options with one dash: `-duration=10s`. */
function twoDashes(argv: readonly string[], table: readonly OptionSpec[]): readonly string[] {
  const long = new Set(table.map((spec) => spec.name));
  return argv.map((word) => {
    const name = /^-([a-z][\w-]+)(?==|$)/.exec(word)?.[1];
    return name !== undefined && long.has(name) && !isForeign(name) ? `-${word}` : word;
  });
}

/** `-workers` is vegeta's, `--workers` ours. */
function isForeign(name: string): boolean {
  return FOREIGN_FLAGS.some(({ names, dashes }) => dashes === 1 && names.includes(name));
}

function replaceForeign(argv: readonly string[], table: readonly OptionSpec[]): Translated {
  const out: string[] = [];
  const problems: string[] = [];
  const typedAs = new Map<string, string>();
  const take = (flag: string, typed: string, become: Become) => {
    if ("refused" in become) return void problems.push(`Cannot use ${typed}: ${become.refused}`);
    out.push(...become);
    for (const word of become) {
      const name = /^--([\w-]+)/.exec(word)?.[1];
      if (name !== undefined && name !== "header") typedAs.set(name, flag); // headers add up
    }
  };
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? "";
    const next = argv[at + 1];
    const meaning = findMeaning(word, { next, words: argv });
    if (meaning?.kind === "theirs") {
      take(word, meaning.takes === "value" ? `${word} ${JSON.stringify(next)}` : word, meaning.become);
      if (meaning.takes === "value") at++;
      continue;
    }
    const found = meaning === undefined ? findForeignFlag(word, next) : undefined;
    if (found !== undefined) {
      take(found.typed, found.typed, found.flag.become(found.value, argv));
      at += found.words - 1;
      continue;
    }
    out.push(word);
    // The value of one of our options is no flag, whatever it looks like.
    if (next !== undefined && takesNext(word, table)) {
      out.push(next);
      at++;
    }
  }
  return { argv: out, problems, typedAs };
}

function takesNext(word: string, table: readonly OptionSpec[]): boolean {
  const spec = table.find(({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`));
  return spec !== undefined && spec.type !== "flag" && spec.type !== "list";
}

/**
 * wrk's and bombardier's `-d 30s` is a duration. Beside one, wrk's -t is a count of threads, a plain number; else, as beside `-z` and
 * `--duration`, -t is the limit of one request.
 */
function translateTimes(argv: readonly string[]): Pick<Translated, "argv" | "typedAs"> {
  const split = argv.flatMap((word) => {
    const glued = /^-t(\d.*)$/.exec(word);
    return glued === null ? [word] : ["-t", glued[1] ?? ""];
  });
  const isDuration = (text: string | undefined) => text !== undefined && /[smh]$/.test(text) && isTimeSpan(text);
  const isWrk = split.some((word, at) => word === "-d" && isDuration(split[at + 1]));
  const isHey = split.some((word) => /^-z|^--duration(=|$)/.test(word));
  const typedAs = new Map<string, string>();
  if (!isWrk && !isHey) return { argv, typedAs };
  const become = (name: string, letter: string) => {
    typedAs.set(name, letter);
    return `--${name}`;
  };
  const ours = split.map((word, at) => {
    const value = split[at + 1] ?? "";
    if (isWrk && word === "-d" && isDuration(value)) return become("run-time", word);
    if (word !== "-t") return word;
    return become(isWrk && /^\d+$/.test(value) ? "processes" : "timeout", word);
  });
  return { argv: ours, typedAs };
}

function isTimeSpan(text: string): boolean {
  return parseTimeSpan(text) !== undefined;
}

/** `--timeout=500ms` in seconds; the value may be the word behind. */
function spellValue(word: string, at: number, argv: readonly string[]): string {
  const [, name = argv[at - 1], value = word] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  const spelled = name === "--timeout" ? toSeconds(value) : value;
  return value === word ? spelled : `${name}=${spelled}`;
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

function toSeconds(text: string): string {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  return number === undefined ? text : String(Number(number) * (SECONDS[unit] ?? 1));
}
