/**
 * Flags that wrk, hey, oha, ab, vegeta and curl have and this program has not: what each becomes here, or the sentence that refuses it. Data,
 * and their search. What is the same under another name is an alias in `hit_options.ts`.
 */

/** Words of ours in its place, or why there are none: the end of `Cannot use --http2: …`. */
export type Become = readonly string[] | { readonly refused: string };

export interface ForeignFlag {
  /** Long ones without dashes: Go's tools write them with one, others with two. One letter is a short one. */
  readonly names: readonly string[];
  /** `perhaps`: only behind an equals sign, as in `-keepalive=false`. */
  readonly takes: "nothing" | "value" | "perhaps";
  /** Only with one dash: with two it is one of ours. */
  readonly dashes?: 1;
  readonly become: (value: string) => Become;
}

const refused = (text: string): Become => ({ refused: text });

const NO_HTTP2 = "requests go over HTTP/1.1, and HTTP/2 is not there; leave it out";
const OUTPUTS = "figures are written by --json, --csv PREFIX, --html FILE and --summary-file FILE; write one of them";

export const FOREIGN_FLAGS: readonly ForeignFlag[] = [
  // What is always so here.
  { names: ["latency", "latency-correction", "no-tui", "lazy", "l"], takes: "nothing", become: () => [] },
  {
    names: ["format"],
    takes: "value",
    become: (value) => /^(http|json)$/.test(value) ? [] : refused("lists are read in vegeta's two forms; leave it out"),
  },
  // Under other words.
  { names: ["R"], takes: "value", become: (value) => [`--rate=${value}`] },
  { names: ["j"], takes: "nothing", become: () => ["--json"] },
  { names: ["i", "I", "head"], takes: "nothing", become: () => ["--method=HEAD"] },
  { names: ["C", "b", "cookie"], takes: "value", become: (value) => [`--header=Cookie: ${value}`] },
  { names: ["cpus"], takes: "value", become: (value) => [`--processes=${value}`] },
  { names: ["max-workers"], takes: "value", become: (value) => [`--max-users=${value}`] },
  { names: ["name"], takes: "value", become: (value) => [`--profile=${value}`] },
  { names: ["body"], takes: "value", become: (value) => [`--data-file=${value}`] },
  { names: ["disable-keepalive"], takes: "nothing", become: () => ["--no-keepalive"] },
  { names: ["keepalive"], takes: "perhaps", become: (value) => value === "false" ? ["--no-keepalive"] : [] },
  { names: ["disable-redirects"], takes: "nothing", become: () => ["--no-redirects"] },
  {
    names: ["redirect", "redirects"],
    takes: "value",
    become: (value) =>
      /^(0|-1)$/.test(value) ? ["--no-redirects"] : refused(
        "redirects are followed up to a limit of their own; leave it out, or write --no-redirects to follow none",
      ),
  },
  { names: ["disable-compression"], takes: "nothing", become: () => ["--header=Accept-Encoding: identity"] },
  {
    names: ["host"],
    takes: "value",
    become: (value) =>
      /^https?:\/\//i.test(value)
        ? refused("the URL says which host is hit; write it without --host")
        : [`--header=Host: ${value}`],
  },
  // What is not there.
  { names: ["http2", "h2"], takes: "perhaps", become: (value) => value === "false" ? [] : refused(NO_HTTP2) },
  { names: ["http-version"], takes: "value", become: (value) => value === "1.1" ? [] : refused(NO_HTTP2) },
  {
    names: ["script"],
    takes: "value",
    become: () =>
      refused("scripts in Lua do not run here; write a locustfile, for which --print-locustfile is a start"),
  },
  {
    names: ["workers"],
    dashes: 1,
    takes: "value",
    become: () =>
      refused("users are made as arrivals need them; write --max-users N for the most, or --workers N for processes"),
  },
  { names: ["o", "output", "output-format", "e", "g"], takes: "value", become: () => refused(OUTPUTS) },
  { names: ["w"], takes: "nothing", become: () => refused("a page is written by --html FILE; write that") },
  {
    names: ["x", "proxy"],
    takes: "value",
    become: () =>
      refused("a proxy is a setting of a user class; print the locustfile with --print-locustfile and add it"),
  },
  {
    names: ["burst-delay", "burst-rate"],
    takes: "value",
    become: () => refused("arrivals are even or by chance; write --rate '100/s' or --rate '100/s poisson'"),
  },
  {
    names: ["unix-socket"],
    takes: "value",
    become: () => refused("requests go over TCP; let the system listen on a port"),
  },
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
  const [, dashes = "", name = "", equals, glued = ""] = /^(--?)([A-Za-z][\w-]*)(=(.*))?$/s.exec(word) ?? [];
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
