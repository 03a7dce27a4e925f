/**
 * The destination of a request in its three forms: origin, path, and the URL to show. Parsed only if necessary: behind
 * a plain base URL only the path differs, and parsing it would be a quarter of the cost of a call.
 */
import { UsageError } from "../../base/errors.ts";
import { isPlainBase, isPlainPath } from "./request_head.ts";
import { createOrigin, type Origin } from "../engine/origin.ts";
import { pathOf, publicUrl, withoutCredentials } from "./request_url.ts";

export class RequestTarget {
  readonly origin: Origin;
  /** Path and query, as in the request line. */
  readonly path: string;
  /** Absolute, without credentials and fragment. */
  readonly url: string;
  /** Its URL is a plain base and a plain path: it holds no credentials, and its origin is the same object for all of these. */
  readonly isPlain: boolean;
  #parsed: URL | undefined;

  constructor(origin: Origin, path: string, url: string, parsed?: URL) {
    this.origin = origin;
    this.path = path;
    this.url = url;
    this.isPlain = parsed === undefined;
    this.#parsed = parsed;
  }

  /** For redirects, cookies and credentials. */
  get parsed(): URL {
    return this.#parsed ??= new URL(this.url);
  }
}

/** Base URLs of a thread: users of a class have the same one, and each its session. */
const plainOrigins = new Map<string, Origin | undefined>();
const MAX_PLAIN_ORIGINS = 256;

/** The origin of a base URL of scheme, host and port only; the same object each time. */
export function plainOrigin(baseUrl: string): Origin | undefined {
  if (plainOrigins.has(baseUrl)) return plainOrigins.get(baseUrl);
  if (plainOrigins.size >= MAX_PLAIN_ORIGINS) plainOrigins.clear();
  const origin = isPlainBase(baseUrl) ? createOrigin(new URL(baseUrl)) : undefined;
  plainOrigins.set(baseUrl, origin);
  return origin;
}

/** Where the host of an absolute URL may begin at the latest, so that the slash behind it is found. */
const BEHIND_SCHEME = 8;

/** The target of an absolute URL that needs no parsing; undefined: it does. */
export function plainTarget(url: string): RequestTarget | undefined {
  const slash = url.indexOf("/", BEHIND_SCHEME);
  if (slash < 0) return undefined;
  const path = url.slice(slash);
  if (!isPlainPath(path)) return undefined;
  const origin = plainOrigin(url.slice(0, slash));
  return origin === undefined ? undefined : new RequestTarget(origin, path, url);
}

/** A plain target with another path. */
export function withPath({ origin, path, url }: RequestTarget, other: string): RequestTarget {
  return new RequestTarget(origin, other, url.slice(0, url.length - path.length) + other);
}

/** The target of a parsed URL. */
export function targetOf(url: URL): RequestTarget {
  const origin = createOrigin(url);
  if (origin === undefined) {
    throw new UsageError(
      `Cannot request "${withoutCredentials(url.href)}": it has no host, or another scheme than http and https`,
    );
  }
  return new RequestTarget(origin, pathOf(url), publicUrl(url), url);
}
