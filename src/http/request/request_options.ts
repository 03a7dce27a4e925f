/**
 * The options of a request, as locustfiles write them, and the check of their names: an option that does not exist
 * would otherwise be ignored silently. `option_values.ts` checks the values. Times are seconds, as in all settings.
 */
import { nearest } from "../../base/hints/near_miss.ts";
import { UsageError } from "../../base/errors.ts";
import type { SampleTags } from "../../base/sample_tags.ts";
import { describeKind } from "../../base/given_text.ts";
import type { DigestAuth } from "./digest_auth.ts";
import type { HeaderFields } from "../bytes/header_list.ts";
import { findWrongValue, findWrongValues } from "./option_values.ts";
import type { Params } from "./request_url.ts";

/** Seconds. A plain number is the limit for connecting and for each silence of the server, as in Locust. */
export type Timeout = number | {
  /** Name look-up, TCP and TLS together. */
  readonly connect?: number;
  /** Longest time without a byte from the server. */
  readonly response?: number;
  /** The whole request, redirects included. */
  readonly total?: number;
};

/** A certificate or key in PEM form, as text or as the bytes of its file. */
export type Pem = string | Uint8Array;

/** TLS of a class, a session or a request. */
export interface TlsSettings {
  /** Whether the server's certificate must be valid. */
  readonly verify?: boolean;
  /** Trusted instead of the system's authorities. */
  readonly ca?: Pem | readonly Pem[];
  /** The client's certificate and its key. */
  readonly cert?: Pem;
  readonly key?: Pem;
  /** Name for SNI and verification instead of the URL's host. */
  readonly serverName?: string;
}

/** User name and password for Basic, or what `digestAuth()` returns. */
export type Auth = readonly [user: string, password: string] | DigestAuth;

/** Cookies of a request: an object, a `Map`, or pairs. */
export type Cookies =
  | Readonly<Record<string, string | number | boolean>>
  | Iterable<readonly [name: string, value: string | number | boolean]>;

/** Everything that `body` takes. A `ReadableStream` is sent in chunks, once. */
export type RequestBody =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | URLSearchParams
  | FormData
  | Blob
  | ReadableStream<Uint8Array>;

/** Fields of an HTML form: the same forms as query parameters. */
export type FormFields = Params;

/** Options of every verb. `R` is the response class that the block of `catchResponse` gets. */
export interface RequestOptions<R> {
  /** Row in the statistics instead of the path. */
  readonly name?: string | undefined;
  /** Query parameters, behind those of the session and of the URL. */
  readonly params?: Params | undefined;
  /** Added to the session's headers; the same name replaces. */
  readonly headers?: HeaderFields | undefined;
  /** Sent as JSON. One of `json`, `form` and `body`. */
  readonly json?: unknown;
  /** Sent as `application/x-www-form-urlencoded`. */
  readonly form?: FormFields | undefined;
  readonly body?: RequestBody | null | undefined;
  readonly auth?: Auth | undefined;
  /** For this request only, beside those of the jar. */
  readonly cookies?: Cookies | undefined;
  readonly timeout?: Timeout | undefined;
  readonly redirect?: "follow" | "manual" | undefined;
  /** Locust's spelling of `redirect`. */
  readonly allowRedirects?: boolean | undefined;
  /** How many redirects to follow, instead of the class's `maxRedirects`. */
  readonly maxRedirects?: number | undefined;
  /** How often a timeout or a failed connection is tried again, instead of the class's `maxRetries`. */
  readonly maxRetries?: number | undefined;
  /**
   * `true`: the response waits for your verdict until the end of its `await using` block. A function: the block itself.
   */
  readonly catchResponse?: boolean | ((res: R) => Promise<void> | void) | undefined;
  /** Handed to listeners of `events.request`, over the user's own context. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** What the sample belongs to, over the tags of the user: the rows of the statistics can be split by it. */
  readonly tags?: SampleTags | undefined;
  /** The call returns at the head; the body is read from `res.body` and is no response time. */
  readonly stream?: boolean | undefined;
  /** The body of a response below 400 is counted, but not kept: it cannot be read. Instead of the class's `discardBody`. */
  readonly discardBody?: boolean | undefined;
  /** Calls the request off: it rejects with the signal's reason and counts as abandoned. */
  readonly signal?: AbortSignal | undefined;
  readonly tls?: TlsSettings | undefined;
}

