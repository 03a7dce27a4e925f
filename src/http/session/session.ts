/**
 * The common base of `FastHttpSession` and `HttpSession`: the verbs, the settings of one user, and the calls that are
 * composed of them. `request_sender.ts` sends; this class is the interface that locustfiles use.
 */
import { requiredText } from "../../base/given_text.ts";
import { charsetOf, createTextDecoder } from "../bytes/charset.ts";
import type { CookieJar } from "../cookies/cookie_jar.ts";
import type { HeaderFields, HeaderList } from "../bytes/header_list.ts";
import type { HttpRes } from "./http_res.ts";
import { LineSplitter } from "../bytes/line_splitter.ts";
import type { Auth, RequestOptions, StreamOptions, TlsSettings } from "../request/request_options.ts";
import { URL_NAME } from "./prepare_request.ts";
import type { RequestSender } from "./request_sender.ts";
import { refuseNames } from "../../base/refuse_names.ts";
import { CLIENT_NAMES } from "./requests_names.ts";
import { type Params, urlText } from "../request/request_url.ts";
import type { BaseRes } from "./res.ts";
import { type RestBlock, type RestOptions, type RestRes, sendRest, uncachedUrl } from "./rest.ts";
import { type FetchInit, fetchThrough } from "./session_fetch.ts";
import type { SessionOptions } from "./session_options.ts";
import type { SessionOwner } from "./session_owner.ts";
import type { SessionState } from "./session_state.ts";

/** A response with a text, at once or as a promise. */
export type ReadableRes = BaseRes & { text(): string | Promise<string> };

type AnyOptions<R> = RequestOptions<R> | StreamOptions<HttpRes>;

/** The type of `client.fetch`. */
export type SessionFetch = (input: string | URL | Request, init?: FetchInit) => Promise<Response>;

export abstract class Session<R extends ReadableRes> {
  readonly #sender: RequestSender<R>;
  #fetch: SessionFetch | undefined;

  constructor(sender: RequestSender<R>) {
    this.#sender = sender;
  }

