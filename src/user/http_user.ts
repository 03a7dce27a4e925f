/**
 * `HttpUser` and `FastHttpUser`: users with a client. They turn the class's settings into the options of a session and
 * hand it the user's `UserRequests`, which say whether it may send and where it counts; everything about HTTP is in
 * `http/`.
 */
import type { ClientPool } from "../http/session/client_pool.ts";
import { FastHttpSession } from "../http/session/fast_http_session.ts";
import type { FastRes } from "../http/session/fast_res.ts";
import type { HttpRes } from "../http/session/http_res.ts";
import { HttpSession } from "../http/session/http_session.ts";
import { splitBaseUrl } from "../http/request/request_url.ts";
import type { RestBlock, RestOptions, RestRes } from "../http/session/rest.ts";
import type { SessionOptions } from "../http/session/session_options.ts";
import type { Environment } from "./environment.ts";
import { NEEDS_HOST } from "./needs_host.ts";
import { settingsOf } from "./session_settings.ts";
import { User } from "./user.ts";
import { CLOSE, HOST_CHANGED, LIFECYCLE } from "./lifecycle/user_lifecycle.ts";

/** The settings of both classes, as statics. Times are seconds. */
abstract class ClientUser extends User {
  static override abstract = true;
  /** @internal */
  static readonly [NEEDS_HOST] = true;
  /** Seconds for name look-up, TCP and TLS together; 60. */
  static connectionTimeout?: number;
  /** Seconds without a byte from the server; 60. */
  static networkTimeout?: number;
  /** Redirects followed in one request; 30. */
  static maxRedirects?: number;
  /** How often a timeout or failed connection is tried again within one sample; 0. */
  static maxRetries?: number;
  /** True: bodies of responses below 400 are counted, but not kept: nobody can read them; false. */
  static discardBody?: boolean;
  /** True: certificates are not verified. True for `FastHttpUser`, false for `HttpUser`. */
  static insecure?: boolean;
  /** Sent with every request that has no such header. */
  static defaultHeaders?: SessionOptions["defaultHeaders"];
  /** Connections per host and user; 10. */
  static concurrency?: number;
  /** `http://user:password@host:port`, or `socks5://` and `socks5h://`. Proxies of the environment are ignored. */
  static proxy?: string;
  /** Certificates and verification. `client.tls` is the user's own. */
  static tls?: SessionOptions["tls"];
  /** IP address to connect from. `client.sourceAddress` is the user's own. */
  static sourceAddress?: string;
  /** Seconds that a connection may be idle before it is closed; 60. */
  static idleTimeout?: number;
  /** Seconds that an address is used without asking the name server again; 60. */
  static dnsTtl?: number;
  /** Largest head of a response, in bytes; 262,144. */
  static maxHeadBytes?: number;
  /** Most fields in the head of a response; 2,000. */
  static maxHeadFields?: number;
  /** Connections that all users of the class share; without it each user has its own, as a browser has. */
  static clientPool?: ClientPool;
  /** The same, under the name in Locust's `HttpUser`. */
  static poolManager?: ClientPool;
}

/**
 * A user with the full client: cookies, redirects, proxies, multipart, streams, a WHATWG `fetch`.
 *
 * @example
 * ```ts
 * export class Shopper extends HttpUser {
 *   override waitTime = between(1, 5);
 *
 *   @task
 *   async browse() {
 *     await this.client.get("/items");
 *   }
 * }
 * ```
 */
export abstract class HttpUser extends ClientUser {
  static override abstract = true;

  /** Sends requests to `host`; each is one sample. */
  readonly client: HttpSession;

  constructor(environment: Environment) {
    super(environment);
    this.client = new HttpSession(sessionOptions(this), this[LIFECYCLE].requests);
  }

