/**
 * Serves the routes that a locustfile adds to the web UI. The code behind them runs in the control thread;
 * `LocustfileWeb` is the way there.
 *
 * Invariant: an address of ours is never the locustfile's.
 */
import { UsageError } from "../../base/errors.ts";
import type {
  WebAnswerMessage,
  WebLoginAnswer,
  WebRequestMessage,
  WebRouteDescription,
  WebUiDescription,
} from "../../protocol/web_ui_message.ts";
import { escapeHtml } from "./login_page.ts";
import { isSessionCookie, type Route, type WebContext } from "../routing/routes.ts";

/** Calls the locustfile. Rejects with a `Refusal` when its code failed or took too long. */
export interface LocustfileWeb {
  readonly description: WebUiDescription;
  answer(request: WebRequestMessage): Promise<WebAnswerMessage>;
  login(fields: Readonly<Record<string, string | readonly string[]>>): Promise<WebLoginAnswer>;
}

export const NOTHING_ADDED: WebUiDescription = {
  routes: [],
  tabs: [],
  columns: [],
  downloads: [],
  profiles: [],
  isHostRequired: false,
};

/** Of the connection rather than of the answer, or of our own session. */
const DROPPED_HEADERS = ["connection", "content-length", "keep-alive", "transfer-encoding", "upgrade", "date"];
/** A page of the locustfile may load what this server has, and nothing inline: it may send a policy of its own. */
const POLICY = "default-src 'self'; form-action 'self'; frame-ancestors 'none'";

/**
 * The routes of the locustfile. `logIn` answers the session cookie of a reader whom a handler has logged in.
 * @throws {UsageError} for an address that is ours
 */
export function locustfileRoutes(
  web: LocustfileWeb,
  own: readonly Pick<Route, "path">[],
  logIn: (context: WebContext, role: "operator" | "spectator") => string,
): readonly Route[] {
  const { routes } = web.description;
  const problems = routes.filter(({ path }) => isTaken(path, own)).map(({ method, path }) =>
    `Cannot serve ${method} ${path} of the locustfile: the web UI has this address; choose another path`
  );
  if (problems.length > 0) throw new UsageError(problems);
  return routes.map((route) => ({
    method: route.method,
    path: route.path,
    effect: route.method === "GET" ? "reads" : "steers",
    handle: async (context) => {
      const answer = await web.answer(await toMessage(context, route));
      const headers = new Headers();
      for (const [name, value] of answer.headers) {
        if (DROPPED_HEADERS.includes(name.toLowerCase()) || setsSession(name, value)) continue;
        headers.append(name, value);
      }
      if (!headers.has("content-security-policy")) headers.set("content-security-policy", POLICY);
      if (answer.login !== undefined) {
        headers.append("set-cookie", logIn(context, answer.login));
        const target = headers.get("location");
        if (target !== null) return leadOn(target, headers);
      }
      const isBodiless = [204, 205, 304].includes(answer.status);
      return new Response(isBodiless ? null : new Uint8Array(answer.body), { status: answer.status, headers });
    },
  }));
}

/**
 * A page that leads on, in place of a redirect: a browser that comes from another service's login would follow a
 * redirect without the new cookie, which is for this site alone.
 */
function leadOn(target: string, headers: Headers): Response {
  headers.delete("location");
  headers.set("content-type", "text/html; charset=utf-8");
  const to = escapeHtml(target);
  const html =
    `<!DOCTYPE html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${to}"><a href="${to}">Continue</a>`;
  return new Response(html, { status: 200, headers });
}

/** Whether a path is one that is answered without a login. */
export function isPublicPath(path: string, routes: readonly WebRouteDescription[]): boolean {
  return routes.some((route) => route.isPublic && patternOf(route.path).test(path));
}

/** The locustfile's patterns must not meet one of our addresses, and `/api/` is ours as a whole. */
function isTaken(path: string, own: readonly Pick<Route, "path">[]): boolean {
  if (/^\/(?:api|assets)(?:\/|$)/.test(path) || path === "/") return true;
  const pattern = patternOf(path);
  return own.some((route) => pattern.test(route.path));
}

function patternOf(path: string): RegExp {
  const parts = path.split("/").map((part) => part.startsWith(":") ? "[^/]+" : part.replace(/[.~-]/g, "\\$&"));
  return new RegExp(`^${parts.join("/")}$`);
}

async function toMessage(context: WebContext, { method, path }: WebRouteDescription): Promise<WebRequestMessage> {
  const { req } = context;
  const params = req.param() as Readonly<Record<string, string>>;
  const body = method === "GET" ? null : new Uint8Array(await req.arrayBuffer());
  return { method, path, params, url: req.url, headers: ownHeaders(context), body, role: context.get("role") ?? null };
}

/** Without what logs the reader in to the web UI: user code has no use for it. */
function ownHeaders(context: WebContext): readonly (readonly [string, string])[] {
  return [...context.req.raw.headers].flatMap(([name, value]): readonly (readonly [string, string])[] => {
    if (name === "authorization") return [];
    if (name !== "cookie") return [[name, value]];
    const kept = value.split(";").filter((each) => !isSessionCookie(each.split("=")[0]?.trim() ?? "")).join(";").trim();
    return kept === "" ? [] : [[name, kept]];
  });
}

function setsSession(name: string, value: string): boolean {
  return name.toLowerCase() === "set-cookie" && isSessionCookie(value.split("=")[0]?.trim() ?? "");
}
