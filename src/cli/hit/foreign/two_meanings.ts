/**
 * Flags that are ours with a value of one kind, and another tool's without one or with another, and letters that mean different things in two of
 * those tools: what each means where it stands. Where nothing decides, the flag is refused with the words for both meanings. Pure.
 */
import { parseTimeSpan } from "../../../base/units.ts";
import {
  ADDRESSES,
  type Become,
  FORMS,
  NO_DRILL,
  NO_HTTP2,
  NOT_KEPT,
  ONE_AT_A_TIME,
  oneListOfStages,
  OUTPUTS,
  PROXY,
  refused,
  SETTINGS,
  SHOW_ONE,
  WARM_UP,
} from "./foreign_flag.ts";
import { isFortio } from "./fortio_flags.ts";
import { isUrlLike, standsAlone } from "../word_kinds.ts";

export type Meaning =
  /** The option of this program: its own reader takes it. */
  | { readonly kind: "ours" }
  /** In place of the flag; with a value, of the flag and the words behind it. */
  | { readonly kind: "theirs"; readonly words: number; readonly become: Become };

interface Place {
  /** The word behind the flag; undefined: there is none. */
  readonly next: string | undefined;
  /** Everything that was typed, up to `--`. */
  readonly words: readonly string[];
  /** Where the flag stands in them. */
  readonly at: number;
}

const OURS: Meaning = { kind: "ours" };
const alone = (become: Become): Meaning => ({ kind: "theirs", words: 1, become });
const withValue = (become: Become): Meaning => ({ kind: "theirs", words: 2, become });
const noted = (words: readonly string[], note: string): Become => ({ words, note });

