/**
 * httperf's flags: it names a server, a port and a path apart, and counts connections where others count requests. Each of its connections
 * makes one request unless --num-calls says more, and without a rate one connection comes after the other. Pure.
 */
import {
  ADDRESSES,
  type Become,
  type ForeignFlag,
  NO_RETRY,
  ONE_AT_A_TIME,
  refused,
  SHOW_ONE,
} from "./foreign_flag.ts";

const WHOLE_URL = "the URL says it; leave it out";
const SESSIONS = "sessions and lists of URIs are httperf's files; write --targets FILE, or a locustfile";

export const HTTPERF_FLAGS: readonly ForeignFlag[] = [
  { names: ["server"], takes: "value", become: (_, words) => becomeUrl("server", words) },
  { names: ["port"], takes: "value", become: (_, words) => becomeUrl("port", words) },
  { names: ["uri"], takes: "value", become: (_, words) => becomeUrl("uri", words) },
  { names: ["ssl"], takes: "nothing", become: (_, words) => becomeUrl("ssl", words) },
  {
    names: ["num-conns", "num-conn"],
    takes: "value",
    become: (value, words) => [`--requests=${value}`, "--no-keepalive", ...(hasRate(words) ? [] : ["--users=1"])],
  },
  {
    names: ["num-calls", "num-call"],
    takes: "value",
    become: (value, words) => {
      if (value === "1") return [];
      const conns = Number(valueOf(words, "num-conns") ?? valueOf(words, "num-conn") ?? 1);
      const requests = Number.isSafeInteger(conns * Number(value)) ? conns * Number(value) : "N";
      return refused(
        `connections that end after a number of requests are not supported; write -n ${requests} for as many requests over kept connections`,
      );
    },
  },
  {
    names: ["period"],
    takes: "value",
    become: (value) => {
      const [, kind = "d", seconds = ""] = /^([de]?)(\d*\.?\d+)$/.exec(value) ?? [];
      const perSecond = 1 / Number(seconds || NaN);
      if (!Number.isFinite(perSecond)) return refused("it is the time between two arrivals; write --rate N/s");
      return [`--rate=${perSecond}/s${kind === "e" ? " poisson" : ""}`];
    },
  },
  {
    names: ["add-header"],
    takes: "value",
    become: (value) => value.split(/\\n|\n/).filter((header) => header !== "").map((header) => `--header=${header}`),
  },
  { names: ["server-name"], takes: "value", become: (value) => [`--header=Host: ${value}`] },
  { names: ["hog", "session-cookie", "session-cookies", "ssl-no-reuse"], takes: "nothing", become: () => [] },
  { names: ["client"], takes: "value", become: () => [] },
  { names: ["print-reply", "print-request"], takes: "perhaps", become: () => refused(SHOW_ONE) },
  { names: ["retry-on-failure"], takes: "nothing", become: () => refused(NO_RETRY) },
  { names: ["wsess", "wsesslog", "wsesspage", "wlog", "wset"], takes: "value", become: () => refused(SESSIONS) },
  { names: ["burst-length", "max-piped-calls"], takes: "value", become: () => refused(ONE_AT_A_TIME) },
  {
    names: ["max-connections"],
    dashes: 2, // with one it is vegeta's
    takes: "value",
    become: () => refused("each user keeps a connection of its own; leave it out"),
  },
  { names: ["myaddr"], takes: "value", become: () => refused(ADDRESSES) },
  {
    names: ["think-timeout"],
    takes: "value",
    become: (value) => refused(`the limit is one for the whole request; write --timeout ${value}`),
  },
  {
    names: ["send-buffer", "recv-buffer"],
    takes: "value",
    become: () => refused("the system chooses the size of windows; leave it out"),
  },
  {
    names: ["no-host-hdr", "close-with-reset"],
    takes: "nothing",
    become: () => refused("requests have a header Host, and connections end as a browser's do; leave it out"),
  },
  {
    names: ["failure-status"],
    takes: "value",
    become: () =>
      refused("a status of 400 or more is a failure, and a check of a locustfile says what else is; leave it out"),
  },
];

const PARTS = ["server", "port", "uri", "ssl"] as const;

/** The first part that was typed stands for the whole URL, the others for nothing. */
function becomeUrl(part: typeof PARTS[number], words: readonly string[]): Become {
  if (words.some((word) => /^https?:\/\//i.test(word))) return refused(WHOLE_URL);
  if (PARTS.find((name) => isTyped(words, name)) !== part) return [];
  const scheme = isTyped(words, "ssl") ? "https" : "http";
  const port = valueOf(words, "port");
  const uri = valueOf(words, "uri") ?? "/";
  const url = `${scheme}://${valueOf(words, "server") ?? "localhost"}${port === undefined ? "" : `:${port}`}${uri}`;
  const isCounted = isTyped(words, "num-conns") || isTyped(words, "num-conn");
  return [url, ...(isCounted ? [] : ["--requests=1", "--users=1"])];
}

function hasRate(words: readonly string[]): boolean {
  return isTyped(words, "rate") || isTyped(words, "period");
}

function isTyped(words: readonly string[], name: string): boolean {
  return words.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
}

function valueOf(words: readonly string[], name: string): string | undefined {
  const at = words.findIndex((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const word = words[at];
  return word === `--${name}` ? words[at + 1] : word?.slice(name.length + 3);
}
