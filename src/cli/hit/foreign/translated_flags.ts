/** Flags of other tools that have a meaning here under other words, or mean what is always so. Data. */
import { type Become, ENVIRONMENT, type ForeignFlag, OUTPUTS, refused } from "./foreign_flag.ts";

const header = (name: string) => (value: string): Become => [`--header=${name}: ${value}`];

export const TRANSLATED_FLAGS: readonly ForeignFlag[] = [
  // What is always so here.
  {
    names: ["latency", "latency-correction", "no-tui", "no-color", "disable-color", "no-pre-lookup", "lazy", "l"],
    takes: "nothing",
    become: () => [],
  },
  {
    names: ["compressed", "location", "silent", "show-error", "fail", "http1", "http1.1", "fasthttp", "stream", "h1"],
    takes: "nothing",
    become: () => [],
  },
  {
    names: [
      "no-print",
      "no-progress",
      "renderStatusCodes",
      "stats-success-breakdown",
      "u_latency",
      "stats",
      "histogram",
    ],
    takes: "nothing",
    become: () => [],
  },
  {
    names: [
      "fail-with-body",
      "basic",
      "tcp-nodelay",
      "no-alpn",
      "no-buffer",
      "no-progress-meter",
      "globoff",
      "junk-session-cookies",
    ],
    takes: "nothing",
    become: () => [],
  },
  {
    names: [
      "no-parser",
      "discard-response-bodies",
      "throw",
      "wait-ongoing-requests-after-deadline",
      "ignoreCoordinatedOmission",
      "pct",
      "no-http2",
      "clean",
      "no-clean",
      "no-usage-report",
      "show-output",
      "ignore-failure",
    ],
    takes: "nothing",
    become: () => [],
  },
  { names: ["fps", "print", "redraw-interval", "query-range", "style"], takes: "value", become: () => [] },
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
  { names: ["amount", "maxOverallRequests"], takes: "value", become: (value) => [`--requests=${value}`] },
  { names: ["vus"], takes: "value", become: (value) => [`--users=${value}`] },
  { names: ["concurrent", "concurrency"], takes: "value", become: (value) => [`--connections=${value}`] },
  {
    names: ["clients"],
    takes: "value",
    become: (value, words) =>
      words.some((word) => /^--rate(=|$)/.test(word))
        ? refused(
          `beside it, --rate is the number of connections that start a second in h2load, and of requests here; write -c ${value} ` +
            "with -r N for the one, --max-users " + value + " with --rate N/s for the other",
        )
        : [`--connections=${value}`],
  },
  {
    names: ["ramp-up"],
    takes: "value",
    become: (value) =>
      /^\d+$/.test(value)
        ? {
          words: [`--spawn-rate=${value}`],
          note: `--ramp-up ${value} is the number of users that start a second, as in plow`,
        }
        : refused(`a ramp is --stages ${value}:N for one to N users; write that`),
  },
  { names: ["summary"], takes: "nothing", become: () => ["--only-summary"] },
  { names: ["content"], takes: "value", become: (value) => [`--content-type=${value}`] },
  { names: ["time"], takes: "value", become: (value) => [`--run-time=${value}`] },
  {
    names: ["reps"],
    takes: "value",
    become: (value) =>
      /^\d+$/.test(value)
        ? [`--iterations-per-user=${value}`]
        : refused("it is a number of requests of each user; write --iterations-per-user N"),
  },
  { names: ["j", "json-output"], takes: "nothing", become: () => ["--json"] },
  { names: ["quiet"], takes: "nothing", become: () => ["--only-summary"] },
  { names: ["I", "head"], takes: "nothing", become: () => ["--method=HEAD"] },
  { names: ["cookie"], takes: "value", become: header("Cookie") },
  { names: ["headers"], takes: "value", become: (value) => [`--header=${value}`] },
  { names: ["oauth2-bearer"], takes: "value", become: (value) => [`--header=Authorization: Bearer ${value}`] },
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
  { names: ["name", "title"], takes: "value", become: (value) => [`--profile=${value}`] },
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
  { names: ["post-file"], takes: "value", become: (value) => [`--data-file=${value}`] },
  {
    names: [
      "disable-keepalive",
      "disable-keep-alive",
      "disableKeepAlives",
      "no-connection-reuse",
      "no-vu-connection-reuse",
    ],
    takes: "nothing",
    become: () => ["--no-keepalive"],
  },
  { names: ["keepalive"], takes: "perhaps", become: (value) => value === "false" ? ["--no-keepalive"] : [] },
  {
    names: ["insecure-skip-tls-verify", "no-check-certificate"],
    takes: "nothing",
    become: () => ["--insecure"],
  },
  { names: ["disable-redirects", "no-follow"], takes: "nothing", become: () => ["--no-redirects"] },
  {
    names: ["redirect", "redirects", "max-redirs", "max-redirects"],
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
    become: (value) =>
      /^https?:\/\//i.test(value)
        ? [`--header=Referer: ${value}`]
        : refused(/^\w+=/.test(value) ? ENVIRONMENT : OUTPUTS),
  },
  {
    names: ["o", "output"],
    takes: "value",
    become: (value) => value === "/dev/null" ? [] : refused(OUTPUTS),
  },
];