const NUMBER = /^\d+(\.\d+)?$/;
const COOKIES = /^[^\s=;,"{}]+=[^;]*(;\s*[^\s=;]+=[^;]*)*;?$/;
const FILE = /^[\w./-]*\.(json|txt|ya?ml|csv|lua|js|ts|conf|jar|pem|har|urls)$/i;
const NO_LUA = "scripts in Lua do not run here; write a locustfile, for which --print-locustfile is a start";

/** By the flag, without a value that is glued to it. Each comment has the tools where the letter is not what it is here. */
const MEANINGS: Readonly<Record<string, (place: Place) => Meaning>> = {
  // ab, bombardier, siege: quiet
  "-q": ({ next = "" }) => /^\d/.test(next) ? OURS : alone([]),
  // wrk2: percentiles; curl: redirects are followed; autocannon: the time between samples
  "-L": ({ next = "" }) => {
    if (NUMBER.test(next)) return withValue(refused("samples are taken each second; leave it out"));
    return /^(debug|info|warning|error|critical)$/i.test(next) ? OURS : alone([]);
  },
  // ab: goes on after errors of a socket, as is done here; bombardier, ali: a rate; oha: redirects; siege: repetitions; h2load: connections
  // that start a second; hyperfine: runs; fortio: what a histogram tells apart; curl: a range
  "-r": (place) => {
    const { next = "" } = place;
    if (/^\d+-\d*$/.test(next)) return withValue(refused("a range is a header; write -H 'Range: bytes=0-99'"));
    if (standsAlone(next)) return alone([]);
    if (!/^\d/.test(next)) {
      return withValue(
        refused("it is a number of repetitions in siege and a file in drill; write -n N, or leave it out"),
      );
    }
    if (/^0?\.\d+$/.test(next)) return withValue(refused("response times are kept to 0.4 %; leave it out"));
    if (countsUsers(place)) return OURS;
    if (!countsConnections(place)) {
      return withValue(
        noted(
          [`--spawn-rate=${next}`],
          `-r ${next} is the number of users that start a second; requests a second are --rate ${next}/s, so many requests -n ${next}`,
        ),
      );
    }
    return withValue(refused(
      `it is a rate in bombardier and ali, a number of redirects in oha and of repetitions in siege; write --rate ${next}/s for requests a ` +
        `second, --iterations-per-user ${next} for repetitions, --spawn-rate ${next} for users that start, or --no-redirects`,
    ));
  },
  // wrk: a script; ab: a limit of time; curl: silent; bombardier: bodies as streams; k6: stages; autocannon: a name for TLS
  "-s": (place) => {
    const { next = "", words } = place;
    if (/\.lua$/i.test(next)) return withValue(refused(NO_LUA));
    if (/^(\d+(ms|s|m|h))+:\d+(,|$)/.test(next)) return withValue(oneListOfStages(words));
    if (standsAlone(next)) return alone([]);
    if (parseTimeSpan(next) === undefined) {
      return withValue(refused(`${NO_LUA}. A name for TLS is that of the URL; leave it out`));
    }
    if (countsUsers(place)) return OURS;
    return withValue(refused(
      `it is the limit of one request in ab; write --timeout ${next} for that, or --stop-timeout ${next} for the end of the run`,
    ));
  },
  // ab: a file to put; curl: user and password; cassowary: the URL; oha: the unit of times
  "-u": ({ next }) => {
    if (next === undefined || /^[\d.]+$/.test(next)) return OURS;
    if (/^https?:\/\//i.test(next)) return withValue([next]);
    if (/^[^\s:/]+:\S*$/.test(next)) return withValue([`--auth=${next}`]);
    if (/^(ns|us|ms|s|m|h)$/.test(next)) return withValue(refused("times are in milliseconds; leave it out"));
    return withValue(refused("it is the number of users; a file to put is -X PUT -d @FILE"));
  },
  // curl: a file for cookies; k6: a file with settings
  "-c": ({ next = "" }) =>
    FILE.test(next)
      ? withValue(refused("it is the number of users, and each of them keeps its cookies; leave a file for them out"))
      : OURS,
  // autocannon: no progress bar; curl: a file with passwords
  "-n": ({ next }) =>
    next === undefined || next.startsWith("-") || isUrlLike(next)
      ? alone(refused("it is a number of requests; write -n 100, or --only-summary for no progress"))
      : OURS,
  // bombardier: no kept connections; autocannon: a number of requests; fortio: a file with the figures
  "-a": (place) => {
    if (isFortio(place.words)) return alone(refused(OUTPUTS));
    if (/^\d+$/.test(place.next ?? "")) return withValue([`--requests=${place.next}`]);
    return hasValue(place) ? OURS : alone(["--no-keepalive"]);
  },
  // autocannon: the most requests; curl: the answer into a file
  "-O": ({ next = "" }) => NUMBER.test(next) ? withValue([`--requests=${next}`]) : alone(refused(NOT_KEPT)),
  // autocannon, oha: pipelining; bombardier: what is printed; h2load: a protocol; cassowary: a gateway; fortio: percentiles; siege: one request
  "-p": (place) => {
    const { next = "", words } = place;
    if (isFortio(words)) return withValue(refused("percentiles are always there; leave it out"));
    if (NUMBER.test(next)) return withValue(refused(ONE_AT_A_TIME));
    if (/^(i|p|r|intro|progress|result)(,(i|p|r|intro|progress|result))+$/.test(next)) return withValue([]);
    if (/^(i|p|r|intro|progress|result)$/.test(next)) {
      return withValue(
        refused(
          `it is a file with the body in ab and what is printed in bombardier; write -d @${next}, or leave it out`,
        ),
      );
    }
    if (/^h2c?$/.test(next)) return withValue(refused(NO_HTTP2));
    if (/^http\/1\.1$/.test(next)) return withValue([]);
    if (/^https?:\/\//i.test(next)) {
      return alone(refused(
        "it is a file with the body in ab, a gateway of Prometheus in cassowary and one request in siege; write -d @FILE, " +
          "--prometheus-port PORT or --once",
      ));
    }
    return OURS;
  },
  // curl: a cookie; bombardier, autocannon: a body; ab: the size of windows; siege: no pauses
  "-b": (place) => {
    const { next = "", words } = place;
    if (!hasValue(place)) return alone([]);
    if (NUMBER.test(next)) return withValue(refused("the system chooses the size of windows; leave it out"));
    if (/\.ya?ml$/i.test(next)) return withValue(refused(NO_DRILL));
    if (FILE.test(next)) {
      return withValue(
        refused("it is a file of cookies in curl and a body in bombardier; write -H 'Cookie: …', or -d @FILE"),
      );
    }
    if (!COOKIES.test(next)) return withValue([`--data=${next}`]);
    if (!words.some((word) => /^-m|^--method(=|$)/.test(word))) return withValue([`--header=Cookie: ${next}`]);
    return withValue(refused("it is a cookie in curl and a body in bombardier; write -d BODY, or -H 'Cookie: …'"));
  },
  // ab, curl: a cookie; autocannon: times that are not corrected; siege: its settings
  "-C": (place) => {
    if (!hasValue(place)) return alone(refused("it is a cookie, as in ab; write -C name=value, or leave it out"));
    if (place.next?.includes("=")) return withValue([`--header=Cookie: ${place.next}`]);
    return withValue(refused("it is a cookie, as in ab; write -C name=value"));
  },
  // wrk, autocannon, cassowary: seconds; siege: a pause; curl: a body
  "-d": ({ next = "" }) =>
    NUMBER.test(next)
      ? withValue(
        refused(
          `it is a time in wrk, a pause in siege and a body in curl; write -t ${next}s, or --data ${next} for the body`,
        ),
      )
      : OURS,
  // h2load: a time; autocannon: connections; hey, oha: a file with the body
  "-D": ({ next = "" }) =>
    /^\d/.test(next) && parseTimeSpan(next) !== undefined
      ? withValue(refused(`it is a time in h2load and a file with the body in hey; write -t ${next}, or -d @${next}`))
      : OURS,
  // curl: seconds for the whole request; h2load: streams
  "-m": ({ next = "" }) =>
    NUMBER.test(next)
      ? withValue(noted([`--timeout=${next}`], `-m ${next} is the limit of one request, in seconds, as in curl`))
      : OURS,
  // ab: HEAD; curl: headers of the answer; siege: by chance; k6: a number of iterations; rewrk: of whole runs; plow: a time; autocannon, h2load: a file
  "-i": ({ next = "" }) => {
    if (/^[1-9]\d*$/.test(next)) {
      return withValue(noted([`--iterations=${next}`], `-i ${next} is the number of requests in all, as in k6`));
    }
    if (next === "0" || parseTimeSpan(next) !== undefined) {
      return withValue(refused("samples are taken each second; leave it out"));
    }
    if (standsAlone(next)) {
      return alone(refused(
        "it is a HEAD request in ab, headers that are shown in curl and a random order in siege; write -X HEAD, or --once to see an answer",
      ));
    }
    return withValue(refused(
      `it is a HEAD request in ab, a file with the body in autocannon and with URLs in h2load; write -X HEAD, -d @${next}, or --targets ${next}`,
    ));
  },
  // ab: a page; autocannon: threads; oha: requests in flight are finished, as is done here; curl: a text about the answer
  "-w": (place) => {
    const { next = "" } = place;
    if (NUMBER.test(next)) {
      return withValue(noted([`--processes=${next}`], `-w ${next} is the number of threads, as in autocannon`));
    }
    const because = refused(
      "a page is written by --html FILE, and requests in flight are always finished; leave it out",
    );
    return standsAlone(next) ? alone(because) : withValue(refused(OUTPUTS));
  },
  // curl: an error is one, as here; siege, cassowary: URLs; bombardier: a body; ab: a protocol; autocannon: for ever
  "-f": (place) =>
    hasValue(place)
      ? withValue(
        refused(
          `a file with the body is -d @${place.next}, one with URLs is --targets ${place.next}, a locustfile is run by locust-ts run FILE; ` +
            "write one of them",
        ),
      )
      : alone([]),
  // curl: URLs are as they are written; ab: a file for gnuplot; siege: one request
  "-g": ({ next = "" }) =>
    standsAlone(next)
      ? alone(
        refused("URLs are taken as they are written, and one request is shown by --once; write that, or leave it out"),
      )
      : withValue(refused(OUTPUTS)),
  // ab: how much is printed
  "-v": ({ next = "" }) => NUMBER.test(next) ? withValue(refused(SHOW_ONE)) : alone(refused(SHOW_ONE)),
  // curl, ab: nothing that is not so here; autocannon: a socket
  "-S": ({ next = "" }) =>
    next.startsWith("/") ? withValue(refused("requests go over TCP; let the system listen on a port")) : alone([]),
  // curl, siege: what is always so; h2load: a limit of time
  "-N": ({ next = "" }) =>
    standsAlone(next) ? alone([]) : withValue(refused("the limit is one for the whole request; write --timeout 5")),
  // ali: a file with the body; ab: an address of this machine; autocannon: failures that end a run; h2load: the base of URLs; wrk2: times of batches
  "-B": (place) => {
    const { next = "" } = place;
    if (!hasValue(place)) {
      return alone(
        refused("it is times of batches in wrk2 and the base of URLs in h2load; write whole URLs, and leave it out"),
      );
    }
    if (FILE.test(next)) return withValue([`--data-file=${next}`]);
    return withValue(refused(
      NUMBER.test(next) ? "a run ends early by a threshold; write --threshold 'failures_count<10, abort'" : ADDRESSES,
    ));
  },
  // hey, ab: a media type; wrk, h2load: a limit of time; autocannon: a title; curl: a file
  "-T": ({ next = "" }) => {
    if (/^[A-Za-z0-9][\w.+-]*\/[\w.+*-]+\s*(;.*)?$/.test(next) || next === "" || next.startsWith("-")) return OURS;
    return withValue(refused(
      parseTimeSpan(next) !== undefined || /^\d+ms$/.test(next)
        ? `it is the content type of the body; the limit of one request is --timeout ${next}`
        : "it is the content type of the body, as in text/plain; a label of the run is --profile NAME, a file to put is -X PUT -d @FILE",
    ));
  },
  // ab: user and password of a proxy
  "-P": ({ next = "" }) => /^\d*$/.test(next) || next.startsWith("-") ? OURS : withValue(refused(PROXY)),
  // ab: a proxy
  "-X": ({ next = "" }) => /^[\w.-]+:\d+$/.test(next) ? withValue(refused(PROXY)) : OURS,
  // ab: text of its page
  "-y": () => withValue(refused("a page is written by --html FILE; leave its attributes out")),
  // wrk2: percentiles that are not corrected, too; hey: a header
  "-U": (place) => hasValue(place) ? withValue([`--header=User-Agent: ${place.next}`]) : alone([]),
  // ali: no kept connections; curl: a file with settings
  "-K": ({ next }) => standsAlone(next) ? alone(["--no-keepalive"]) : withValue(refused(SETTINGS)),
  // cassowary: figures in a file; curl: a form
  "-F": ({ next }) => standsAlone(next) ? alone(refused(OUTPUTS)) : withValue(refused(FORMS)),
  // rewrk: the URL
  "-h": ({ next = "" }) => /^https?:\/\//i.test(next) ? withValue([next]) : OURS,
  // autocannon: `[ -c 1 -d 2 ]`; ali: users at the most; h2load: windows
  "-W": (place) =>
    NUMBER.test(place.next ?? "")
      ? withValue(refused(
        `it is a warm-up in autocannon, the most workers in ali and a window in h2load; write --warm-up 5s, --max-users ${place.next}, ` +
          "or leave it out",
      ))
      : warmUp(place),
  "--warmup": warmUp,
  // curl: a body in JSON; fortio: a file with the figures
  "--json": ({ next = "" }) => {
    if (/^[[{"@]/.test(next)) return withValue([`--data=${next}`]);
    if (!FILE.test(next)) return OURS;
    return withValue(refused(`it prints the figures; a file with them is --summary-file ${next}`));
  },
};

function warmUp({ next = "", words, at }: Place): Meaning {
  const end = next === "[" ? words.indexOf("]", at) : -1;
  const become = refused(WARM_UP);
  if (end > 0) return { kind: "theirs", words: end - at + 1, become };
  return NUMBER.test(next) ? withValue(become) : alone(become);
}

/** What is behind the flag is no other flag and no URL. */
function hasValue({ next }: Place): boolean {
  return next !== undefined && !next.startsWith("-") && !/^https?:\/\//i.test(next);
}

/** Beside `-u` a letter that Locust has means what it means there. */
function countsUsers({ words }: Place): boolean {
  return words.some((word) => /^-u|^--users?(=|$)/.test(word));
}

function countsConnections({ words }: Place): boolean {
  return words.some((word) => /^-[cnz](\d.*)?$|^-d\d+[smh]$|^--?(connections|requests|duration)(=|$)/.test(word)) ||
    words.some((word, at) => word === "-d" && /^\d+[smh]$/.test(words[at + 1] ?? ""));
}

/** Undefined: the word has one meaning at most. */
export function findMeaning(flag: string, place: Place): Meaning | undefined {
  return Object.hasOwn(MEANINGS, flag) ? MEANINGS[flag]?.(place) : undefined;
}

export function hasMeanings(flag: string): boolean {
  return Object.hasOwn(MEANINGS, flag);
}
