/** The page that asks for the password. It works without JavaScript; its style is allowed by its hash. Pure. */
import { createHash } from "node:crypto";

export interface PlainPage {
  readonly html: string;
  /** The Content-Security-Policy that goes with it. */
  readonly policy: string;
}

const STYLE = [
  ":root{color-scheme:light dark;--line:#8a8f98;--accent:#0b6e56;--bad:#b3261e}",
  "@media(prefers-color-scheme:dark){:root{--accent:#5cc9a7;--bad:#ff8a80}}",
  "body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif}",
  "form{display:grid;gap:12px;width:min(320px,calc(100vw - 32px))}h1{font-size:20px;margin:0}",
  "input,button{font:inherit;padding:8px 12px;border-radius:6px;border:1px solid var(--line)}",
  "button{background:var(--accent);color:Canvas;border-color:var(--accent);font-weight:600;cursor:pointer}",
  "p{margin:0;color:var(--bad)}",
].join("");

/** `problem`: why the last try did not work. `action`: where the form is posted to, from here. */
export function renderLoginPage(action: string, next: string, problem: string | undefined): PlainPage {
  const alert = problem === undefined ? "" : `<p role="alert">${escapeHtml(problem)}</p>`;
  const html = [
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Log in · locust-ts</title>',
    `<link rel="icon" href="data:,"><style>${STYLE}</style></head><body><main>`,
    `<form method="post" action="${escapeHtml(action)}"><h1>locust-ts</h1>${alert}`,
    '<label for="password">Password</label>',
    '<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>',
    `<input name="next" type="hidden" value="${escapeHtml(next)}"><button>Log in</button></form></main></body></html>`,
  ].join("");
  return { html, policy: pagePolicy({ style: STYLE }) };
}

/** Allows a page its own inline parts, and requests to this server. */
export function pagePolicy({ script, style }: { readonly script?: string; readonly style: string }): string {
  return [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src '${hashOf(script)}'`, "connect-src 'self'"]),
    `style-src '${hashOf(style)}'`,
    "img-src 'self' data: blob:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function hashOf(content: string): string {
  return `sha256-${createHash("sha256").update(content).digest("base64")}`;
}

export function escapeHtml(content: string): string {
  return content.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
}
