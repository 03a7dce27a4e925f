/**
 * The state of a session between requests: base URL, headers, credentials, parameters, cookies, connections. All parts are
 * created on first use, because there are thousands of sessions and most need few parts.
 */
import { basicAuthorization } from "../request/basic_auth.ts";
import { CookieJar } from "../cookies/cookie_jar.ts";
import { DigestAuth, DigestState } from "../request/digest_auth.ts";
import { UsageError } from "../../base/errors.ts";
import { describeKind, givenName } from "../../base/given_text.ts";
import type { HttpEngine } from "../engine/engine.ts";
import { exchange, type ExchangeOutcome } from "../engine/exchange.ts";
import { type HeaderFields, HeaderList } from "../bytes/header_list.ts";
import type { Origin } from "../engine/origin.ts";
import { STANDARD_FIELDS } from "../request/request_fields.ts";
import type { Auth, TlsSettings } from "../request/request_options.ts";
import { PreparedRequestCache, sharedRequests } from "./prepared_request.ts";
import { plainOrigin, type RequestTarget } from "../request/request_target.ts";
import {
  type Credentials,
  credentialsOf,
  isSameOrigin,
  type Params,
  splitBaseUrl,
  withoutLastSlash,
} from "../request/request_url.ts";
import {
  checkConnectionSettings,
  type ConnectionSettings,
  type SessionOptions,
  sessionTimeouts,
  type SessionTraits,
} from "./session_options.ts";
import { openSessionEngine } from "./session_engine.ts";
import type { AbortListener, SessionOwner } from "./session_owner.ts";
import type { ResponseSink, WireRequest, WireTimeouts } from "../engine/wire.ts";

/** Size of the cache of a user with headers of its own, which no other user can share. */
const OWN_REQUESTS = 32;

/** The common part of all sessions with one options object. */
interface ClassDefaults {
  readonly headers: HeaderList;
  readonly timeouts: WireTimeouts;
}

const defaultsOf = new WeakMap<SessionOptions, ClassDefaults>();

export class SessionState implements AbortListener {
  readonly owner: SessionOwner;
  readonly traits: SessionTraits;
  readonly timeouts: WireTimeouts;
  #requestName: string | undefined;
  readonly #defaults: ClassDefaults;
  #options: SessionOptions;
  #baseUrl = "";
  #baseCredentials: Credentials | undefined;
  #baseOrigin: Origin | undefined;
  #auth: Auth | undefined;
  #params: Params | undefined;
  #headers: HeaderList | undefined;
  #jar: CookieJar | undefined;
  #engine: HttpEngine | undefined;
  #tlsEngines: Map<string, HttpEngine> | undefined;
  #inFlight: Set<ResponseSink> | undefined;
  #digests: Map<string, DigestState> | undefined;
  #followsOwner = false;
  #prepared: PreparedRequestCache | undefined;
  #preparedVersion = 0;

  constructor(options: SessionOptions, owner: SessionOwner, traits: SessionTraits) {
    this.#options = options;
    this.owner = owner;
    this.traits = traits;
    this.#defaults = classDefaults(options);
    this.timeouts = this.#defaults.timeouts;
    this.baseUrl = options.baseUrl ?? "";
  }

  get options(): SessionOptions {
    return this.#options;
  }

  /** Changes the connections of later requests; requests in flight end on their old connection. */
  reconnectWith(changes: ConnectionSettings): void {
    checkConnectionSettings(changes);
    this.close();
    this.#options = { ...this.#options, ...changes };
    this.#engine = undefined;
    this.#tlsEngines = undefined;
  }

  get baseUrl(): string {
    return this.#baseUrl;
  }

  set baseUrl(url: string | URL) {
    const { baseUrl, credentials } = splitBaseUrl(baseUrlText(url));
    this.#baseUrl = baseUrl;
    this.#baseCredentials = credentials;
    this.#baseOrigin = plainOrigin(withoutLastSlash(baseUrl));
    this.#prepared = undefined;
  }

