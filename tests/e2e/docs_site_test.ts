/** The documentation as a site: made once, then every page and every link in it is looked at, as a reader's browser would follow them. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import process from "node:process";
import { before, test } from "node:test";
import { PAGE_GROUPS } from "../../scripts/docs_site/pages.ts";
import { requireTool } from "../support/requirements.ts";
import { writeFiles } from "../support/run_cli.ts";

const ROOT = process.cwd();
const skip = requireTool("node");
const BASE = "/guide/";
let site = "";

before(() => {
  if (skip !== false) return;
  site = join(writeFiles({}), "site");
  const bun = join(ROOT, "node_modules/bun/bin/bun.exe");
  const made = spawnSync(bun, ["scripts/docs.ts", "--out", site, "--base", BASE], { cwd: ROOT, encoding: "utf8" });
  assert.equal(made.status, 0, made.stdout + made.stderr);
});

const pages = () => readdirSync(site).filter((name) => name.endsWith(".html") && name !== "404.html");

/** The file that an address of the site stands for. */
function fileOf(from: string, address: string): string {
  const [path = ""] = address.split(/[?#]/);
  if (path.startsWith(BASE)) return join(site, path === BASE ? "index.html" : path.slice(BASE.length));
  return normalize(join(dirname(join(site, from)), path));
}

test("there is a page for each file of docs, and the sidebar leads to all of them", { skip }, () => {
  const files = readdirSync(join(ROOT, "docs")).filter((name) => name.endsWith(".md") && name !== "README.md");
  const names = files.map((name) => name.slice(0, -3));
  const listed = PAGE_GROUPS.flatMap((group) => group.pages);
  assert.deepEqual(names.filter((name) => !listed.includes(name)), [], "not in scripts/docs_site/pages.ts");
  for (const name of names) assert.ok(existsSync(join(site, `${name}.html`)), name);
  const start = readFileSync(join(site, "getting-started.html"), "utf8");
  for (const name of names) assert.ok(start.includes(`href="${BASE}${name}.html"`), name);
});

test("docs/README.md leads to all pages", { skip }, () => {
  const list = readFileSync(join(ROOT, "docs/README.md"), "utf8");
  const listed = PAGE_GROUPS.flatMap((group) => group.pages);
  assert.deepEqual(listed.filter((name) => !list.includes(`](${name}.md)`)), []);
});

test("no link of a page leads nowhere, and no picture is missing", { skip }, () => {
  const broken = pages().flatMap((page) => {
    const html = readFileSync(join(site, page), "utf8");
    return [...html.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address]) => address ?? "")
      .filter((address) => !/^(https?:|mailto:|data:|#)/.test(address))
      .filter((address) => !existsSync(fileOf(page, address)))
      .map((address) => `${page}: ${address}`);
  });
  assert.deepEqual(broken, []);
});

test("anchors within the site exist", { skip }, () => {
  const ids = new Map(
    pages().map((page) => {
      const html = readFileSync(join(site, page), "utf8");
      return [page, new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id ?? ""))] as const;
    }),
  );
  const broken = pages().flatMap((page) => {
    const html = readFileSync(join(site, page), "utf8");
    return [...html.matchAll(/href="([^"#]*)#([^"]+)"/g)].flatMap(([, path = "", id = ""]) => {
      if (/^https?:/.test(path)) return [];
      const target = path === "" ? page : fileOf(page, path).slice(site.length + 1);
      const known = ids.get(target);
      return known === undefined || known.has(decodeURIComponent(id)) ? [] : [`${page}: ${path}#${id}`];
    });
  });
  assert.deepEqual(broken, []);
});

test("all code is in fences: what is indented says neither its language nor how it is tried", { skip }, () => {
  assert.deepEqual(pages().filter((page) => readFileSync(join(site, page), "utf8").includes("<pre><code>")), []);
});

test("no page shows how its code is tried", { skip }, () => {
  const marks = /&lt;!-- (?:not run|loaded only|any system|output of|read as|side by side|file):/;
  const shown = pages().filter((page) => marks.test(readFileSync(join(site, page), "utf8")));
  assert.deepEqual(shown, ["CONTRIBUTING.html"], "which explains them");
});

test("nothing is loaded from another server", { skip }, () => {
  for (const page of pages()) {
    const html = readFileSync(join(site, page), "utf8");
    assert.deepEqual(
      [...html.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="(https?:[^"]+)"/g)].map(([, url]) => url),
      [],
      page,
    );
  }
});

test("the reference of the API has what a locustfile imports", { skip }, () => {
  const all = readFileSync(join(site, "api/all_symbols.html"), "utf8");
  for (const name of ["HttpUser", "FastHttpUser", "task", "between", "events", "LoadTestShape", "createLocalRunner"]) {
    assert.ok(all.includes(name), name);
  }
});

test("llms.txt lists each page, as Markdown that is there", { skip }, () => {
  const text = readFileSync(join(site, "llms.txt"), "utf8");
  const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path ?? "");
  assert.ok(links.length > 25);
  assert.deepEqual(links.filter((path) => !existsSync(join(site, path))), []);
});

test("the search has an index of the pages", { skip }, () => {
  const chunks = readdirSync(join(site, "assets/chunks"));
  assert.ok(chunks.some((name) => name.includes("localSearchIndex")), chunks.join(", "));
});
