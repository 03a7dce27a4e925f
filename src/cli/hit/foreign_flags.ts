/**
 * Flags that wrk, hey, oha, ab, vegeta, bombardier, autocannon and curl have and this program has not: what each becomes here, or the sentence
 * that refuses it. Data, and their search. What is the same under another name is an alias in `hit_options.ts`.
 */

/** Words of ours in its place, or why there are none: the end of `Cannot use --http2: …`. */
export type Become = readonly string[] | { readonly refused: string };

export interface ForeignFlag {
  /** Long ones without dashes: Go's tools write them with one, others with two. One letter is a short one. */
  readonly names: readonly string[];
  /** `perhaps`: only behind an equals sign, as in `-keepalive=false`. */
  readonly takes: "nothing" | "value" | "perhaps";
  /** Only with so many dashes: with the other number it is another flag, or one of ours. */
  readonly dashes?: 1 | 2;
  /** `words`: everything that was typed. */
  readonly become: (value: string, words: readonly string[]) => Become;
}

export const refused = (text: string): Become => ({ refused: text });

const header = (name: string) => (value: string): Become => [`--header=${name}: ${value}`];

const NO_HTTP2 = "requests go over HTTP/1.1, and HTTP/2 is not there; leave it out";
const OUTPUTS = "figures are written by --json, --csv PREFIX, --html FILE and --summary-file FILE; write one of them";
const TLS =
  "certificates are a setting of a user class; print the locustfile with --print-locustfile and add static override tls = { ca, cert, key }";
const FORMS =
  "a form with files is made by a locustfile; print one with --print-locustfile, and send a FormData as body";
const BURSTS = "arrivals are even or by chance; write --rate '100/s' or --rate '100/s poisson'";
const LISTS = "a list of URLs is read by --targets FILE; write that, with a URL on each line";

