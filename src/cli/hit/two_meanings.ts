/**
 * Flags that are ours with a value of one kind, and another tool's without one or with another: what each means where it stands. Where
 * nothing decides, the flag is refused with the words for both meanings. Data, and their search. Pure.
 */
import { parseTimeSpan } from "../../base/units.ts";
import { type Become, refused } from "./foreign_flags.ts";

export type Meaning =
  /** The option of this program: its own reader takes it. */
  | { readonly kind: "ours" }
  /** In place of the flag; with `value`, of the flag and the word behind it. */
  | { readonly kind: "theirs"; readonly takes: "nothing" | "value"; readonly become: Become };

interface Place {
  /** The word behind the flag; undefined: there is none. */
  readonly next: string | undefined;
  /** Everything that was typed, up to `--`. */
  readonly words: readonly string[];
}

const OURS: Meaning = { kind: "ours" };
const alone = (become: Become): Meaning => ({ kind: "theirs", takes: "nothing", become });
const withValue = (become: Become): Meaning => ({ kind: "theirs", takes: "value", become });

const NUMBER = /^\d+(\.\d+)?$/;
const COOKIES = /^[^\s=;,"{}]+=[^;]*(;\s*[^\s=;]+=[^;]*)*;?$/;
const NO_LUA = "scripts in Lua do not run here; write a locustfile, for which --print-locustfile is a start";

/** By the flag, without a value that is glued to it. */
const MEANINGS: Readonly<Record<string, (place: Place) => Meaning>> = {
  // ab, bombardier: quiet
  "-q": ({ next = "" }) => /^\d/.test(next) ? OURS : alone([]),
  // wrk2: percentiles; curl: redirects are followed
  "-L": ({ next = "" }) => /^(debug|info|warning|error|critical)$/i.test(next) ? OURS : alone([]),
  // ab: goes on after errors of a socket, as is done here; bombardier: a rate; oha: redirects
  "-r": (place) => {
    const { next = "" } = place;
    if (!/^\d/.test(next)) return alone([]);
    if (countsUsers(place) || !countsConnections(place)) return OURS;
    return withValue(refused(
      `it is a rate in bombardier and a number of redirects in oha; write --rate ${next}/s for requests a second, ` +
        `--spawn-rate ${next} for users that start, or --no-redirects`,
    ));
  },
  // wrk: a script; ab: a limit of time; curl: silent; bombardier: bodies as streams
  "-s": (place) => {
    const { next = "" } = place;
    if (standsAlone(place)) return alone([]);
    if (parseTimeSpan(next) === undefined) return withValue(refused(NO_LUA));
    if (countsUsers(place)) return OURS;
    return withValue(refused(
      `it is the limit of one request in ab; write --timeout ${next} for that, or --stop-timeout ${next} for the end of the run`,
    ));
  },
  // ab: a file to put; curl: user and password
  "-u": ({ next }) => {
    if (next === undefined || /^\d+$/.test(next)) return OURS;
    if (/^[^\s:/]+:\S*$/.test(next)) return withValue([`--auth=${next}`]);
    return withValue(refused("it is the number of users; a file to put is -X PUT -d @FILE"));
  },
  // bombardier: no kept connections; autocannon: a number of requests
  "-a": (place) => {
    if (/^\d+$/.test(place.next ?? "")) return withValue([`--requests=${place.next}`]);
    return standsAlone(place) ? alone(["--no-keepalive"]) : OURS;
  },
  // autocannon: pipelining
  "-p": ({ next = "" }) =>
    NUMBER.test(next) ? withValue(refused("each user makes one request at a time; write a higher -c")) : OURS,
  // curl: a cookie; bombardier, autocannon: a body; ab: the size of windows
  "-b": ({ next = "", words }) => {
    if (NUMBER.test(next)) return withValue(refused("the system chooses the size of windows; leave it out"));
    if (!COOKIES.test(next)) return withValue([`--data=${next}`]);
    if (!words.some((word) => /^-m|^--method(=|$)/.test(word))) return withValue([`--header=Cookie: ${next}`]);
    return withValue(refused("it is a cookie in curl and a body in bombardier; write -d BODY, or -H 'Cookie: …'"));
  },
  // wrk, autocannon: seconds; curl: a body
  "-d": ({ next = "" }) =>
    NUMBER.test(next)
      ? withValue(refused(`it is a time in wrk and a body in curl; write -t ${next}s, or --data ${next} for the body`))
      : OURS,
  // curl: seconds for the whole request
  "-m": ({ next = "" }) => NUMBER.test(next) ? withValue([`--timeout=${next}`]) : OURS,
  // ab: HEAD; autocannon: a file
  "-i": (place) =>
    standsAlone(place)
      ? alone(["--method=HEAD"])
      : withValue(refused("it is a HEAD request in ab and a file in autocannon; write -X HEAD, or -d @FILE")),
  // ab: a page; autocannon: threads; oha: requests in flight are finished, as is done here
  "-w": ({ next = "" }) =>
    NUMBER.test(next)
      ? withValue([`--processes=${next}`])
      : alone(refused("a page is written by --html FILE, and requests in flight are always finished; leave it out")),
  // wrk2: percentiles that are not corrected, too; hey: a header
  "-U": (place) => standsAlone(place) ? alone([]) : withValue([`--header=User-Agent: ${place.next}`]),
  // curl: a body in JSON; ours: output in JSON
  "--json": ({ next = "" }) => /^[[{"@]/.test(next) ? withValue([`--data=${next}`]) : OURS,
};

/** A flag has no value where another flag or a URL is behind it, or nothing. */
function standsAlone({ next }: Place): boolean {
  return next === undefined || next.startsWith("-") || /^https?:\/\//i.test(next);
}

/** Beside `-u` a letter that Locust has means what it means there. */
function countsUsers({ words }: Place): boolean {
  return words.some((word) => /^-u|^--users?(=|$)/.test(word));
}

function countsConnections({ words }: Place): boolean {
  return words.some((word) => /^-[cnz](\d.*)?$|^--?(connections|requests|duration)(=|$)/.test(word));
}

/** Undefined: the word has one meaning at most. */
export function findMeaning(flag: string, place: Place): Meaning | undefined {
  return Object.hasOwn(MEANINGS, flag) ? MEANINGS[flag]?.(place) : undefined;
}

/** `-d10` as `-d 10`, for letters of more than one meaning; `-sSL` as `-s -S -L`, for letters that may stand alone. */
export function unglue(argv: readonly string[]): readonly string[] {
  return argv.flatMap((word) => {
    if (/^-[kqlrsLSIij]{2,}$/.test(word)) return [...word.slice(1)].map((letter) => `-${letter}`);
    const [, flag = "", value = ""] = /^(-[a-zA-Z])(\d.*|\S+\.lua)$/s.exec(word) ?? [];
    return Object.hasOwn(MEANINGS, flag) ? [flag, value] : [word];
  });
}
