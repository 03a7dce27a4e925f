/**
 * Command lines as users of wrk, hey, oha, ab, vegeta, k6, curl and their like type them, made ours: times, spellings of values,
 * flags that mean two things (`two_meanings.ts`) and those that this program has not (`foreign_flags.ts`). Pure.
 */
import { parseTimeSpan } from "../../../base/units.ts";
import type { OptionSpec } from "../../options/table/option_spec.ts";
import type { Become } from "./foreign_flag.ts";
import { findForeignFlag, FOREIGN_FLAGS } from "./foreign_flags.ts";
import { findMeaning, hasMeanings } from "./two_meanings.ts";
import { standsAlone } from "../word_kinds.ts";

export interface Translated {
  readonly argv: readonly string[];
  /** Of flags that mean nothing here. */
  readonly problems: readonly string[];
  /** By option: the flag of another tool that became it. */
  readonly typedAs: ReadonlyMap<string, string>;
  /** Sentences about what was typed that are no problems. */
  readonly notes: readonly string[];
}

/** What follows `--` stays as it is. */
export function translateHabits(argv: readonly string[], table: readonly OptionSpec[]): Translated {
  const end = argv.indexOf("--");
  const [words, rest] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end)];
  const { argv: ours, problems, typedAs, notes } = replaceForeign(unglue(twoDashes(words, table)), table);
  const times = translateTimes(ours, words);
  return {
    argv: [...times.argv.map(spellValue), ...rest],
    problems,
    typedAs: new Map([...typedAs, ...times.typedAs]),
    notes: [...notes, ...times.notes],
  };
}

