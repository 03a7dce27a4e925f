/**
 * `npm run docs [-- --out FOLDER] [--base /PATH/]`: the documentation as a static site in `dist/docs`, with search and a reference of the API made from the
 * doc comments of `mod.ts`. Needs no network, and nor do its pages.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { homePage, llmsText, siteConfig } from "./docs_site/site_config.ts";
import { titleOf, toSitePage } from "./docs_site/site_page.ts";

const ROOT = process.cwd();
/** Where the generator finds the pages; made anew each time. */
const STAGE = join(ROOT, "dist/docs-pages");
const ROOT_PAGES = ["CHANGELOG.md", "SECURITY.md", "CONTRIBUTING.md"];

function makeSite(out: string, base: string): void {
  rmSync(STAGE, { recursive: true, force: true });
  mkdirSync(join(STAGE, "public"), { recursive: true });
  const titles = stagePages();
  stageFiles(titles);
  writeConfig(titles, base);
  run("node", ["node_modules/vitepress/bin/vitepress.js", "build", STAGE, "--outDir", out]);
  // The pages as they are, for language models; not before the build, which would make pages of them.
  for (const name of [...titles.keys()].map((title) => `${title}.md`)) cpSync(join(STAGE, name), join(out, name));
  run("node_modules/.bin/deno", ["doc", "--html", "--name=locust-ts", `--output=${join(out, "api")}`, "mod.ts"]);
  rmSync(STAGE, { recursive: true, force: true });
}

/** The list of pages in the repository is the sidebar of the site. */
function isPage(name: string): boolean {
  return name.endsWith(".md") && name !== "README.md";
}

/** Writes the pages; their titles by name. */
function stagePages(): Map<string, string> {
  const titles = new Map<string, string>();
  const pages = readdirSync(join(ROOT, "docs")).filter(isPage).map((name) => `docs/${name}`);
  for (const path of [...pages, ...ROOT_PAGES]) {
    const markdown = readFileSync(join(ROOT, path), "utf8");
    const name = path.slice(path.indexOf("/") + 1);
    titles.set(name.slice(0, -".md".length), titleOf(markdown) ?? name);
    writeFileSync(join(STAGE, name), toSitePage(markdown));
  }
  writeFileSync(join(STAGE, "index.md"), homePage());
  return titles;
}

/** What is served as it is: pictures, a schema, examples. */
function stageFiles(titles: ReadonlyMap<string, string>): void {
  cpSync(join(ROOT, "docs/images"), join(STAGE, "images"), { recursive: true });
  cpSync(join(ROOT, "docs/images"), join(STAGE, "public/images"), { recursive: true });
  mkdirSync(join(STAGE, "public/examples"));
  for (const name of readdirSync(join(ROOT, "examples"))) {
    cpSync(join(ROOT, "examples", name), join(STAGE, "public/examples", `${name}.txt`)); // .txt: browsers show it
  }
  cpSync(join(ROOT, "docs/summary.schema.json"), join(STAGE, "public/summary.schema.json"));
  writeFileSync(join(STAGE, "public/llms.txt"), llmsText(titles));
}

function writeConfig(titles: ReadonlyMap<string, string>, base: string): void {
  const folder = join(STAGE, ".vitepress");
  mkdirSync(folder);
  writeFileSync(join(folder, "config.mjs"), `export default ${JSON.stringify(siteConfig(titles, base), null, 2)};\n`);
  symlinkSync(join(ROOT, "node_modules"), join(STAGE, "node_modules"));
}

function run(command: string, args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8" });
  if (status === 0) return;
  throw new Error(
    `Cannot make the site: ${command} ${args[0]} ended with ${error?.message ?? status}; it said\n${stdout}${stderr}`,
  );
}

try {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: { out: { type: "string", default: "dist/docs" }, base: { type: "string", default: "/" } },
  });
  const out = resolve(ROOT, values.out);
  makeSite(out, values.base);
  console.log(`Made ${values.out}: open it with any web server, for example npx serve ${values.out}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
