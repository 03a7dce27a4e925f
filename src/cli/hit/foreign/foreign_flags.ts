/**
 * Flags that wrk, wrk2, hey, oha, ab, vegeta, bombardier, autocannon, siege, h2load, drill, cassowary, plow, ali, rewrk, fortio, httperf, k6,
 * hyperfine and curl have and this program has not.
 * What is the same under another name is an alias in `hit_options.ts`; what is ours too with another meaning is in `two_meanings.ts`.
 */
import type { ForeignFlag } from "./foreign_flag.ts";
import { FORTIO_FLAGS } from "./fortio_flags.ts";
import { HTTPERF_FLAGS } from "./httperf_flags.ts";
import { REFUSED_FLAGS } from "./refused_flags.ts";
import { TRANSLATED_FLAGS } from "./translated_flags.ts";

export const FOREIGN_FLAGS: readonly ForeignFlag[] = [
  ...TRANSLATED_FLAGS,
  ...HTTPERF_FLAGS,
  ...FORTIO_FLAGS,
  ...REFUSED_FLAGS,
];

export interface FoundFlag {
  readonly flag: ForeignFlag;
  /** As it was typed, without its value. */
  readonly typed: string;
  readonly value: string;
  /** Words that it takes up. */
  readonly words: number;
}

/** The foreign flag that a word is, with its value; undefined: it is none. `next`: the word behind it. */
export function findForeignFlag(word: string, next: string | undefined): FoundFlag | undefined {
  const [, dashes = "", name = "", equals, glued = ""] = /^(--?)([A-Za-z][\w.-]*|\d)(=(.*))?$/s.exec(word) ?? [];
  const flag = flagNamed(name, dashes.length);
  if (flag === undefined) return findShort(word);
  const typed = `${dashes}${name}`;
  if (equals !== undefined) return { flag, typed, value: glued, words: 1 };
  return flag.takes === "value" ? { flag, typed, value: next ?? "", words: 2 } : { flag, typed, value: "", words: 1 };
}

/** A letter has one dash. */
function flagNamed(name: string, dashes: number): ForeignFlag | undefined {
  return FOREIGN_FLAGS.find((flag) =>
    flag.names.includes(name) && (name.length > 1 || dashes === 1) && (flag.dashes ?? dashes) === dashes
  );
}

/** A letter with its value glued to it: `-R2000`. */
function findShort(word: string): FoundFlag | undefined {
  const [, letter = "", value = ""] = /^-([A-Za-z])(.+)$/s.exec(word) ?? [];
  const flag = flagNamed(letter, 1);
  return flag?.takes === "value" ? { flag, typed: `-${letter}`, value, words: 1 } : undefined;
}
