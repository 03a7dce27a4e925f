/**
 * The web UI as a locustfile sees it, in the control thread: holds what listeners of `init` add to it. Serving it is
 * the master's, which calls the handlers by messages.
 *
 * Invariant: nothing can be added once `init` is over: the master knows what there is.
 */
import { LocustError } from "../../base/errors.ts";
import { refuseNames } from "../../base/refuse_names.ts";
import type { WebMethod, WebRole, WebUiDescription } from "../../protocol/web_ui_message.ts";
import { describeLogin, type WebLogin } from "./web_login.ts";

/** What a handler gets beside the request. */
export interface WebContext {
  /** Parts of the path by their names in the pattern. */
  readonly params: Readonly<Record<string, string>>;
  /** Of the reader; null for one who is not logged in, on a public route. */
  readonly role: WebRole | null;
  /** Logs the reader in: its answer carries the session. For a login by another service. */
  logIn(role?: WebRole): void;
}

/** A text is sent as plain text, a `Response` as it is, any other value as JSON. */
export type WebHandler = (request: Request, context: WebContext) => unknown;

export interface WebRouteOptions {
  /** Answered without a login; false if absent. */
  readonly isPublic?: boolean;
}

/** A table of data of the locustfile, in a tab of its own. */
export interface WebTab {
  /** In the address of the page: `?tab=KEY`. Letters, digits, `-` and `_`. */
  readonly key: string;
  readonly title: string;
  /** `key`: of the values in the rows. */
  readonly columns: readonly { readonly key: string; readonly title: string }[];
  /** Called about once a second while a run is on. At most 500 rows are shown. */
  readonly rows: () =>
    | readonly Readonly<Record<string, unknown>>[]
    | PromiseLike<
      readonly Readonly<Record<string, unknown>>[]
    >;
}

/** A column of the locustfile in the table of requests. */
export interface WebColumn {
  /** Letters, digits, `-` and `_`; another one than that of any tab. */
  readonly key: string;
  readonly title: string;
  /**
   * Called about once a second while a run is on: the values by the rows, which are named by method and name, as in
   * `"GET /items"`; `"Aggregated"` is the last row. A row without a value shows a dash. At most 2,000 values are taken.
   */
  readonly values: () => Readonly<Record<string, unknown>> | PromiseLike<Readonly<Record<string, unknown>>>;
}

/** A link among the downloads. */
export interface WebDownload {
  readonly title: string;
  /** Path of a route of the locustfile, or a URL of http or https. */
  readonly href: string;
}

export interface WebRoute extends Required<WebRouteOptions> {
  readonly method: WebMethod;
  readonly path: string;
  readonly handler: WebHandler;
}

/** More than these are a loop that has gone wrong. */
const MAX_PARTS = 200;
const METHODS: readonly string[] = ["GET", "POST", "PUT", "PATCH", "DELETE"] satisfies WebMethod[];
const PATH = /^\/(?:(?:[A-Za-z0-9._~-]+|:[A-Za-z]\w*)(?:\/(?:[A-Za-z0-9._~-]+|:[A-Za-z]\w*))*)?$/;
const KEY = /^[A-Za-z][\w-]{0,63}$/;

/**
 * The web UI: `environment.webUi` in a listener of `init`, in the control thread of a test with `--web`; undefined
 * elsewhere.
 *
 * @example
 * ```ts
 * events.init.addListener(({ webUi }) => {
 *   webUi?.route("GET", "/hello", () => "hello from the locustfile");
 * });
 * ```
 */
export class WebUi {
  /** Of all addresses: empty, or as `--web-base-path` has it. */
  readonly basePath: string;
  /** Proposed in the start form. */
  profiles: readonly string[] = [];
  /** The start form refuses to start without a host. */
  isHostRequired = false;
  readonly #routes: WebRoute[] = [];
  readonly #tabs = new Map<string, WebTab>();
  readonly #columns = new Map<string, WebColumn>();
  readonly #downloads: WebDownload[] = [];
  #login: WebLogin | undefined;
  #isClosed = false;

  constructor(options: { readonly basePath?: string } = {}) {
    this.basePath = options.basePath ?? "";
  }

