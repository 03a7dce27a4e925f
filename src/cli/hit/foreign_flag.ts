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
export const STAGES = "stages are one list; write --stages 30s:10,1m:50";