/** Options of a call whose body is not read before it returns. */
export type StreamOptions<R> = RequestOptions<R> & { readonly stream: true };

const NAMES: ReadonlySet<string> = new Set(
  [
    "name",
    "params",
    "headers",
    "json",
    "form",
    "body",
    "auth",
    "cookies",
    "timeout",
    "redirect",
    "allowRedirects",
    "maxRedirects",
    "maxRetries",
    "catchResponse",
    "context",
    "tags",
    "stream",
    "discardBody",
    "signal",
    "tls",
  ] satisfies (keyof RequestOptions<unknown>)[],
);

/** Names that Locust and python-requests use, and what to write here. */
const LOCUST_NAMES: Readonly<Record<string, string>> = {
  data: 'use "form" for fields or "body" for anything else',
  files: 'put a FormData into "body"',
  verify: 'use "tls: { verify: false }"',
  cert: 'use "tls: { cert, key }"',
  proxies: 'set "proxy" on the class',
  hooks: "use a catchResponse block",
  method: "pass it to client.request(method, url, options)",
  allow_redirects: 'write "allowRedirects"',
  catch_response: 'write "catchResponse"',
  max_redirects: 'write "maxRedirects"',
  max_retries: 'write "maxRetries"',
  responseType: 'write "discardBody: true" for "none"; res.text(), res.json() and res.bytes() are there without it',
};

/** Throws a `UsageError` that lists every option which does not exist, has a wrong value, or excludes another one. */
export function checkRequestOptions(options: RequestOptions<never>, method: string): void {
  const cannot = `Cannot send the ${method} request`;
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new UsageError(`${cannot}: its options are ${describeKind(options)}; ${adviseOnData(method)}`);
  }
  if (areRight(options)) return;
  const problems: string[] = [];
  const unknown: string[] = [];
  for (const name in options) if (!NAMES.has(name)) unknown.push(name);
  const strangers = unknown.filter((name) => !Object.hasOwn(LOCUST_NAMES, name) && adviseOnTypo(name) === undefined);
  if (strangers.length > 0 && strangers.length === Object.keys(options).length) {
    problems.push(describeMisplacedData(strangers, method));
  } else {
    for (const name of unknown) {
      const advice = LOCUST_NAMES[name] ?? adviseOnTypo(name) ?? `the options are ${[...NAMES].join(", ")}`;
      problems.push(`${cannot}: there is no option "${name}"; ${advice}`);
    }
  }
  const bodies = (["json", "form", "body"] as const).filter((name) => isGiven(options[name]));
  if (bodies.length > 1) {
    const listed = bodies.map((name) => `"${name}"`).join(" and ");
    problems.push(`${cannot}: ${listed} are both given; a request has one body`);
  }
  if (options.stream === true && options.discardBody === true) {
    problems.push(`${cannot}: "stream" and "discardBody" are both true; a body is read from res.body or not at all`);
  }
  for (const problem of findWrongValues(options)) problems.push(`${cannot}: ${problem}`);
  if (problems.length > 0) throw new UsageError(problems);
}

function areRight(options: RequestOptions<never>): boolean {
  let bodies = 0;
  for (const name in options) {
    if (!NAMES.has(name)) return false;
    const value = options[name as keyof RequestOptions<never>];
    if (!isGiven(value)) continue;
    if (findWrongValue(name, value) !== undefined) return false;
    if (name === "json" || name === "form" || name === "body") bodies++;
  }
  return bodies <= 1 && !(options.stream === true && options.discardBody === true);
}

function adviseOnTypo(name: string): string | undefined {
  const meant = nearest(name, NAMES);
  return meant === undefined || name.length < 4 ? undefined : `write "${meant}"`;
}

/** Python takes the data of a request as the second argument; here it takes the options. */
function describeMisplacedData(names: readonly string[], method: string): string {
  const listed = names.map((name) => `"${name}"`).join(", ");
  const what = names.length === 1 ? `there is no option ${listed}` : `there are no options ${listed}`;
  return `Cannot send the ${method} request: ${what}; ${adviseOnData(method)}. The options are ${
    [...NAMES].join(", ")
  }`;
}

function adviseOnData(method: string): string {
  return method === "GET" || method === "HEAD"
    ? "put query parameters into { params: { … } }"
    : "put a form into { form: { … } }, JSON into { json: { … } }";
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
