/** A flag of another load-testing tool, and what it becomes here: the form of the tables beside this file. */

/**
 * Words of ours in its place, perhaps with a sentence about what they mean; or why there are none, as the end of
 * `Cannot use --http2: …`.
 */
export type Become =
  | readonly string[]
  | { readonly words: readonly string[]; readonly note: string }
  | { readonly refused: string };

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

export const OUTPUTS =
  "figures are written by --json, --csv PREFIX, --html FILE and --summary-file FILE; write one of them";
export const NO_HTTP2 = "requests go over HTTP/1.1, and HTTP/2 is not there; leave it out";
export const PROXY =
  "a proxy is a setting of a user class; print the locustfile with --print-locustfile and add static override proxy";
export const SHOW_ONE = "--once makes one request and prints it with its answer; write that";
export const ADDRESSES = "names are resolved and addresses chosen by the system; hit the address, with -H 'Host: NAME'";
export const CHECKS = "answers are checked by a locustfile; print one with --print-locustfile, and add a check to it";
export const ENVIRONMENT = "a hit has no variables; write their values into the URL, a header or the body";
export const WARM_UP = "--warm-up 5s leaves the first seconds out of the figures; write that";
export const NOT_KEPT = "answers are read to their end and not kept; leave it out";
export const FORMS =
  "a form with files is made by a locustfile; print one with --print-locustfile, and send a FormData as body";
export const NO_DRILL = "files of drill do not run here; write the URL, or a locustfile";
export const SETTINGS = "settings are read by --config FILE in a form of our own; write that";
export const NO_RETRY = "a request that failed is counted and not made again; leave it out";
export const ONE_AT_A_TIME = "each user makes one request at a time; write a higher -c";
export const KEPT_CONNECTIONS = "connections are kept, or with --no-keepalive made for each request; leave it out";

/** k6 gives each stage a flag of its own. */
export function oneListOfStages(words: readonly string[]): Become {
  const stages = words.flatMap((word, at) =>
    /^--?s(tage)?$/.test(words[at - 1] ?? "")
      ? word.split(",")
      : word.startsWith("--stage=")
      ? word.slice(8).split(",")
      : []
  );
  return refused(`stages are one list; write --stages ${stages.join(",")}`);
}
