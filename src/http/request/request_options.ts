/**
 * What a request can be told, as locustfiles write it. Types only, but for the check of names: an option that does not exist
 * would otherwise be ignored without a sign. Times are seconds, as everywhere in settings.
 */
import { UsageError } from "../../base/errors.ts";
import type { DigestAuth } from "./digest_auth.ts";
import type { HeaderFields } from "../bytes/header_list.ts";
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

/** TLS of a class, a session or a request. PEM texts. */
export interface TlsSettings {
  /** Whether the server's certificate must be valid. */
  readonly verify?: boolean;
  /** Trusted instead of the system's authorities. */
  readonly ca?: string | readonly string[];
  /** The client's certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** Name for SNI and verification instead of the URL's host. */
  readonly serverName?: string;
}

/** User name and password for Basic, or what `digestAuth()` returns. */
export type Auth = readonly [user: string, password: string] | DigestAuth;

/** Everything that `body` takes. A `ReadableStream` is sent in chunks, once. */
export type RequestBody =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | URLSearchParams
  | FormData
  | Blob
  | ReadableStream<Uint8Array>;

/** Field values of an HTML form; arrays repeat the name. */
export type FormFields = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | null | undefined>
>;

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
  readonly form?: FormFields | URLSearchParams | undefined;
  readonly body?: RequestBody | null | undefined;
  readonly auth?: Auth | undefined;
  /** For this request only, beside those of the jar. */
  readonly cookies?: Readonly<Record<string, string>> | undefined;
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
  /** The call returns at the head; the body is read from `res.body` and is no response time. */
  readonly stream?: boolean | undefined;
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
    "stream",
    "signal",
    "tls",
  ] satisfies (keyof RequestOptions<unknown>)[],
);

/** What those who come from Locust type, and what it is here. */
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
};

/** Throws a `UsageError` that lists every option which does not exist or excludes another one. */
export function checkRequestOptions(options: RequestOptions<never>, method: string): void {
  const problems: string[] = [];
  const unknown: string[] = [];
  for (const name in options) if (!NAMES.has(name)) unknown.push(name);
  const strangers = unknown.filter((name) => !Object.hasOwn(LOCUST_NAMES, name));
  if (strangers.length > 0 && strangers.length === Object.keys(options).length) {
    problems.push(describeMisplacedData(strangers, method));
  } else {
    for (const name of unknown) {
      const advice = LOCUST_NAMES[name] ?? `the options are ${[...NAMES].join(", ")}`;
      problems.push(`Cannot send the ${method} request: there is no option "${name}"; ${advice}`);
    }
  }
  const bodies = (["json", "form", "body"] as const).filter((name) => isGiven(options[name]));
  if (bodies.length > 1) {
    const listed = bodies.map((name) => `"${name}"`).join(" and ");
    problems.push(`Cannot send the ${method} request: ${listed} are both given; a request has one body`);
  }
  if (options.redirect !== undefined && options.redirect !== "follow" && options.redirect !== "manual") {
    problems.push(`Cannot send the ${method} request: "redirect" is "${options.redirect}"; it is "follow" or "manual"`);
  }
  if (problems.length > 0) throw new UsageError(problems);
}

/** Where Python takes the data of a request as its second argument, here are the options. */
function describeMisplacedData(names: readonly string[], method: string): string {
  const listed = names.map((name) => `"${name}"`).join(", ");
  const advice = method === "GET" || method === "HEAD"
    ? "put query parameters into { params: { … } }"
    : "put a form into { form: { … } }, JSON into { json: { … } }";
  const what = names.length === 1 ? `there is no option ${listed}` : `there are no options ${listed}`;
  return `Cannot send the ${method} request: ${what}; ${advice}. The options are ${[...NAMES].join(", ")}`;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