  /** `client.rest(…)`; in Locust it is a method of the user. Override it to check every answer. */
  rest<T = unknown>(
    method: string,
    url: string,
    options: RestOptions<HttpRes> | RestBlock<HttpRes, T> = {},
    block?: RestBlock<HttpRes, T>,
  ): Promise<RestRes<HttpRes, T>> {
    if (typeof options === "function") return this.client.rest<T>(method, url, options);
    return this.client.rest<T>(method, url, options, block);
  }

  /** `client.rest_(…)`: with the time as a parameter, so that no cache answers. */
  rest_<T = unknown>(
    method: string,
    url: string,
    options: RestOptions<HttpRes> = {},
    block?: RestBlock<HttpRes, T>,
  ): Promise<RestRes<HttpRes, T>> {
    return this.client.rest_<T>(method, url, options, block);
  }

  /** @internal */
  override [HOST_CHANGED](before: string): void {
    moveClient(this.client, before, this.host);
  }

  /** @internal */
  [CLOSE](): void {
    (this.client as HttpSession | undefined)?.close(); // none when the constructor threw
  }
}

/**
 * A user with the lean client: the same methods and the most requests per second; responses are read before they are
 * counted.
 *
 * @example
 * ```ts
 * export class Shopper extends FastHttpUser {
 *   @task
 *   async browse() {
 *     const res = await this.client.get("/items");
 *     if (res.ok) await this.client.get(`/items/${(await res.json<{ first: number }>()).first}`, { name: "/items/[id]" });
 *   }
 * }
 * ```
 */
export abstract class FastHttpUser extends ClientUser {
  static override abstract = true;

  /** Sends requests to `host`; each is one sample. */
  readonly client: FastHttpSession;

  constructor(environment: Environment) {
    super(environment);
    this.client = new FastHttpSession(sessionOptions(this), this[LIFECYCLE].requests);
  }

  /** `client.rest(…)`; in Locust it is a method of the user. Override it to check every answer. */
  rest<T = unknown>(
    method: string,
    url: string,
    options: RestOptions<FastRes> | RestBlock<FastRes, T> = {},
    block?: RestBlock<FastRes, T>,
  ): Promise<RestRes<FastRes, T>> {
    if (typeof options === "function") return this.client.rest<T>(method, url, options);
    return this.client.rest<T>(method, url, options, block);
  }

  /** `client.rest_(…)`: with the time as a parameter, so that no cache answers. */
  rest_<T = unknown>(
    method: string,
    url: string,
    options: RestOptions<FastRes> = {},
    block?: RestBlock<FastRes, T>,
  ): Promise<RestRes<FastRes, T>> {
    return this.client.rest_<T>(method, url, options, block);
  }

  /** @internal */
  override [HOST_CHANGED](before: string): void {
    moveClient(this.client, before, this.host);
  }

  /** @internal */
  [CLOSE](): void {
    (this.client as FastHttpSession | undefined)?.close();
  }
}

/** The client follows the host unless the user has given it another base URL. */
function moveClient(client: { baseUrl: string | URL }, before: string, host: string): void {
  if (client.baseUrl === splitBaseUrl(before).baseUrl) client.baseUrl = host;
}

function sessionOptions(user: User): SessionOptions {
  const userClass = user.constructor as typeof ClientUser;
  return settingsOf(userClass, user.host, readSettings);
}

function readSettings(userClass: typeof ClientUser): SessionOptions {
  const { connectionTimeout, networkTimeout, maxRedirects, maxRetries, discardBody, insecure } = userClass;
  const { defaultHeaders, concurrency, proxy, tls, sourceAddress, idleTimeout, dnsTtl } = userClass;
  const { maxHeadBytes, maxHeadFields, clientPool, poolManager } = userClass;
  return {
    connectionTimeout,
    networkTimeout,
    maxRedirects,
    maxRetries,
    discardBody,
    insecure,
    defaultHeaders,
    concurrency,
    proxy,
    tls,
    sourceAddress,
    idleTimeout,
    dnsTtl,
    maxHeadBytes,
    maxHeadFields,
    pool: clientPool ?? poolManager,
  };
}
