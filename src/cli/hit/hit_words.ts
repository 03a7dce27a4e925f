/**
 * Command lines as users of wrk, wrk2, hey, oha, ab and vegeta type them, made ours: letters that mean two things, spellings of values, and
 * flags that this program has not. Pure.
 */
import { parseTimeSpan } from "../../base/units.ts";
import type { OptionSpec } from "../options/option_spec.ts";
import { findForeignFlag, FOREIGN_FLAGS } from "./foreign_flags.ts";

export interface Translated {
  readonly argv: readonly string[];
  /** Of flags that mean nothing here. */
  readonly problems: readonly string[];
}

/** What follows `--` stays as it is. */
export function translateHabits(argv: readonly string[], table: readonly OptionSpec[]): Translated {
  const end = argv.indexOf("--");
  const [words, rest] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end)];
  const { argv: ours, problems } = replaceForeign(twoDashes(words, table), table);
  return { argv: [...translateTimes(ours).map(spellValue), ...rest], problems };
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

/** Letters that are ours with a value of one kind, and others' without or with another. */
const OTHERS: Readonly<Record<string, { readonly isOurs: RegExp; readonly refused?: string }>> = {
  "-q": { isOurs: /^\d/ }, // ab: quiet
  "-r": { isOurs: /^\d/ }, // ab: goes on after errors of a socket, as is done here
  "-L": { isOurs: /^(debug|info|warning|error|critical)$/i }, // wrk2: percentiles
  "-s": {
    isOurs: /^\d/,
    refused: "scripts in Lua do not run here; write a locustfile, for which --print-locustfile is a start",
  },
  "-u": { isOurs: /^\d+$/, refused: "it is the number of users; a file to put is -X PUT -d @FILE" },
};

function replaceForeign(argv: readonly string[], table: readonly OptionSpec[]): Translated {
  const out: string[] = [];
  const problems: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? "";
    const next = argv[at + 1];
    const other = OTHERS[word];
    if (other !== undefined && !other.isOurs.test(next ?? "")) {
      if (other.refused === undefined) continue; // the flag of another tool
      if (next === undefined) {
        out.push(word); // the option says what is missing
        continue;
      }
      const typed = `${word} ${JSON.stringify(next)}`;
      problems.push(`Cannot use ${typed}: ${other.refused}`);
      at++;
      continue;
    }
    const found = findForeignFlag(word, next);
    if (found !== undefined) {
      const become = found.flag.become(found.value);
      if ("refused" in become) problems.push(`Cannot use ${found.typed}: ${become.refused}`);
      else out.push(...become);
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
  return { argv: out, problems };
}

function takesNext(word: string, table: readonly OptionSpec[]): boolean {
  const spec = table.find(({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`));
  return spec !== undefined && spec.type !== "flag" && spec.type !== "list";
}

/**
 * wrk's `-d 30s` is a duration, and then a plain number after -t is a count of threads. Beside `-z`, which is the duration of hey and oha, -t is
 * their limit of one request.
 */
function translateTimes(argv: readonly string[]): readonly string[] {
  const split = argv.flatMap((word) => {
    const glued = /^-([dt])(\d.*)$/.exec(word);
    return glued === null ? [word] : [`-${glued[1]}`, glued[2] ?? ""];
  });
  const isDuration = (text: string | undefined) => text !== undefined && /[smh]$/.test(text) && isTimeSpan(text);
  const isWrk = split.some((word, at) => word === "-d" && isDuration(split[at + 1]));
  const isHey = split.some((word) => /^-z|^--duration(=|$)/.test(word));
  if (!isWrk && !isHey) return argv;
  return split.map((word, at) => {
    const value = split[at + 1] ?? "";
    if (isWrk && word === "-d" && isDuration(value)) return "--run-time";
    if (word !== "-t") return word;
    return isWrk ? (/^\d+$/.test(value) ? "--processes" : word) : "--timeout";
  });
}

function isTimeSpan(text: string): boolean {
  return parseTimeSpan(text) !== undefined;
}

/** `--timeout=500ms` in seconds, vegeta's `--rate=100/2s` in a second; the value may be the word behind. */
function spellValue(word: string, at: number, argv: readonly string[]): string {
  const [, name = argv[at - 1], value = word] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
  const spelled = name === "--timeout" ? toSeconds(value) : name === "--rate" || name === "-q" ? toRate(value) : value;
  return value === word ? spelled : `${name}=${spelled}`;
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

function toSeconds(text: string): string {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  return number === undefined ? text : String(Number(number) * (SECONDS[unit] ?? 1));
}

function toRate(text: string): string {
  const [, number, span, unit = ""] = /^(\d+(?:\.\d+)?)\/(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  if (number === undefined) return text;
  return `${Number(number) / (Number(span) * (SECONDS[unit] ?? 1))}/s`;
}