  /** The base URL without a slash at its end: paths are appended to it. */
  get pathBase(): string {
    return withoutLastSlash(this.#baseUrl);
  }

  /** The origin of plain paths; undefined if the base URL is more than scheme, host and port. */
  get baseOrigin(): Origin | undefined {
    return this.#baseOrigin;
  }

  /** The user's own headers, to be changed at will. */
  get headers(): HeaderList {
    return this.#headers ??= this.#defaults.headers.copy();
  }

  /** The same, to be read. */
  get currentHeaders(): HeaderList {
    return this.#headers ?? this.#defaults.headers;
  }

  /** Replaces all headers but the standard ones. */
  replaceHeaders(fields: HeaderFields): void {
    this.#headers = new HeaderList(STANDARD_FIELDS);
    this.#headers.assign(fields);
    this.#prepared = undefined;
  }

  get auth(): Auth | undefined {
    if (this.#auth !== undefined) return this.#auth;
    return this.#baseCredentials && [this.#baseCredentials.user, this.#baseCredentials.password];
  }

  set auth(auth: Auth | undefined) {
    this.#auth = auth;
    if (auth === undefined) this.#baseCredentials = undefined;
    this.#prepared = undefined;
  }

  get requestName(): string | undefined {
    return this.#requestName;
  }

  set requestName(name: unknown) {
    this.#requestName = givenName(name, '"requestName"');
  }

  get params(): Params | undefined {
    return this.#params;
  }

  set params(params: Params | undefined) {
    this.#params = params;
  }

  get jar(): CookieJar {
    return this.#jar ??= new CookieJar({
      wallMs: () => this.owner.clock.wallMs(),
      defaultHost: () => URL.canParse(this.#baseUrl) ? new URL(this.#baseUrl).hostname : "",
    });
  }

  get hasJar(): boolean {
    return this.#jar !== undefined;
  }

  /** Credentials of a request that brings none: the URL's, the user's, those of the base URL for its own origin only. */
  authFor(target: RequestTarget): Auth | undefined {
    if (target.origin === this.#baseOrigin) return this.auth; // its own base URL, and no credentials in the path
    const url = target.parsed;
    const own = credentialsOf(url);
    if (own !== undefined) return [own.user, own.password];
    if (this.#auth !== undefined || this.#baseCredentials === undefined) return this.#auth;
    return URL.canParse(this.#baseUrl) && isSameOrigin(new URL(this.#baseUrl), url) ? this.auth : undefined;
  }

  /** Whether a request without options is the same each time but for its cookies, and so can take the fast path. */
  get hasFastPath(): boolean {
    return this.#params === undefined && this.requestName === undefined && !(this.#auth instanceof DigestAuth) &&
      !this.options.maxRetries;
  }

  /** The value of the Cookie field for a request; undefined if nothing goes there, or the user's own headers say it. */
  cookieFor(request: { readonly target: RequestTarget }): string | undefined {
    if (this.#jar === undefined || this.#jar.isEmpty || this.#headers?.has("cookie") === true) return undefined;
    return this.#jar.headerFor(request.target.parsed);
  }

  /** Prepared requests with the present headers and credentials. */
  get preparedRequests(): PreparedRequestCache {
    const version = this.#headers?.version ?? 0;
    if (this.#prepared === undefined || version !== this.#preparedVersion) {
      this.#preparedVersion = version;
      const isOwn = this.#headers !== undefined || this.#auth !== undefined;
      this.#prepared = isOwn
        ? new PreparedRequestCache(OWN_REQUESTS)
        : sharedRequests(this.owner.recorder, this.#headState());
    }
    return this.#prepared;
  }

  /** The connections of this user, or of its class. With `tls` of one request: others, which are kept, too. */
  engine(tls?: TlsSettings): HttpEngine {
    if (tls !== undefined) return this.#engineWithTls(tls);
    if (this.#engine === undefined) {
      this.#engine = this.options.engine ?? this.#openEngine();
      if (this.#isShared) this.#inFlight ??= new Set();
    }
    if (!this.#followsOwner) this.#followOwner();
    return this.#engine;
  }

  /** Sends one request of a chain. */
  send(request: WireRequest, tls?: TlsSettings): Promise<ExchangeOutcome> {
    const engine = this.engine(tls);
    return exchange(engine, request, this.#inFlight);
  }

  /** Sinks of this user's requests on a shared engine, so that they can be cancelled alone. */
  get inFlight(): Set<ResponseSink> | undefined {
    return this.#inFlight;
  }

  digestState(origin: string): DigestState {
    this.#digests ??= new Map();
    let state = this.#digests.get(origin);
    if (state === undefined) this.#digests.set(origin, state = new DigestState(() => crypto.randomUUID().slice(0, 16)));
    return state;
  }

  /** Closes connections that are idle now, and busy ones after their response. Those of the class stay open. */
  close(): void {
    if (this.#isShared) return;
    this.#engine?.close();
    for (const engine of this.#tlsEngines?.values() ?? []) engine.close();
  }

  ownerAborted(): void {
    this.#followsOwner = false;
    for (const engine of [this.#engine, ...this.#tlsEngines?.values() ?? []]) {
      if (!this.#isShared) engine?.abortAll();
      else for (const sink of [...this.#inFlight ?? []]) engine?.cancel(sink);
    }
  }

  /** The owner can abort again after an abort: the requests of its `onStop` hooks are allowed again. */
  #followOwner(): void {
    if (this.owner.isAborted) return;
    this.#followsOwner = true;
    this.owner.onAbort(this);
  }

  #engineWithTls(tls: TlsSettings): HttpEngine {
    this.engine(); // so that the owner's signal is followed
    this.#tlsEngines ??= new Map();
    const key = JSON.stringify(tls);
    let engine = this.#tlsEngines.get(key);
    if (engine === undefined) this.#tlsEngines.set(key, engine = this.#openEngine(tls));
    return engine;
  }

  get #isShared(): boolean {
    return this.options.engine !== undefined || this.options.pool !== undefined;
  }

  #openEngine(tls?: TlsSettings): HttpEngine {
    return openSessionEngine(this.options, this.traits, this.owner, tls);
  }

  /** Equal texts mean equal prepared requests for equal URLs. */
  #headState(): string {
    const { connectMs, responseMs } = this.timeouts;
    const authorization = this.#baseCredentials === undefined ? "" : basicAuthorization(this.#baseCredentials);
    const fields = [...this.currentHeaders].map(([name, value]) => `${name}:${value}`).join("\n");
    return [this.traits.naming, this.#baseUrl, connectMs, responseMs, authorization, fields].join("\n");
  }
}

function baseUrlText(url: unknown): string {
  if (typeof url === "string") return url;
  if (url instanceof URL) return url.href;
  throw new UsageError(
    `Cannot use ${describeKind(url)} as base URL: it is not a URL; give one as text or a URL object`,
  );
}

function classDefaults(options: SessionOptions): ClassDefaults {
  let defaults = defaultsOf.get(options);
  if (defaults === undefined) {
    checkConnectionSettings(options);
    const headers = new HeaderList(STANDARD_FIELDS);
    if (options.defaultHeaders !== undefined) headers.assign(options.defaultHeaders);
    defaultsOf.set(options, defaults = { headers, timeouts: sessionTimeouts(options) });
  }
  return defaults;
}