export const FOREIGN_FLAGS: readonly ForeignFlag[] = [
  // What is always so here.
  {
    names: ["latency", "latency-correction", "no-tui", "no-color", "disable-color", "no-pre-lookup", "lazy", "l"],
    takes: "nothing",
    become: () => [],
  },
  {
    names: ["compressed", "location", "silent", "show-error", "fail", "http1", "http1.1", "fasthttp", "stream", "S"],
    takes: "nothing",
    become: () => [],
  },
  {
    names: ["no-print", "no-progress", "renderStatusCodes", "stats-success-breakdown", "u_latency"],
    takes: "nothing",
    become: () => [],
  },
  { names: ["fps", "print"], takes: "value", become: () => [] },
  {
    names: ["format"],
    takes: "value",
    become: (value, words) => {
      if (!words.some((word) => /^--?targets(=|$)/.test(word))) return refused(OUTPUTS);
      return /^(http|json)$/.test(value) ? [] : refused("lists are read in vegeta's two forms; leave it out");
    },
  },
  // Under other words.
  { names: ["R", "overallRate"], takes: "value", become: (value) => [`--rate=${value}`] },
  { names: ["amount"], takes: "value", become: (value) => [`--requests=${value}`] },
  { names: ["j"], takes: "nothing", become: () => ["--json"] },
  { names: ["I", "head"], takes: "nothing", become: () => ["--method=HEAD"] },
  { names: ["C", "cookie"], takes: "value", become: header("Cookie") },
  { names: ["user-agent"], takes: "value", become: header("User-Agent") },
  { names: ["referer"], takes: "value", become: header("Referer") },
  { names: ["url"], takes: "value", become: (value) => [value] },
  { names: ["max-time"], takes: "value", become: (value) => [`--timeout=${value}`] },
  {
    names: ["user"],
    takes: "value",
    become: (value) => [value.includes(":") ? `--auth=${value}` : `--users=${value}`],
  },
  { names: ["cpus"], takes: "value", become: (value) => [`--processes=${value}`] },
  { names: ["max-workers"], takes: "value", become: (value) => [`--max-users=${value}`] },
  { names: ["name"], takes: "value", become: (value) => [`--profile=${value}`] },
  { names: ["data-binary", "data-ascii"], takes: "value", become: (value) => [`--data=${value}`] },
  {
    names: ["data-raw"],
    takes: "value",
    become: (value) =>
      value.startsWith("@")
        ? refused("a body that begins with @ is read from a file; put it into one and write -d @FILE")
        : [`--data=${value}`],
  },
  { names: ["body"], dashes: 1, takes: "value", become: (value) => [`--data-file=${value}`] },
  {
    names: ["body"],
    dashes: 2,
    takes: "value",
    become: (value) =>
      /^[\w./-]*\w\.\w+$/.test(value)
        ? refused("it is a file in vegeta and a text in bombardier; write -d @FILE, or -d BODY")
        : [`--data=${value}`],
  },
  { names: ["body-file"], takes: "value", become: (value) => [`--data-file=${value}`] },
  { names: ["disable-keepalive", "disableKeepAlives"], takes: "nothing", become: () => ["--no-keepalive"] },
  { names: ["keepalive"], takes: "perhaps", become: (value) => value === "false" ? ["--no-keepalive"] : [] },
  { names: ["disable-redirects"], takes: "nothing", become: () => ["--no-redirects"] },
  {
    names: ["redirect", "redirects", "max-redirs"],
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
  {
    names: ["e"],
    takes: "value",
    become: (value) => /^https?:\/\//i.test(value) ? [`--header=Referer: ${value}`] : refused(OUTPUTS),
  },
  {
    names: ["o", "output"],
    takes: "value",
    become: (value) => value === "/dev/null" ? [] : refused(OUTPUTS),
  },
  // What is not there.
  { names: ["http2", "h2", "h2c"], takes: "perhaps", become: (value) => value === "false" ? [] : refused(NO_HTTP2) },
  {
    names: ["http3"],
    takes: "nothing",
    become: () => refused("requests go over HTTP/1.1, and HTTP/3 is not there; leave it out"),
  },
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
  {
    names: ["connections", "max-connections"],
    dashes: 1,
    takes: "value",
    become: () => refused("each user keeps a connection of its own; write --max-users N for the most of them"),
  },
  { names: ["output-format", "g"], takes: "value", become: () => refused(OUTPUTS) },
  {
    names: ["f"],
    takes: "value",
    become: () =>
      refused("a file with the body is -d @FILE, a locustfile is run by locust-ts run FILE; write one of them"),
  },
  { names: ["F", "form", "data-urlencode"], takes: "value", become: () => refused(FORMS) },
  {
    names: ["get", "G"],
    takes: "nothing",
    become: () => refused("a query is part of the URL; write it there, behind a question mark"),
  },
  {
    names: ["v", "verbose"],
    takes: "nothing",
    become: () => refused("--once makes one request and prints it with its answer; write that"),
  },
  { names: ["cert", "key", "cacert", "root-certs"], takes: "value", become: () => refused(TLS) },
  {
    names: ["x", "proxy"],
    takes: "value",
    become: () =>
      refused("a proxy is a setting of a user class; print the locustfile with --print-locustfile and add it"),
  },
  { names: ["burst-delay", "burst-rate"], takes: "value", become: () => refused(BURSTS) },
  {
    names: ["connectionRate"],
    takes: "value",
    become: () => refused("requests a second are of all users together; write --rate N/s"),
  },
  {
    names: ["pipelining"],
    takes: "value",
    become: () => refused("each user makes one request at a time; write a higher -c"),
  },
  { names: ["urls-from-file", "rand-regex-url"], takes: "nothing", become: () => refused(LISTS) },
  {
    names: ["prometheus-addr"],
    takes: "value",
    become: () => refused("metrics for Prometheus are served by --prometheus-port PORT; write that"),
  },
  {
    names: ["connect-to", "resolve", "resolvers", "laddr", "interface"],
    takes: "value",
    become: () =>
      refused("names are resolved and addresses chosen by the system; hit the address, with -H 'Host: NAME'"),
  },
  {
    names: ["ipv4", "ipv6", "4", "6"],
    takes: "nothing",
    become: () => refused("all addresses of a name are tried; hit the address, with -H 'Host: NAME'"),
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
  const [, dashes = "", name = "", equals, glued = ""] = /^(--?)([A-Za-z][\w.-]*|[46])(=(.*))?$/s.exec(word) ?? [];
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
