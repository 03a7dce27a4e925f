/**
 * Leads a reader to another address of the web UI.
 *
 * People are told the way from where they are: a proxy may serve all of this below a path of its own and strip it, and
 * then nobody here knows what the whole address is for them. Programs, which compare addresses, get it whole.
 */
import type { WebContext } from "./routes.ts";

/** `path` begins with a slash and stands below the base path. */
export function leadTo(context: WebContext, basePath: string, path: string, status: 302 | 303 | 308): Response {
  const isForPeople = /\btext\/html\b/i.test(context.req.header("accept") ?? "");
  return context.redirect(isForPeople ? relativePath(context.req.path, basePath, path) : `${basePath}${path}`, status);
}

function relativePath(from: string, basePath: string, path: string): string {
  if (from === basePath) return `./${from.slice(from.lastIndexOf("/") + 1)}${path}`;
  const depth = from.slice(basePath.length).split("/").length - 2;
  return depth <= 0 ? `.${path}` : `${"../".repeat(depth)}${path.slice(1)}`;
}
