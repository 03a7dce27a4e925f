/**
 * The state of a session between requests: base URL, headers, credentials, parameters, cookies, connections. All parts
 * are created on first use, because there are thousands of sessions and most need few parts.
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
import { PromisedEnd } from "./fast_path.ts";
import { classRequests, type PreparedRequest, PreparedRequestCache, sharedRequests } from "./prepared_request.ts";
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

/** What paths are appended to. */
interface Base {
  /** Without credentials. */
  readonly url: string;
  readonly credentials: Credentials | undefined;
  /** Undefined: it is more than scheme, host and port. */
  readonly origin: Origin | undefined;
}

/** The common part of all sessions of one client with one options object. */
interface ClassDefaults {
  readonly options: SessionOptions;
  readonly traits: SessionTraits;
  readonly headers: HeaderList;
  readonly timeouts: WireTimeouts;
  readonly base: Base;
}

const defaultsOf = new WeakMap<SessionOptions, ClassDefaults>();

/** What few sessions have. */
interface Extras {
  options?: SessionOptions;
  base?: Base;
  requestName?: string | undefined;
  auth?: Auth | undefined;
  params?: Params | undefined;
  tlsEngines?: Map<string, HttpEngine> | undefined;
  digests?: Map<string, DigestState>;
  inFlight?: Set<ResponseSink>;
}

const NO_EXTRAS: Readonly<Extras> = {};

/** What a session is between its requests, for the code that prepares them and makes their results. */
export type SessionView = Omit<SessionState<unknown>, keyof PromisedEnd<never, never>>;

/**
 * Extends the end of a request, and is extended by what sends them: one object per user, of twelve fields, where three
 * would be a third larger.
 */
export abstract class SessionState<R> extends PromisedEnd<PreparedRequest, R> implements AbortListener {
  readonly owner: SessionOwner;
  readonly #defaults: ClassDefaults;
  #extras: Readonly<Extras> = NO_EXTRAS;
  #headers: HeaderList | undefined;
  #jar: CookieJar | undefined;
  #engine: HttpEngine | undefined;
  #followsOwner = false;
  #prepared: PreparedRequestCache | undefined;

  constructor(options: SessionOptions, owner: SessionOwner, traits: SessionTraits) {
    super();
    this.owner = owner;
    this.#defaults = classDefaults(options, traits);
  }