  /**
   * Answers requests to a path of the web UI. `:name` in it stands for one part of a path. GET must change nothing: its
   * handler is called for spectators too.
   * @throws LocustError for a path or method that cannot be served
   */
  route(method: WebMethod, path: string, handler: WebHandler, options: WebRouteOptions = {}): void {
    const subject = `Cannot add the route ${String(method)} ${String(path)}`;
    this.#checkOpen(subject);
    if (!METHODS.includes(method)) throw new LocustError(`${subject}: the method is none of ${METHODS.join(", ")}`);
    if (typeof path !== "string" || !PATH.test(path)) {
      throw new LocustError(`${subject}: the path is not of the form "/words/:name"; change it`);
    }
    if (typeof handler !== "function") throw new LocustError(`${subject}: the handler is not a function; pass one`);
    if (this.#routes.some((each) => each.method === method && each.path === path)) {
      throw new LocustError(`${subject}: the locustfile has added it before; choose another path`);
    }
    checkRoom(this.#routes.length, subject);
    this.#routes.push({ method, path, handler, isPublic: options.isPublic === true });
  }

  /** Adds a tab with a table. @throws LocustError for a key that is taken or cannot stand in an address */
  addTab(tab: WebTab): void {
    const subject = `Cannot add the tab "${String(tab?.key)}"`;
    this.#checkOpen(subject);
    this.#checkKey(tab?.key, subject);
    const isList = Array.isArray(tab.columns) &&
      tab.columns.every((each) => typeof each?.key === "string" && typeof each.title === "string");
    if (typeof tab.title !== "string" || !isList) {
      throw new LocustError(`${subject}: it needs a title, and columns with a key and a title each`);
    }
    if (typeof tab.rows !== "function") throw new LocustError(`${subject}: rows is not a function; pass one`);
    checkRoom(this.#tabs.size, subject);
    this.#tabs.set(tab.key, tab);
  }

  /** Adds a column to the table of requests. @throws LocustError for a key that is taken or no word */
  addColumn(column: WebColumn): void {
    const subject = `Cannot add the column "${String(column?.key)}"`;
    this.#checkOpen(subject);
    this.#checkKey(column?.key, subject);
    if (typeof column.title !== "string" || column.title === "") throw new LocustError(`${subject}: give it a title`);
    if (typeof column.values !== "function") {
      throw new LocustError(`${subject}: values is not a function; pass one`);
    }
    checkRoom(this.#columns.size, subject);
    this.#columns.set(column.key, column);
  }

  /** Adds a link to the downloads. @throws LocustError for an address that is neither a path nor a URL */
  addDownload(download: WebDownload): void {
    const subject = `Cannot add the download "${String(download?.title)}"`;
    this.#checkOpen(subject);
    const { title, href } = download;
    if (typeof title !== "string" || typeof href !== "string" || !isAddress(href)) {
      throw new LocustError(
        `${subject}: give a title, and as href a path that begins with / or a URL of http or https`,
      );
    }
    checkRoom(this.#downloads.length, subject);
    this.#downloads.push({ title, href });
  }

  /**
   * Asks people for a login in its own way. In force with `--web-login` only. @throws LocustError for a login that
   * cannot be shown
   */
  setLogin(login: WebLogin): void {
    this.#checkOpen("Cannot set the login");
    describeLogin(login);
    this.#login = login;
  }

  /** @internal */
  get login(): WebLogin | undefined {
    return this.#login;
  }

  /** @internal */
  findRoute(method: string, path: string): WebRoute | undefined {
    return this.#routes.find((each) => each.method === method && each.path === path);
  }

  /** @internal */
  tabs(): readonly WebTab[] {
    return [...this.#tabs.values()];
  }

  /** @internal */
  columns(): readonly WebColumn[] {
    return [...this.#columns.values()];
  }

  /** @internal What there is; from now on nothing can be added. */
  close(): WebUiDescription {
    this.#isClosed = true;
    return {
      routes: this.#routes.map(({ method, path, isPublic }) => ({ method, path, isPublic })),
      tabs: this.tabs().map(({ key, title, columns }) => ({
        key,
        title,
        columns: columns.map((column) => ({ key: column.key, title: column.title })),
      })),
      columns: this.columns().map(({ key, title }) => ({ key, title })),
      downloads: this.#downloads.map(({ title, href }) => ({ title, href: href.replace(/^\//, "") })),
      profiles: this.profiles.map(String),
      isHostRequired: this.isHostRequired === true,
      ...(this.#login === undefined ? {} : { login: describeLogin(this.#login) }),
    };
  }

  /** Rows of tabs and values of columns travel under their keys. */
  #checkKey(key: unknown, subject: string): void {
    if (typeof key !== "string" || !KEY.test(key)) {
      throw new LocustError(`${subject}: its key is not a word of letters, digits, "-" and "_"; change it`);
    }
    if (this.#tabs.has(key) || this.#columns.has(key)) {
      throw new LocustError(`${subject}: there is one with this key; choose another key`);
    }
  }

  #checkOpen(subject: string): void {
    if (this.#isClosed) throw new LocustError(`${subject}: the web UI is being served; add it in a listener of "init"`);
  }
}

const TABS = "webUi.addTab(…), webUi.addColumn(…) and webUi.addDownload(…)";

refuseNames(WebUi.prototype, "webUi", {
  app: 'webUi.route("GET", "/path", (request) => …)',
  template_args: TABS,
  templateArgs: TABS,
  auth_args: "webUi.setLogin(…)",
  authArgs: "webUi.setLogin(…)",
  login_manager: "webUi.setLogin(…)",
  loginManager: "webUi.setLogin(…)",
});

function isAddress(href: string): boolean {
  return /^\/(?!\/)[^\s\\]*$/.test(href) || (/^https?:\/\//i.test(href) && URL.canParse(href));
}

function checkRoom(count: number, subject: string): void {
  if (count >= MAX_PARTS) throw new LocustError(`${subject}: there are ${MAX_PARTS} already; add fewer`);
}