  get #state(): SessionState<R> {
    return this.#sender;
  }

  /** Put before every URL that is not absolute. Without the credentials it was given with. */
  get baseUrl(): string {
    return this.#state.baseUrl;
  }

  set baseUrl(url: string | URL) {
    this.#state.baseUrl = url;
  }

  /** Sent with every request of this user. Assigning replaces all but the standard ones. */
  get headers(): HeaderList {
    return this.#state.headers;
  }

  set headers(fields: HeaderFields) {
    this.#state.replaceHeaders(fields);
  }

  /** Credentials of every request that brings none. Those of the base URL go to its own origin only. */
  get auth(): Auth | undefined {
    return this.#state.auth;
  }

  set auth(auth: Auth | undefined) {
    this.#state.auth = auth;
  }

  /** Query parameters of every request. */
  get params(): Params | undefined {
    return this.#state.params;
  }

  set params(params: Params | undefined) {
    this.#state.params = params;
  }

  /**
   * `http://user:password@host:port`, or `socks5://` and `socks5h://`. Assign it, e.g. in `onStart`, to give this user
   * a proxy of its own.
   */
  get proxy(): string | undefined {
    return this.#state.options.proxy;
  }

  set proxy(proxy: string | undefined) {
    this.#state.reconnectWith({ proxy });
  }

  /** Certificates and verification. Assign it to give this user a client certificate of its own. */
  get tls(): TlsSettings | undefined {
    return this.#state.options.tls;
  }

  set tls(tls: TlsSettings | undefined) {
    this.#state.reconnectWith({ tls });
  }

  /** IP address to connect from; undefined: the system chooses. */
  get sourceAddress(): string | undefined {
    return this.#state.options.sourceAddress;
  }

  set sourceAddress(sourceAddress: string | undefined) {
    this.#state.reconnectWith({ sourceAddress });
  }

  /** The user's cookies. */
  get cookies(): CookieJar {
    return this.#state.jar;
  }

  /** Row of every request that names none, until it is set to undefined again. */
  get requestName(): string | undefined {
    return this.#state.requestName;
  }

  set requestName(name: string | undefined) {
    this.#state.requestName = name;
  }

  /**
   * Counts every request inside `run` under `name`, or without `run` to the end of the block:
   * `using _ = client.renameRequest(name)`. Afterwards `requestName` is undefined, as in Locust.
   */
  renameRequest(name: string): Disposable;
  renameRequest<T>(name: string, run: () => Promise<T> | T): Promise<T>;
  renameRequest<T>(name: string, run?: () => Promise<T> | T): Promise<T> | Disposable {
    this.#state.requestName = name;
    const forget = () => {
      this.#state.requestName = undefined;
    };
    if (run === undefined) return { [Symbol.dispose]: forget };
    return (async () => await run())().finally(forget);
  }

  clearCookies(): void {
    if (this.#state.hasJar) this.#state.jar.clear();
  }

  /** Closes this user's connections; the next request opens new ones. */
  close(): void {
    this.#state.close();
  }

  get(url: string | URL, options: StreamOptions<HttpRes>): Promise<HttpRes>;
  get(url: string | URL, options?: RequestOptions<R>): Promise<R>;
  get(url: string | URL, options?: AnyOptions<R>): Promise<R | HttpRes> {
    return this.#send("GET", url, options);
  }

  post(url: string | URL, options: StreamOptions<HttpRes>): Promise<HttpRes>;
  post(url: string | URL, options?: RequestOptions<R>): Promise<R>;
  post(url: string | URL, options?: AnyOptions<R>): Promise<R | HttpRes> {
    return this.#send("POST", url, options);
  }

  put(url: string | URL, options: StreamOptions<HttpRes>): Promise<HttpRes>;
  put(url: string | URL, options?: RequestOptions<R>): Promise<R>;
  put(url: string | URL, options?: AnyOptions<R>): Promise<R | HttpRes> {
    return this.#send("PUT", url, options);
  }

  patch(url: string | URL, options: StreamOptions<HttpRes>): Promise<HttpRes>;
  patch(url: string | URL, options?: RequestOptions<R>): Promise<R>;
  patch(url: string | URL, options?: AnyOptions<R>): Promise<R | HttpRes> {
    return this.#send("PATCH", url, options);
  }

  delete(url: string | URL, options: StreamOptions<HttpRes>): Promise<HttpRes>;
  delete(url: string | URL, options?: RequestOptions<R>): Promise<R>;
  delete(url: string | URL, options?: AnyOptions<R>): Promise<R | HttpRes> {
    return this.#send("DELETE", url, options);
  }

  head(url: string | URL, options: StreamOptions<HttpRes>): Promise<HttpRes>;
  head(url: string | URL, options?: RequestOptions<R>): Promise<R>;
  head(url: string | URL, options?: AnyOptions<R>): Promise<R | HttpRes> {
    return this.#send("HEAD", url, options);
  }

  options(url: string | URL, options: StreamOptions<HttpRes>): Promise<HttpRes>;
  options(url: string | URL, options?: RequestOptions<R>): Promise<R>;
  options(url: string | URL, options?: AnyOptions<R>): Promise<R | HttpRes> {
    return this.#send("OPTIONS", url, options);
  }

  /** A request with any method; it is sent in capitals. */
  request(method: string, url: string | URL, options: StreamOptions<HttpRes>): Promise<HttpRes>;
  request(method: string, url: string | URL, options?: RequestOptions<R>): Promise<R>;
  async request(method: string, url: string | URL, options?: AnyOptions<R>): Promise<R | HttpRes> {
    return await this.#send(methodText(method), url, options);
  }

  /**
   * A JSON request with a block that checks the answer: `res.js` is the parsed body, whatever the block throws is the
   * failure (and goes no further). Override it in a subclass to check every answer.
   */
  rest<T = unknown>(method: string, url: string | URL, block?: RestBlock<R, T>): Promise<RestRes<R, T>>;
  rest<T = unknown>(
    method: string,
    url: string | URL,
    options: RestOptions<R>,
    block?: RestBlock<R, T>,
  ): Promise<RestRes<R, T>>;
  rest<T = unknown>(
    method: string,
    url: string | URL,
    options: RestOptions<R> | RestBlock<R, T> = {},
    block?: RestBlock<R, T>,
  ): Promise<RestRes<R, T>> {
    if (typeof options === "function") return sendRest(this.#sender, method, url, {}, options);
    return sendRest(this.#sender, method, url, options, block);
  }

  /** `rest()` with the time as a parameter (`_`), so that no cache answers. */
  async rest_<T = unknown>(
    method: string,
    url: string | URL,
    options: RestOptions<R> = {},
    block?: RestBlock<R, T>,
  ): Promise<RestRes<R, T>> {
    const uncached = uncachedUrl(urlText(url, method), this.#state.owner.clock.wallMs());
    return await this.rest(method, uncached.url, { [URL_NAME]: uncached.name, ...options } as RestOptions<R>, block);
  }

  /** The lines of a streamed body, as they arrive. Nothing if there was no response (which is counted). */
  async *iterLines(
    url: string | URL,
    options: Omit<RequestOptions<HttpRes>, "catchResponse" | "stream"> & { readonly method?: string } = {},
  ): AsyncGenerator<string, void, void> {
    const { method = "GET", ...rest } = options;
    const res = await this.#sender.sendStreamed(methodText(method), url, { ...rest, stream: true });
    const decoder = createTextDecoder(charsetOf(res.headers.get("content-type")));
    const splitter = new LineSplitter();
    for await (const bytes of res.body ?? []) yield* splitter.push(decoder.decode(bytes, { stream: true }));
    yield* splitter.push(decoder.decode());
    yield* splitter.end();
  }

  /** A WHATWG `fetch` on this user's connections, cookies and statistics, bound to it: pass it to any SDK. */
  get fetch(): SessionFetch {
    return this.#fetch ??= (input, init) => fetchThrough(this.#sender, input, init);
  }

  /** The settings that another session for the same user starts with. */
  protected get settings(): { readonly options: SessionOptions; readonly owner: SessionOwner } {
    return this.#state;
  }

  #send(method: string, url: string | URL, options: AnyOptions<R> | undefined): Promise<R | HttpRes> {
    if (isStreamed(options)) return this.#sender.sendStreamed(method, url, options);
    return this.#sender.send(method, url, options);
  }
}

refuseNames(Session.prototype, "client", CLIENT_NAMES);

function methodText(method: unknown): string {
  return requiredText(method, "the method of a request").toUpperCase();
}

function isStreamed<R>(options: AnyOptions<R> | undefined): options is StreamOptions<HttpRes> {
  return options?.stream === true;
}