  get #base(): Base {
    return this.#extras.base ?? this.#defaults.base;
  }

  get traits(): SessionTraits {
    return this.#defaults.traits;
  }

  get timeouts(): WireTimeouts {
    return this.#defaults.timeouts;
  }

  /** To be written to. */
  get #ownExtras(): Extras {
    if (this.#extras === NO_EXTRAS) this.#extras = {};
    return this.#extras;
  }

  get options(): SessionOptions {
    return this.#extras.options ?? this.#defaults.options;
  }

  /** Changes the connections of later requests; requests in flight end on their old connection. */
  reconnectWith(changes: ConnectionSettings): void {
    checkConnectionSettings(changes);
    this.close();
    this.#ownExtras.options = { ...this.options, ...changes };
    this.#engine = undefined;
    if (this.#extras.tlsEngines !== undefined) this.#ownExtras.tlsEngines = undefined;
  }

  get baseUrl(): string {
    return this.#base.url;
  }

  set baseUrl(url: string | URL) {
    this.#ownExtras.base = toBase(url);
    this.#prepared = undefined;
  }

  /** The base URL without a slash at its end: paths are appended to it. */
  get pathBase(): string {
    return withoutLastSlash(this.#base.url);
  }

  /** The origin of plain paths; undefined if the base URL is more than scheme, host and port. */
  get baseOrigin(): Origin | undefined {
    return this.#base.origin;
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
    const { credentials } = this.#base;
    return this.#extras.auth ?? (credentials && [credentials.user, credentials.password]);
  }

  set auth(auth: Auth | undefined) {
    this.#ownExtras.auth = auth;
    if (auth === undefined) this.#ownExtras.base = { ...this.#base, credentials: undefined };
    this.#prepared = undefined;
  }

  get requestName(): string | undefined {
    return this.#extras.requestName;
  }

  set requestName(name: unknown) {
    this.#ownExtras.requestName = givenName(name, '"requestName"');
  }

  get params(): Params | undefined {
    return this.#extras.params;
  }

  set params(params: Params | undefined) {
    this.#ownExtras.params = params;
  }

  get jar(): CookieJar {
    return this.#jar ??= new CookieJar({
      wallMs: () => this.owner.clock.wallMs(),
      defaultHost: () => URL.canParse(this.baseUrl) ? new URL(this.baseUrl).hostname : "",
    });
  }

  get hasJar(): boolean {
    return this.#jar !== undefined;
  }

  /** Credentials of a request that brings none: the URL's, the user's, those of the base URL for its own origin only. */
  authFor(target: RequestTarget): Auth | undefined {
    if (target.origin === this.#base.origin) return this.auth; // its own base URL, and no credentials in the path
    const url = target.parsed;
    const own = credentialsOf(url);
    if (own !== undefined) return [own.user, own.password];
    const { auth } = this.#extras;
    if (auth !== undefined || this.#base.credentials === undefined) return auth;
    return URL.canParse(this.baseUrl) && isSameOrigin(new URL(this.baseUrl), url) ? this.auth : undefined;
  }

  /** Whether a request without options is the same each time but for its cookies, and so can take the fast path. */
  get hasFastPath(): boolean {
    return this.#extras === NO_EXTRAS
      ? !this.options.maxRetries
      : this.hasTemplates && this.#extras.requestName === undefined && !this.options.maxRetries;
  }

  /**
   * Whether the heads of its calls differ in nothing but what they are given: not in a Digest, nor in parameters of the
   * session.
   */
  get hasTemplates(): boolean {
    const { params, auth } = this.#extras;
    return params === undefined && !(auth instanceof DigestAuth);
  }

  /** The value of the Cookie field for a request; undefined if nothing goes there, or the user's own headers say it. */
  cookieFor(target: RequestTarget): string | undefined {
    if (this.#jar === undefined || this.#jar.isEmpty || this.currentHeaders.has("cookie")) return undefined;
    return this.#jar.headerFor(target);
  }

  /** Prepared requests with the present headers and credentials. */
  get preparedRequests(): PreparedRequestCache {
    const version = this.#headers?.version ?? 0;
    if (this.#prepared === undefined || version !== this.#prepared.version) {
      const isOwn = this.#headers !== undefined || this.#extras.auth !== undefined;
      this.#prepared = isOwn ? new PreparedRequestCache(OWN_REQUESTS, version) : this.#sharedRequests();
    }
    return this.#prepared;
  }

  /** The connections of this user, or of its class. With `tls` of one request: others, which are kept, too. */
  engine(tls?: TlsSettings): HttpEngine {
    if (tls !== undefined) return this.#engineWithTls(tls);
    if (this.#engine === undefined) {
      this.#engine = this.options.engine ?? this.#openEngine();
      if (this.#isShared) this.#ownExtras.inFlight ??= new Set();
    }
    if (!this.#followsOwner) this.#followOwner();
    return this.#engine;
  }

  /** Sends one request of a chain. */
  sendInChain(request: WireRequest, tls?: TlsSettings): Promise<ExchangeOutcome> {
    const engine = this.engine(tls);
    return exchange(engine, request, this.inFlight);
  }

  /** Sinks of this user's requests on a shared engine, so that they can be cancelled alone. */
  get inFlight(): Set<ResponseSink> | undefined {
    return this.#extras.inFlight;
  }

  digestState(origin: string): DigestState {
    const digests = this.#ownExtras.digests ??= new Map();
    let state = digests.get(origin);
    if (state === undefined) digests.set(origin, state = new DigestState(() => crypto.randomUUID().slice(0, 16)));
    return state;
  }

  /** Closes connections that are idle now, and busy ones after their response. Those of the class stay open. */
  close(): void {
    if (this.#isShared) return;
    this.#engine?.close();
    for (const engine of this.#extras.tlsEngines?.values() ?? []) engine.close();
  }

  ownerAborted(): void {
    this.#followsOwner = false;
    for (const engine of [this.#engine, ...this.#extras.tlsEngines?.values() ?? []]) {
      if (!this.#isShared) engine?.abortAll();
      else for (const sink of [...this.inFlight ?? []]) engine?.cancel(sink);
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
    const tlsEngines = this.#ownExtras.tlsEngines ??= new Map();
    const key = JSON.stringify(tls);
    let engine = tlsEngines.get(key);
    if (engine === undefined) tlsEngines.set(key, engine = this.#openEngine(tls));
    return engine;
  }

  get #isShared(): boolean {
    return this.options.engine !== undefined || this.options.pool !== undefined;
  }

  #openEngine(tls?: TlsSettings): HttpEngine {
    return openSessionEngine(this.options, this.traits, this.owner, tls);
  }

  /** Those of all users of the class; where the base URL is another one, those of all users with such heads. */
  #sharedRequests(): PreparedRequestCache {
    const { recorder } = this.owner;
    const share = () => sharedRequests(recorder, this.#headState());
    return this.#base === this.#defaults.base ? classRequests(recorder, this.#defaults, share) : share();
  }

  /** Equal texts mean equal prepared requests for equal URLs. */
  #headState(): string {
    const { connectMs, responseMs } = this.timeouts;
    const { url, credentials } = this.#base;
    const authorization = credentials === undefined ? "" : basicAuthorization(credentials);
    const fields = [...this.currentHeaders].map(([name, value]) => `${name}:${value}`).join("\n");
    return [this.traits.naming, url, connectMs, responseMs, authorization, fields].join("\n");
  }
}

function toBase(text: string | URL): Base {
  const { baseUrl: url, credentials } = splitBaseUrl(baseUrlText(text));
  return { url, credentials, origin: plainOrigin(withoutLastSlash(url)) };
}

function baseUrlText(url: unknown): string {
  if (typeof url === "string") return url;
  if (url instanceof URL) return url.href;
  throw new UsageError(
    `Cannot use ${describeKind(url)} as base URL: it is not a URL; give one as text or a URL object`,
  );
}

function classDefaults(options: SessionOptions, traits: SessionTraits): ClassDefaults {
  let defaults = defaultsOf.get(options);
  if (defaults?.traits !== traits) {
    checkConnectionSettings(options);
    const headers = new HeaderList(STANDARD_FIELDS);
    if (options.defaultHeaders !== undefined) headers.assign(options.defaultHeaders);
    const base = toBase(options.baseUrl ?? "");
    defaultsOf.set(options, defaults = { options, traits, headers, timeouts: sessionTimeouts(options), base });
  }
  return defaults;
}
