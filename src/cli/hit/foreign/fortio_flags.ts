/** fortio's flags, which have one dash: a rate for all connections, a body and a name by words of its own, and a server's that are not for a hit. Data. */
import { CHECKS, type ForeignFlag, KEPT_CONNECTIONS, OUTPUTS, refused, SHOW_ONE } from "./foreign_flag.ts";

const NO_GRPC = "gRPC is not there; requests go over HTTP/1.1, and a class of your own can speak it";
const BUFFERS = "buffers grow as answers need them; leave it out";

/** What tells that a line is fortio's. */
export function isFortio(words: readonly string[]): boolean {
  return words.some((word) => /^--?qps(=|$)/.test(word));
}

export const FORTIO_FLAGS: readonly ForeignFlag[] = [
  {
    names: ["qps"],
    takes: "value",
    become: (value) => /^(-.*|0|max)$/.test(value) ? [] : [`--rate=${value}`], // without a rate: as fast as answers come
  },
  { names: ["payload"], takes: "value", become: (value) => [`--data=${value}`] },
  { names: ["payload-file"], takes: "value", become: (value) => [`--data-file=${value}`] },
  { names: ["labels"], takes: "value", become: (value) => [`--profile=${value}`] },
  { names: ["https-insecure"], takes: "perhaps", become: (value) => value === "false" ? [] : ["--insecure"] },
  {
    names: [
      ...["allow-initial-errors", "log-errors", "stdclient", "nocatchup", "compression", "halfclose", "httpccch"],
      ...["logger-force-color", "no-reresolve", "logcaller", "logger-json", "sequential-warmup"],
    ],
    takes: "perhaps",
    become: () => [],
  },
  { names: ["logprefix", "gomaxprocs"], takes: "value", become: () => [] },
  {
    names: ["jitter", "uniform"],
    takes: "perhaps",
    become: () => refused("arrivals are even or by chance; write --rate '100/s poisson', or leave it out"),
  },
  { names: ["grpc", "ping", "health", "grpc-compression"], takes: "perhaps", become: () => refused(NO_GRPC) },
  { names: ["healthservice", "grpc-ping-delay", "grpc-metadata"], takes: "value", become: () => refused(NO_GRPC) },
  { names: ["httpbufferkb", "maxpayloadsizekb"], takes: "value", become: () => refused(BUFFERS) },
  { names: ["data-dir", "sync", "static-dir"], takes: "value", become: () => refused(OUTPUTS) },
  { names: ["connection-reuse"], takes: "value", become: () => refused(KEPT_CONNECTIONS) },
  { names: ["abort-on"], takes: "value", become: () => refused(CHECKS) },
  {
    names: ["curl", "curl-stdout-headers"],
    takes: "perhaps",
    become: () => refused(SHOW_ONE),
  },
  {
    names: ["payload-size"],
    takes: "value",
    become: () => refused("bodies are not made up here; write -d @FILE, with a file of this size"),
  },
  { names: ["offset"], takes: "value", become: () => refused("all users start at once; write -r 5 for five a second") },
];
