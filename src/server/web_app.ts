/**
 * The web UI's server as a function from requests to answers: the page, Locust's HTTP API, our own API, login, and the guards before
 * all of them. Gets everything by injection and opens no socket.
 *
 * Invariant: no handler runs before the request passed the host and origin check, and its reader has a role.
 */
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { type ApiParts, apiRoutes } from "./api/api_routes.ts";
import { errorAnswer, Refusal } from "./answers/api_error.ts";
import { locustRoutes } from "./locust/locust_routes.ts";
import { isPublicPath, locustfileRoutes, type LocustfileWeb } from "./login/locustfile_web.ts";
import type { PlainPage } from "./login/login_page.ts";
import { handlerLogin, loginRoutes } from "./login/login_routes.ts";
import { answerHead } from "./routing/answer_head.ts";
import { findForeign, type GuardSettings } from "./routing/request_guard.ts";
import { addRoutes, credentialsOf, type Route, type WebContext, type WebEnv } from "./routing/routes.ts";
import { compress } from "./routing/compress.ts";
import { leadTo } from "./routing/lead_to.ts";

export interface AppDeps extends ApiParts {
  readonly guard: GuardSettings;
  /** Begins with a slash and ends without one; empty: none. */
  readonly basePath: string;
  readonly isTls: boolean;
  readonly page: () => Promise<PlainPage>;
  /** Ours, and those of what is inside. */
  readonly licenses: () => Promise<string>;
  /** Answers `/metrics`. */
  readonly metrics: (request: Request) => Response;
  readonly locustfile: LocustfileWeb;
  /** Reports a mistake of ours, with its stack. */
  readonly reportError: (error: unknown) => void;
}

export type WebApp = Hono<WebEnv>;

const MAX_BODY_BYTES = 1024 * 1024;
/** Answered without a login. */
const OPEN = ["/healthz", "/login", "/spectate"];

export function createApp(deps: AppDeps): WebApp {
  const { basePath, locustfile } = deps;
  const app = new Hono<WebEnv>();
  const locusts = locustRoutes({ ...deps, wallMs: () => deps.clock.wallMs() });
  const steeringReads = new Set(
    locusts.filter(({ method, effect }) => method === "GET" && effect === "steers").map(({ path }) => path),
  );
  const own = [...pageRoutes(deps), ...loginRoutes({ ...deps, steeringReads }), ...apiRoutes(deps), ...locusts];
  const routes = [...own, ...locustfileRoutes(locustfile, own, handlerLogin(deps))];
  const isSteering = ({ req }: WebContext) =>
    !["GET", "HEAD", "OPTIONS"].includes(req.method) || steeringReads.has(pathBelow(req.path, basePath));
  app.use(async (context, next) => {
    const refusal = guard(deps, context, isSteering(context));
    if (refusal !== undefined) context.res = refusal;
    else await next();
    secure(context, deps);
    await compress(context);
    await answerHead(context);
  });
  app.use(bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => errorAnswer(new Refusal(413, "Cannot take the body: it is larger than 1 MB")),
  }));
  addRoutes(app, basePath, routes);
  if (basePath !== "") app.get(basePath, (context) => leadTo(context, basePath, "/", 308));
  app.notFound((context) => errorAnswer(new Refusal(404, `Cannot find ${context.req.path}: there is no such address`)));
  app.onError((error) => {
    if (error instanceof Refusal) return errorAnswer(error);
    deps.reportError(error);
    return errorAnswer(new Refusal(500, "Cannot answer: locust-ts failed; see its log"));
  });
  return app;
}

/** Without the base path, where the path has it. */
function pathBelow(path: string, basePath: string): string {
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
}

/** The answer to a request that may not pass; undefined: it may, and its role is set. */
function guard(deps: AppDeps, context: WebContext, isSteering: boolean): Response | undefined {
  const { access, basePath, locustfile } = deps;
  const { req } = context;
  const foreign = findForeign({
    method: req.method,
    isSteering,
    host: req.header("host") ?? new URL(req.url).host,
    origin: req.header("origin"),
    fetchSite: req.header("sec-fetch-site"),
  }, deps.guard);
  if (foreign !== undefined) return errorAnswer(new Refusal(403, `Refused: ${foreign}`));
  if (req.method === "OPTIONS" && req.header("origin") !== undefined) return context.body(null, 204);
  const address = context.env?.remoteAddress ?? "";
  const credentials = credentialsOf(context);
  const role = access.roleOf(credentials);
  const path = pathBelow(req.path, basePath);
  const isOpen = OPEN.includes(path) || isPublicPath(path, locustfile.description.routes);
  if (role === undefined && !isOpen) {
    const seconds = credentials.bearer === undefined ? 0 : access.refuseBearer(address);
    if (seconds > 0) return tooMany(seconds);
    if (path.startsWith("/api/") || path === "/metrics") {
      return errorAnswer(new Refusal(401, "Not logged in: send a session cookie or Authorization: Bearer TOKEN"), {
        "WWW-Authenticate": "Bearer",
      });
    }
    const { search } = new URL(req.url);
    return leadTo(context, basePath, `/login?next=${encodeURIComponent(req.path + search)}`, 302);
  }
  if (role === "spectator" && isSteering && !isOpen && path !== "/logout") {
    return errorAnswer(new Refusal(403, "Refused: spectators see everything and steer nothing"));
  }
  context.set("role", role ?? null);
  return undefined;
}

function tooMany(seconds: number): Response {
  return errorAnswer(new Refusal(429, `Too many wrong tries: wait ${seconds} s`), { "Retry-After": String(seconds) });
}

/** Headers of every answer. A page brings its own policy. */
function secure(context: WebContext, { guard: { allowedOrigins } }: AppDeps): void {
  const { headers } = context.res;
  const set = (name: string, value: string) => {
    if (!headers.has(name)) context.header(name, value);
  };
  set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  set("X-Content-Type-Options", "nosniff");
  set("Referrer-Policy", "same-origin"); // with no-referrer a browser posts the login form with the origin "null"
  set("Cache-Control", "no-store");
  const origin = context.req.header("origin");
  if (origin === undefined || !allowedOrigins.includes(origin)) return;
  set("Access-Control-Allow-Origin", origin);
  set("Access-Control-Allow-Methods", "GET, POST, PUT, PATCH, DELETE");
  set("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID");
  context.header("Vary", "Origin", { append: true });
}

function pageRoutes({ feed, metrics, page, licenses }: AppDeps): readonly Route[] {
  const reads = (path: string, handle: Route["handle"]): Route => ({ method: "GET", path, effect: "reads", handle });
  return [
    reads("/", async (context) => {
      const { html, policy } = await page();
      return context.html(html, 200, { "Content-Security-Policy": policy });
    }),
    reads(
      "/licenses",
      async (context) => context.body(await licenses(), 200, { "Content-Type": "text/plain; charset=utf-8" }),
    ),
    reads("/healthz", (context) => context.json({ state: feed.state })),
    reads("/metrics", (context) => metrics(context.req.raw)),
  ];
}
