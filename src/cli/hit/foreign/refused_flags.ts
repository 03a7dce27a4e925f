/** Flags of other tools that stand for what is not there: the sentence of each says what to write instead. Data. */
import {
  ADDRESSES,
  CHECKS,
  ENVIRONMENT,
  type ForeignFlag,
  FORMS,
  KEPT_CONNECTIONS,
  NO_DRILL,
  NO_HTTP2,
  NO_RETRY,
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

const TLS =
  "certificates are a setting of a user class; print the locustfile with --print-locustfile and add static override tls = { ca, cert, key }";
const CERTIFICATE_OR_CHECK =
  `it is a certificate in curl and ab, and a body that is expected in autocannon; ${TLS}, or a check`;
const TLS_DETAILS = "versions, ciphers and sessions of TLS are chosen by the runtime; leave it out";
const BURSTS = "arrivals are even or by chance; write --rate '100/s' or --rate '100/s poisson'";
const QUERY = "a query is part of the URL; write it there, after a question mark";
const LATE_AUTH = "there is basic authentication only; write --auth USER:PASSWORD, or -H 'Authorization: …'";
const SIGNED = "requests are not signed; sign them in a locustfile, for which --print-locustfile is a start";
const LISTS = "a list of URLs is read by --targets FILE; write that, with a URL on each line";
const rateOfAll = (value: string) => `requests a second are of all users together; write --rate ${value}/s`;
const FULL_SPEED = "bodies are sent and read as fast as the connection is; leave it out";
const NOT_OF_URLS = "it belongs to a file of another tool, and a hit has URLs only; leave it out";
const GENERATED = "URLs are not made up here; write a list and --targets FILE, or a locustfile";
const NO_PAUSES = "users of a hit do not wait; write --rate N/s, or a locustfile with a waitTime";
const BARE_HTTP1 = "requests go over HTTP/1.1; leave it out";

interface Refusal {
  readonly because: string;
  /** Their names where they stand alone. */
  readonly bare?: readonly string[];
  /** Their names where a value follows. */
  readonly valued?: readonly string[];
}

const REFUSALS: readonly Refusal[] = [
  {
    because: NO_HTTP2,
    bare: ["http2-prior-knowledge"],
    valued: [
      ...["max-concurrent-streams", "max-frame-size", "window-bits", "connection-window-bits", "header-table-size"],
      ...["encoder-header-table-size", "alpn-list", "npn-list", "no-tls-proto", "groups"],
    ],
  },
  { because: "requests go over HTTP/1.1, and HTTP/3 is not there; leave it out", bare: ["http3", "http3-only"] },
  { because: BARE_HTTP1, bare: ["http1.0", "http0.9", "0"] },
  { because: CERTIFICATE_OR_CHECK, valued: ["E"] },
  { because: TLS, valued: ["cert", "key", "ca", "cacert", "capath", "root-certs", "cert-type", "key-type", "pass"] },
  {
    because: TLS_DETAILS,
    bare: [
      ...["tlsv1", "tlsv1.0", "tlsv1.1", "tlsv1.2", "tlsv1.3", "sslv2", "sslv3", "1", "2", "3", "session-tickets"],
      ...["ktls", "no-sessionid"],
    ],
    valued: ["ciphers", "tls13-ciphers", "tls-max", "pinnedpubkey", "curves", "sni", "servername"],
  },
  {
    because: PROXY,
    bare: ["proxy-http2", "proxytunnel", "proxy-insecure"],
    valued: [
      ...["x", "proxy", "proxy-header", "proxy-user", "proxy-http-version", "preproxy", "noproxy"],
      ...["socks4", "socks4a", "socks5", "socks5-hostname"],
    ],
  },
  { because: LATE_AUTH, bare: ["digest", "ntlm", "negotiate", "anyauth"] },
  { because: SIGNED, valued: ["aws-sigv4", "aws-session"] },
  { because: FORMS, valued: ["form", "form-string"] },
  {
    because: "a form is encoded before it is sent; write -d 'name=value', with %20 for a blank",
    valued: ["data-urlencode"],
  },
  { because: "a file to put is -X PUT -d @FILE; write that", valued: ["upload-file", "putfile", "put-file"] },
  { because: "a file to patch with is -X PATCH -d @FILE; write that", valued: ["patchfile", "patch-file"] },
  {
    because:
      "a body for each line of a file takes a locustfile that feeds them, and ciphers are chosen by the runtime; leave it out",
    valued: ["Z"],
  },
  { because: QUERY, bare: ["get", "G"], valued: ["url-query"] },
  { because: "a range is a header; write -H 'Range: bytes=0-99'", valued: ["range"] },
  { because: "the path of a URL is sent with . and .. resolved; leave it out", bare: ["path-as-is"] },
  { because: SHOW_ONE, bare: ["include", "verbose", "http-debug", "debug"], valued: ["trace", "trace-ascii"] },
  { because: NOT_KEPT, bare: ["J", "remote-name", "create-dirs"], valued: ["max-body", "max-filesize", "output-dir"] },
  { because: "cookies are kept by each user for itself; leave the file out", valued: ["cookie-jar"] },
  { because: NO_RETRY, bare: ["retry-connrefused"], valued: ["retry", "retry-delay", "retry-max-time"] },
  { because: FULL_SPEED, valued: ["limit-rate", "speed-limit", "speed-time", "Y"] },
  {
    because:
      "the time to connect is a setting of a user class; write --timeout 5 for the whole request, or print the " +
      "locustfile with --print-locustfile and add static override connectionTimeout = 5",
    valued: ["connect-timeout", "dial-timeout"],
  },
  {
    because: "the limit is one for the whole request; write --timeout 5",
    valued: [
      ...["connection-active-timeout", "connection-inactivity-timeout", "keepalive-time", "expect100-timeout"],
      ...["req-timeout", "resp-timeout"],
    ],
  },
  { because: "bodies are sent with their length; leave it out", bare: ["chunked"] },
  {
    because: "the URLs are requested in turn by each user; write a list and --targets FILE",
    bare: ["next", "parallel"],
  },
  { because: SETTINGS, valued: ["rc"] },
  { because: "requests are not sent in batches; leave it out", bare: ["batch_latency"] },
  { because: BURSTS, valued: ["burst-delay", "burst-rate"] },
  { because: "a rate is a number in a time; write --rate 10/s, 10/m or 10/h", valued: ["rate-period"] },
  { because: KEPT_CONNECTIONS, valued: ["maxConnectionRequests", "reconnectRate"] },
  {
    because: "answers are read to their end, and connections are kept; leave it out",
    valued: ["M"], // ali: bytes of an answer; autocannon: requests of a connection
  },
  { because: ONE_AT_A_TIME, valued: ["pipelining"] },
  { because: "a run ends early by a threshold; write --threshold 'failures_count<10, abort'", valued: ["bailout"] },
  { because: CHECKS, bare: ["verifyBody"], valued: ["expectBody"] },
  { because: "failures are in a table of their own and in the counts; leave it out", bare: ["excludeErrorStats"] },
  { because: "a run ends, and is started again by you; leave it out", bare: ["forever"] },
  { because: "the target has to run before it is hit; start it yourself", bare: ["on-port"] },
  { because: GENERATED, bare: ["idReplacement", "rand-regex-url"], valued: ["max-repeat", "dump-urls"] },
  { because: LISTS, bare: ["urls-from-file"], valued: ["har", "file", "input-file", "timing-script-file"] },
  { because: "each URL is written out whole; leave it out", valued: ["base-uri"] },
  { because: "a file with the body is -d @FILE; write that", valued: ["input"] },
  { because: WARM_UP, valued: ["warm-up-time", "warmup"] },
  { because: NO_PAUSES, valued: ["delay", "min-iteration-duration"] },
  { because: "the URLs are requested in turn, not by chance; write a locustfile for that", bare: ["internet"] },
  { because: "a label of the run is --profile NAME; write that", valued: ["mark", "tag"] },
  {
    because: "one line per request is written by --samples FILE.csv or FILE.ndjson; write that",
    valued: ["out", "log-file", "db-url"],
  },
  {
    because: OUTPUTS,
    bare: ["cloudwatch", "boxplot", "json-metrics", "raw-output"],
    valued: [
      ...[
        "output-format",
        "summary-trend-stats",
        "summary-export",
        "summary-mode",
        "json-metrics-file",
        "report",
        "save",
      ],
      ...["export-to", "export-json", "export-csv", "export-markdown", "export-asciidoc", "export-orgmode"],
    ],
  },
  { because: "samples are taken each second; leave it out", valued: ["sampleInt", "interval"] },
  {
    because: "times are in milliseconds; leave it out",
    bare: ["nanosec", "seconds"],
    valued: ["time-unit", "summary-time-unit"],
  },
  { because: "two runs are compared by locust-ts compare A B; write that afterwards", valued: ["compare"] },
  {
    because: NOT_OF_URLS,
    bare: ["relaxed-interpolations", "list-tags", "no-setup", "no-teardown"],
    valued: ["tags", "skip-tags"],
  },
  { because: "the thresholds of a hit are those of --threshold; leave them out", bare: ["no-thresholds"] },
  { because: "--web serves a page that waits for Start; write that", bare: ["paused", "linger"] },
  {
    because: "a hit is the master's side; start its workers by locust-ts worker --master-host HOST",
    bare: ["worker"],
    valued: ["master-host", "master-port", "worker-name", "master-timeout"],
  },
  {
    because:
      "a hit keeps its locustfile only while it runs; print it with --print-locustfile, and write locust-ts run FILE",
    bare: ["auto-resume", "equal-weights", "class-picker", "show-task-ratio", "show-task-ratio-json", "list"],
    valued: ["resume", "shape", "scenario", "exclude-tags", "config-users"],
  },
  { because: ENVIRONMENT, valued: ["env"] },
  {
    because: "a number of requests is -n 10, and --iterations-per-user 10 of each user; write one of them",
    valued: ["runs", "min-runs", "max-runs"],
  },
  {
    because: "it is a command of a shell; run it before or after the hit",
    valued: ["prepare", "setup", "conclude", "cleanup", "shell"],
  },
  { because: NOT_OF_URLS, valued: ["parameter-scan", "parameter-list", "parameter-step-size"] },
  {
    because: "the parts of a run on several machines are --master and workers; leave it out",
    valued: ["execution-segment", "execution-segment-sequence"],
  },
  { because: "a user makes its requests one after the other; leave it out", valued: ["batch", "batch-per-host"] },
  {
    because: "the log goes into a file by --logfile FILE; write that",
    valued: ["log", "log-output", "console-output"],
  },
  {
    because: "--web serves a page with live charts; write that",
    bare: ["auto-open-browser"],
    valued: ["listen", "address"],
  },
  {
    because: "scripts in Lua do not run here; write a locustfile, for which --print-locustfile is a start",
    valued: ["script"],
  },
  { because: "metrics for Prometheus are served by --prometheus-port PORT; write that", valued: ["prometheus-addr"] },
  {
    because: ADDRESSES,
    valued: [
      ...["connect-to", "resolve", "resolvers", "laddr", "interface", "dns", "dns-ttl", "dns-servers", "local-port"],
      ...["local-addr", "local-ips", "blacklist-ip", "block-hostnames"],
    ],
  },
  {
    because: "all addresses of a name are tried; hit the address, with -H 'Host: NAME'",
    bare: ["ipv4", "ipv6", "4", "6"],
  },
  {
    because: "requests go over TCP; let the system listen on a port",
    valued: ["unix-socket", "abstract-unix-socket", "socketPath", "vsock-addr"],
  },
];

/** Those that are refused only as their tool writes them. */
const BY_DASHES: readonly ForeignFlag[] = [
  { names: ["http2", "h2", "h2c"], takes: "perhaps", become: (value) => value === "false" ? [] : refused(NO_HTTP2) },
  { names: ["http-version"], takes: "value", become: (value) => value === "1.1" ? [] : refused(NO_HTTP2) },
  {
    names: ["rps", "connectionRate"],
    takes: "value",
    become: (value) => refused(rateOfAll(value)),
  },
  { names: ["rps-file"], takes: "value", become: () => refused(rateOfAll("N")) },
  { names: ["stage"], takes: "value", become: (_, words) => oneListOfStages(words) },
  {
    names: ["pprof", "profiling-enabled"],
    takes: "perhaps",
    become: () => refused("a profile of the program is not written; leave it out"),
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
  {
    names: ["profile"],
    dashes: 1,
    takes: "value",
    become: () =>
      refused("a profile of the program is not written; a label of the run is --profile NAME, with two dashes"),
  },
  {
    names: ["benchmark"],
    takes: "perhaps",
    become: (value, words) => value !== "" || words.some((word) => /\.ya?ml$/i.test(word)) ? refused(NO_DRILL) : [], // siege: no delays
  },
];

export const REFUSED_FLAGS: readonly ForeignFlag[] = [
  ...BY_DASHES,
  ...REFUSALS.flatMap(({ because, bare = [], valued = [] }): readonly ForeignFlag[] => [
    { names: bare, takes: "nothing", become: () => refused(because) },
    { names: valued, takes: "value", become: () => refused(because) },
  ]),
];