/** `-d10` as `-d 10`, for letters of more than one meaning; `-sSL` as `-s -S -L`, for letters that may stand alone. */
function unglue(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word) => {
    if (/^-[kqlrsLSIijfvgON]{2,}$/.test(word)) return [...word.slice(1)].map((letter) => `-${letter}`);
    const [, flag = "", value = ""] = /^(-[a-zA-Z])(\d.*|\S+\.lua)$/s.exec(word) ?? /^(-u)([^\s:/]+:\S*)$/.exec(word) ??
      /^(-[A-Z])(.+)$/s.exec(word) ??
      [];
    return hasMeanings(flag) && flag !== "-h" ? [flag, value] : [word];
  });
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
  const notes: string[] = [];
  const take = (flag: string, typed: string, become: Become) => {
    if ("refused" in become) return void problems.push(`Cannot use ${typed}: ${become.refused}`);
    const words = "words" in become ? become.words : become;
    if ("words" in become) notes.push(become.note);
    out.push(...words);
    for (const word of words) {
      const name = /^--([\w-]+)/.exec(word)?.[1];
      if (name !== undefined && name !== "header") typedAs.set(name, flag); // headers add up
    }
  };
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? "";
    const next = argv[at + 1];
    const meaning = findMeaning(word, { next, words: argv, at });
    if (meaning?.kind === "theirs") {
      const values = argv.slice(at + 1, at + meaning.words);
      take(word, values.length === 0 ? word : `${word} ${JSON.stringify(values.join(" "))}`, meaning.become);
      at += meaning.words - 1;
      continue;
    }
    const found = meaning === undefined ? findForeignFlag(word, next) : undefined;
    if (found !== undefined) {
      take(found.typed, found.typed, found.flag.become(found.value, argv));
      at += found.words - 1;
      continue;
    }
    if (isUnknownWord(word)) {
      problems.push(`Cannot use ${word.replace(/=.*/s, "")}: there is no such option; see --help`);
      if (!word.includes("=") && !standsAlone(next)) at++;
      continue;
    }
    out.push(word);
    const spec = table.find(({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`));
    if (spec === undefined) continue;
    typedAs.delete(spec.name); // of two the last one counts
    // The value of one of our options is no flag, whatever it looks like.
    if (next !== undefined && spec.type !== "flag" && spec.type !== "list") {
      out.push(next);
      at++;
    }
  }
  return { argv: out, problems, typedAs, notes };
}

/** Letters that may have a text glued to them, as `-dtext`. */
const OF_TEXTS = "abdemop";

/** A long word with one dash, as Go's tools write them, that is nobody's: read as letters it would be many options, or the help. */
function isUnknownWord(word: string): boolean {
  const letter = /^-([a-z])[a-z]{2,}(-[a-z]+)*(=|$)/.exec(word)?.[1];
  return letter !== undefined && !OF_TEXTS.includes(letter);
}

/**
 * wrk's and bombardier's `-d 30s` is a duration. Beside one, wrk's -t is a count of threads, a plain number; else, as beside `-z` and
 * `--duration`, -t is the limit of one request.
 */
function translateTimes(
  argv: readonly string[],
  typed: readonly string[],
): Pick<Translated, "argv" | "typedAs" | "notes"> {
  const split = argv.flatMap((word) => {
    const glued = /^-t(\d.*)$/.exec(word);
    return glued === null ? [word] : ["-t", glued[1] ?? ""];
  });
  const isDuration = (text: string | undefined) => text !== undefined && /[smh]$/.test(text) && isTimeSpan(text);
  const isWrk = split.some((word, at) => word === "-d" && isDuration(split[at + 1]));
  const isHey = split.some((word) => /^-z|^--duration(=|$)/.test(word));
  const typedAs = new Map<string, string>();
  if (!isWrk && !isHey) return { argv: split, typedAs, notes: noteRunTime(split, typed) };
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
  return { argv: ours, typedAs, notes: [] };
}

/** What nobody types who has only Locust's letters in mind. */
const THEIR_LETTERS = /^-[ncqRmDApl](\d|$)|^--?(latency|no-tui|connections|requests|disable-[a-z]+)(=|$)/;

/** ab's -t is the run time, as ours is; beside their letters it is the limit of one request in hey, oha and bombardier, and threads in wrk and h2load. */
function noteRunTime(argv: readonly string[], typed: readonly string[]): readonly string[] {
  const value = argv[argv.indexOf("-t") + 1];
  if (!argv.includes("-t") || value === undefined || !isTimeSpan(value)) return [];
  const isPlain = /^\d+$/.test(value);
  if (!typed.some((word) => THEIR_LETTERS.test(word))) return [];
  const threads = isPlain ? `, --processes ${value} the number of threads` : "";
  return [`-t ${value} is the time of the run, as in ab; --timeout ${value} is the limit of one request${threads}`];
}

function isTimeSpan(text: string): boolean {
  return parseTimeSpan(text) !== undefined;
}

/** Values as those tools spell them; a value may be the word behind its flag. */
function spellValue(word: string, at: number, argv: readonly string[]): string {
  const [, name = argv[at - 1] ?? "", value = word] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  const spelled = spell(name, value);
  return value === word ? spelled : `${name}=${spelled}`;
}

function spell(name: string, value: string): string {
  if (name === "--timeout") return toSeconds(value);
  if (name === "--targets" && value === "stdin") return "-"; // vegeta's name of it
  // siege: 1M are a minute
  if (/^(-t|-z|--run-time|--duration)$/.test(name)) return /^\d+[SMH]$/.test(value) ? value.toLowerCase() : value;
  return /^(-[cnq]|--(rate|users|connections|requests))$/.test(name) ? toAmount(value) : value;
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** `500ms` */
function toSeconds(text: string): string {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  return number === undefined ? text : String(Number(number) * (SECONDS[unit] ?? 1));
}

const AMOUNTS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, g: 1e9 };

/** wrk's and oha's `10k` */
function toAmount(text: string): string {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([kmg])$/i.exec(text) ?? [];
  return number === undefined ? text : String(Number(number) * (AMOUNTS[unit.toLowerCase()] ?? 1));
}
