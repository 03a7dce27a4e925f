/**
 * Bundles `web/` into the scripts and the styles of the report, the web UI and its login, and collects the licences that the web UI shows, as
 * the texts that the program embeds. They are made
 * anew whenever the program is built, checked or tested, and are not committed.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { embeddedLicenses } from "./embedded_licenses.ts";

export const PAGE_SCRIPT = "src/report/page/report_script.txt";
export const PAGE_STYLE = "src/report/page/report_style.txt";
export const APP_SCRIPT = "src/server/app_script.txt";
export const APP_STYLE = "src/server/app_style.txt";
export const LOGIN_STYLE = "src/server/login_style.txt";
export const LICENSES = "src/server/licenses.txt";

const REPORT_STYLES = [
  "web/style/tokens.css",
  "web/style/base.css",
  "node_modules/uplot/dist/uPlot.min.css",
  "web/style/report.css",
];
const APP_STYLES = [...REPORT_STYLES, "web/style/app.css"];

/** Throws when the script cannot be bundled. */
export function buildWebPage(root: string): void {
  writeIfNew(join(root, PAGE_SCRIPT), bundleScript(root, "web/report_main.tsx"));
  writeIfNew(join(root, PAGE_STYLE), bundleStyle(root, REPORT_STYLES));
  writeIfNew(join(root, APP_SCRIPT), bundleScript(root, "web/app_main.tsx"));
  writeIfNew(join(root, APP_STYLE), bundleStyle(root, APP_STYLES));
  writeIfNew(join(root, LICENSES), embeddedLicenses(root));
  writeIfNew(join(root, LOGIN_STYLE), bundleStyle(root, ["web/style/tokens.css", "web/style/login.css"]));
}

function bundleStyle(root: string, paths: readonly string[]): string {
  return paths.map((path) => minifyStyle(readFileSync(join(root, path), "utf8"))).join("");
}

function bundleScript(root: string, entry: string): string {
  const args = [
    "build",
    entry,
    "--minify",
    "--target=browser",
    "--format=iife",
    "--define",
    'process.env.NODE_ENV="production"',
  ];
  const result = spawnSync(join(root, "node_modules/bun/bin/bun.exe"), args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 16 * 2 ** 20,
  });
  if (result.status !== 0) {
    throw new Error(`Cannot build the pages: bun build ended with ${result.status}; it said\n${result.stderr}`);
  }
  return escapeForElement(result.stdout);
}

/** What would end or change a `<script>` element; in strings of JavaScript the backslash means nothing. Pure. */
export function escapeForElement(script: string): string {
  return script.replace(/<(?=\/script|!--|script)/gi, "\\x3C");
}

/** Without comments and the blanks that only people need. Pure. */
export function minifyStyle(style: string): string {
  return style.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\s+/g, " ").replace(/ ?([{};]) ?/g, "$1").replace(/;}/g, "}")
    .trim();
}

/** A file that is the same keeps its time: nothing that depends on it is made anew. */
function writeIfNew(path: string, text: string): void {
  let old: string | undefined;
  try {
    old = readFileSync(path, "utf8");
  } catch {
    old = undefined; // the first time
  }
  if (old !== text) writeFileSync(path, text);
}
