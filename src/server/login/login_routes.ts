/**
 * Logging in and out: by the password of the web UI, or by a login that the locustfile brings; and the link of spectators. Owns the cookie
 * of the session.
 */
import { getCookie } from "hono/cookie";
import type { Access, LoginResult, Role } from "../routing/access.ts";
import { Refusal } from "../answers/api_error.ts";
import type { LocustfileWeb } from "./locustfile_web.ts";
import { PASSWORD_LOGIN, renderLoginPage } from "./login_page.ts";
import { type Route, sessionCookieName, type WebContext } from "../routing/routes.ts";
import { leadTo } from "../routing/lead_to.ts";

export interface LoginParts {
  readonly access: Access;
  readonly basePath: string;
  readonly isTls: boolean;
  readonly locustfile: LocustfileWeb;
  /** Paths that change something by GET. No login leads there: the link to it may be another site's. */
  readonly steeringReads: ReadonlySet<string>;
}

/** Longer than any session, which ends here: so many hours after its last request, that is, not after the login. */
const COOKIE_SECONDS = 30 * 24 * 3600;

/** The header that gives a browser its session, for the addresses beside and below the one that it asked. */
function sessionCookie(
  context: WebContext,
  { isTls }: Pick<LoginParts, "isTls">,
  session: string,
  maxAgeSeconds: number = COOKIE_SECONDS,
): string {
  const secure = isTls ? "; Secure" : "";
  return `${sessionCookieName(context)}=${session}; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Strict${secure}`;
}

export function loginRoutes(parts: LoginParts): readonly Route[] {
  const { access, basePath, locustfile } = parts;
  const own = locustfile.description.login;
  const loggedIn = (context: WebContext, session: string, next: string) => {
    context.header("Set-Cookie", sessionCookie(context, parts, session));
    return leadTo(context, basePath, pathBelow(next, parts), 303);
  };
  const loginPage = (context: WebContext, next: string, problem?: string, status: 200 | 401 | 429 = 200) => {
    const { html, policy } = renderLoginPage({ login: own ?? PASSWORD_LOGIN, next, problem });
    return context.html(html, status, { "Content-Security-Policy": policy });
  };
  const tryLogin = async (context: WebContext, fields: LoginFields): Promise<LoginResult> => {
    const address = context.env?.remoteAddress ?? "";
    if (own === undefined) return await access.login(textOf(fields["password"]), address);
    if (own.inputs.length === 0) {
      throw new Refusal(404, "Cannot log in by a form: the login of the locustfile has none");
    }
    return await access.loginBy(async () => {
      const { role, message } = await locustfile.login(pick(fields, own.inputs.map(({ name }) => name)));
      return role === null ? { kind: "wrong", message } : { kind: "right", role };
    }, address);
  };
  return [
    {
      method: "GET",
      path: "/login",
      effect: "reads",
      handle: (context) =>
        access.hasLogin ? loginPage(context, context.req.query("next") ?? "") : leadTo(context, basePath, "/", 302),
    },
    {
      method: "POST",
      path: "/login",
      effect: "steers",
      async handle(context) {
        const fields = await context.req.parseBody({ all: true }) as LoginFields;
        const next = textOf(fields["next"]);
        const result = await tryLogin(context, fields);
        if (result.kind === "welcome") return loggedIn(context, result.session, next);
        if (result.kind === "wrong") {
          return loginPage(context, next, result.message || WRONG[own === undefined ? 0 : 1], 401);
        }
        context.header("Retry-After", String(result.seconds));
        return loginPage(context, next, `Too many wrong tries: wait ${result.seconds} s.`, 429);
      },
    },
    {
      method: "POST",
      path: "/logout",
      effect: "steers",
      handle(context) {
        access.logout(getCookie(context, sessionCookieName(context)) ?? "");
        context.header("Set-Cookie", sessionCookie(context, parts, "", 0));
        return leadTo(context, basePath, "/login", 303);
      },
    },
    {
      method: "GET",
      path: "/spectate",
      effect: "reads",
      handle(context) {
        const session = access.spectate(context.req.query("key") ?? "");
        if (session === undefined) {
          throw new Refusal(403, "Refused: the key of this link is wrong or of an earlier start");
        }
        return loggedIn(context, session, "");
      },
    },
  ];
}

const WRONG = ["This password is wrong.", "This login is wrong."] as const;

const ANY_SERVER = "http://localhost";

type LoginFields = Readonly<Record<string, string | readonly string[]>>;

function pick(fields: LoginFields, names: readonly string[]): LoginFields {
  return Object.fromEntries(names.flatMap((name) => {
    const value = fields[name];
    return value === undefined ? [] : [[name, typeof value === "string" ? value : value.map(textOf)]];
  }));
}

/** A file that is sent in place of a text is none. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/**
 * Where a login leads, below the base path: an address of this server, and of no other. The guard gives `next` as this server has it; the
 * page, which does not know what a proxy puts before it, as `/?tab=charts`.
 */
function pathBelow(next: string, { basePath, steeringReads }: Pick<LoginParts, "basePath" | "steeringReads">): string {
  const isOfPage = next === "/" || next.startsWith("/?");
  const path = isOfPage ? next : next.startsWith(`${basePath}/`) ? next.slice(basePath.length) : "/";
  if (!URL.canParse(path, ANY_SERVER) || steeringReads.has(decoded(new URL(path, ANY_SERVER).pathname))) return "/";
  // deno-lint-ignore no-control-regex -- browsers drop them, and would see another address than we do
  return /^\/[/\\]/.test(path) || /[\x00-\x1f\\]/.test(next) ? "/" : path;
}

/** As the router takes it: `/%73top` is `/stop`. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** The role of a reader whom a handler of the locustfile logged in, as the header of its answer. Its address may be a deeper one. */
export function handlerLogin(
  parts: Pick<LoginParts, "access" | "basePath" | "isTls">,
): (context: WebContext, role: Role) => string {
  return (context, role) =>
    `${sessionCookie(context, parts, parts.access.welcome(role))}; Path=${parts.basePath || "/"}`;
}
