/**
 * The routes of the web UI as a table, and how they are registered: each path with all of its methods at once, so that a wrong method
 * is answered with 405 and `Allow`, and so that the OpenAPI document can be held against them.
 */
import type { Context, Hono } from "hono";
import { getCookie } from "hono/cookie";
import { errorAnswer } from "../answers/api_error.ts";
import type { Access, Role } from "./access.ts";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

const SESSION_COOKIE = "locust_ts_session";

/** Browsers keep one cookie of a name for all ports of a host: two web UIs on a machine must not end each other's sessions. */
export function sessionCookieName(context: WebContext): string {
  const port = /:(\d+)$/.exec(context.req.header("host") ?? "")?.[1];
  return port === undefined ? SESSION_COOKIE : `${SESSION_COOKIE}_${port}`;
}

/** What a reader shows to be let in. */
export function credentialsOf(context: WebContext): Parameters<Access["roleOf"]>[0] {
  const bearer = /^Bearer\s+(.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  return { session: getCookie(context, sessionCookieName(context)), bearer };
}

/** Of this web UI, or of another one on the same host. */
export function isSessionCookie(name: string): boolean {
  return name === SESSION_COOKIE ||
    /^_\d+$/.test(name.startsWith(SESSION_COOKIE) ? name.slice(SESSION_COOKIE.length) : "");
}

export interface WebEnv {
  readonly Bindings: { readonly remoteAddress?: string };
  /** Null: not logged in, at an address that is open to everyone. */
  readonly Variables: { role: Role | null };
}

export type WebContext = Context<WebEnv>;

export interface Route {
  readonly method: Method;
  /** Below the base path; `:name` is a part that varies. */
  readonly path: string;
  /** Steering routes are refused to spectators and to other sites. A GET that steers is one of Locust's before 2.47. */
  readonly effect: "reads" | "steers";
  readonly handle: (context: WebContext) => Response | Promise<Response>;
}

/** Registers the routes of a table. */
export function addRoutes(app: Hono<WebEnv>, basePath: string, routes: readonly Route[]): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const here = routes.filter((route) => route.path === path);
    const allow = allowedMethods(here).join(", ");
    const refuse = (context: WebContext) =>
      errorAnswer(
        { status: 405, message: `Cannot ${context.req.method} ${path}: it takes ${allow}`, field: undefined },
        { Allow: allow },
      );
    for (const { method, effect, handle } of here) {
      // A HEAD is answered as a GET without its body: what only looks must steer nothing.
      const isLookSafe = method !== "GET" || effect === "reads";
      const answer: Route["handle"] = (context) => context.req.method === "HEAD" ? refuse(context) : handle(context);
      app.on(method, `${basePath}${path}`, isLookSafe ? handle : answer);
    }
    app.options(`${basePath}${path}`, (context) => context.body(null, 200, { Allow: allow }));
    app.all(`${basePath}${path}`, refuse);
  }
}

function allowedMethods(routes: readonly Route[]): readonly string[] {
  const isRead = routes.some(({ method, effect }) => method === "GET" && effect === "reads");
  return [...routes.map(({ method }) => method), ...(isRead ? ["HEAD"] : []), "OPTIONS"];
}
