/**
 * The page of `--html`: one file with its style, its script, the page as static HTML and the whole summary as JSON. It asks nothing of
 * any server: its policy allows its own two inline parts, by their hash. Pure.
 */
import { lateCrypto } from "../../base/late_modules.ts";
import type { RunSummary } from "../summary/summary.ts";

export interface PageAssets {
  readonly script: string;
  readonly style: string;
  /** Title and body of the page; the body is HTML, the title is text. */
  readonly render: (summary: RunSummary) => { readonly title: string; readonly html: string };
}

/** The page's theme, whatever the reader's system prefers. */
export type PageTheme = "dark" | "light";

export function renderHtmlPage(
  summary: RunSummary,
  { script, style, render }: PageAssets,
  theme?: PageTheme,
): string {
  const { title, html } = render(summary);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return [
    "<!DOCTYPE html>",
    theme === undefined ? '<html lang="en">' : `<html lang="en" data-theme="${theme}">`,
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    `<link rel="icon" href="${icon(summary)}">`,
    `<style>${style}</style>`,
    "</head>",
    "<body>",
    `<div id="page">${html}</div>`,
    `<script type="application/json" id="summary">${toScriptJson(summary)}</script>`,
    `<script>${script}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
}

/** JSON that no text in it can break out of: it holds no `<`. */
export function toScriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
}

function hashOf(text: string): string {
  return `sha256-${lateCrypto().createHash("sha256").update(text).digest("base64")}`;
}

/** A dot in the colour of the verdict. */
function icon({ verdict, total }: RunSummary): string {
  const color = verdict.kind === "invalid" || total.failures > 0
    ? "b3261e"
    : verdict.kind === "degraded"
    ? "b7791f"
    : "0b6e56";
  return `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Ccircle cx='8' cy='8' r='7' fill='%23${color}'/%3E%3C/svg%3E`;
}
