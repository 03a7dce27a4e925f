/** Finds what is wrong with the words of a command line that belong to no option: mistaken verbs, URLs, and files in the place of classes. Pure. */
import { nearest } from "../../base/hints/near_miss.ts";
import { isUrl, isWebSocketUrl } from "./locustfile/locustfile_url.ts";
import { isFileName } from "./operands.ts";
import type { ReadArguments } from "./reading/argv_reader.ts";
import type { ResolvedOptions } from "./reading/resolve_options.ts";
import { VERB_NAMES } from "./table/verbs.ts";

/** The first word is no command of ours, or a URL where a locustfile is expected. */
export function findWrongCommand(
  verb: "run" | "worker" | undefined,
  read: ReadArguments,
  resolved: ResolvedOptions,
  locustfile: string | undefined,
): readonly string[] {
  const unknownVerb = verb === undefined ? findUnknownVerb(read) : undefined;
  if (unknownVerb !== undefined) return [describeUnknownVerb(unknownVerb, read.operands.find(looksLikeUrl))];
  const isUrlAsFile = verb === "run" && locustfile !== undefined && looksLikeUrl(locustfile);
  return isUrlAsFile && !isNamedByOption(read, resolved) ? [describeUrlOperand(locustfile)] : [];
}

/** Words that people try, and what gives them what they look for. */
const MEANT: Readonly<Record<string, string>> = {
  version: "--version",
  usage: "help",
  man: "help",
  start: "run",
  test: "run",
  execute: "run",
  inspect: "check",
  validate: "check",
};

/**
 * `locust-ts bench`: without a verb every word is a user class, as with Locust, but class names begin with a capital
 * letter, and come with the locustfile or another option.
 */
function findUnknownVerb({ operands, typed }: ReadArguments): string | undefined {
  const [first] = operands;
  if (first === undefined || isFileName(first)) return undefined;
  const looksLikeClasses = operands.every((word) => /^[\p{Lu}_$][\w$,]*$/u.test(word));
  return typed.has("locustfile") || (looksLikeClasses && typed.size > 0) ? undefined : first;
}

/** `url`: one of the words, where somebody tries another tool's `hit URL` or just the URL. */
function describeUnknownVerb(word: string, url: string | undefined): string {
  if (url === word) return describeUrlOperand(url);
  const meant = MEANT[word.toLowerCase()] ?? nearest(word, VERB_NAMES);
  const list = `The commands are ${VERB_NAMES.join(", ")}`;
  return meant === undefined
    ? `Cannot run "${word}": unknown command; ${url === undefined ? "" : `${toLoad(url)}; `}${
      list.replace("The", "the")
    }`
    : `Cannot run "${word}": unknown command. Did you mean "${meant}"? ${list}`;
}

/** Named by `-f`, `LOCUST_LOCUSTFILE` or a config file, where a URL can only be meant as a locustfile. */
function isNamedByOption(read: ReadArguments, { values }: ResolvedOptions): boolean {
  return read.typed.has("locustfile") || (read.operands.length === 0 && values.has("locustfile"));
}

function describeUrlOperand(url: string): string {
  if (isWebSocketUrl(url)) {
    return `Cannot run "${url}": it is a URL for WebSockets, which a locustfile speaks; write one with ` +
      '"locust-ts init --template websocket" and give it the host with -H';
  }
  const asFile = isUrl(url) ? `; to run a locustfile that is at that URL, write -f ${url}` : "";
  return `Cannot run "${url}": it is a URL, not a file; ${toLoad(url)}${asFile}`;
}

/** A URL, or a host as people write it without a scheme: `localhost`, `10.0.0.7`, `shop.example:8080/items`. */
function looksLikeUrl(word: string): boolean {
  if (isUrl(word) || isWebSocketUrl(word)) return true;
  const [host = ""] = word.split("/");
  return /^(localhost|\d+(\.\d+){3})$|^([\w.-]+|\[[\da-f:]+\]):\d+$/i.test(host);
}

function toLoad(url: string): string {
  return `to load it without a locustfile, write "locust-ts hit ${url}"`;
}

/** Files where user classes are expected. */
export function findStrayFiles(
  verb: "run" | "worker" | undefined,
  read: ReadArguments,
  userClasses: readonly string[],
  locustfile: string | undefined,
): readonly string[] {
  // `locust-ts rum x.ts`: the file is in the right place, the command is not.
  if (verb === undefined && findUnknownVerb(read) !== undefined) return [];
  return userClasses.filter(isFileName).map((name) => {
    const advice = locustfile !== undefined && verb === "run"
      ? `write several locustfiles with a comma: ${locustfile},${name}`
      : verb === "worker"
      ? `the master sends its locustfile; to use this one write -f ${name}`
      : `write "locust-ts run ${name}" or -f ${name}`;
    return `Cannot use "${name}" as a user class: it is a file; ${advice}`;
  });
}

/** `run -T slow x.ts`: a greedy list took the locustfile along. */
export function findSwallowedFiles(read: ReadArguments): readonly string[] {
  return ["tags", "exclude-tags"].flatMap((name) => {
    const raw = read.typed.get(name);
    const files = raw?.kind === "list" ? raw.items.filter(isFileName) : [];
    return files.map((file) =>
      `Cannot use "${file}" as a tag: it is a file; write it before --${name}, or "--" before it`
    );
  });
}
