/**
 * `npm run check`: format, lint, types, and the house rules that no linter knows. Every check runs, also when an earlier one
 * failed; the exit code says whether all are content.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import process from "node:process";
import { checkAmbientSources } from "./checks/ambient_sources.ts";
import { checkConflictMarkers } from "./checks/conflict_markers.ts";
import { checkFileForm } from "./checks/file_form.ts";
import { checkFileNames } from "./checks/file_names.ts";
import { checkImportCircles } from "./checks/import_circles.ts";
import { checkNamedPaths } from "./checks/named_paths.ts";
import { checkOptionsDoc, OPTIONS_DOC } from "./checks/options_doc.ts";
import { checkPackages } from "./checks/packages.ts";
import { checkRuntimeSeam } from "./checks/runtime_seam.ts";
import { formatProblem, type Problem, readSources } from "./checks/source_tree.ts";
import { checkStaircase } from "./checks/staircase.ts";
import { checkUnusedExports } from "./checks/unused_exports.ts";
import { buildWebPage } from "./web_page.ts";
import { makeDeclarations, TYPES_FILE } from "./declarations.ts";

const FOLDERS = ["mod.ts", "src", "web", "tests", "scripts", "examples", "templates"];

interface TextFile {
  readonly path: string;
  readonly text: string;
}

interface Check {
  readonly name: string;
  /** Undefined when content, else what is wrong. */
  run(): Promise<string | undefined> | string | undefined;
}

buildWebPage(process.cwd()); // what src imports must be there
const files = await readSources(process.cwd(), FOLDERS);
const facts = {
  dependencies: JSON.parse(await readFile("package.json", "utf8")).dependencies,
  page: await readFile("docs/dependencies.md", "utf8"),
};

const CHECKS: readonly Check[] = [
  { name: "format", run: () => runDeno(["fmt", "--check"]) },
  { name: "lint", run: () => runDeno(["lint"]) },
  { name: "types", run: () => runDeno(["check", "--quiet", ...files.map((file) => file.path).filter(isTypeScript)]) },
  { name: "import staircase", run: () => listProblems(checkStaircase(files)) },
  { name: "import circles", run: () => listProblems(checkImportCircles(files)) },
  { name: "unused exports", run: () => listProblems(checkUnusedExports(files)) },
  { name: "runtime seam", run: () => listProblems(checkRuntimeSeam(files)) },
  { name: "ambient sources", run: () => listProblems(checkAmbientSources(files)) },
  { name: "packages", run: () => listProblems(checkPackages(files, facts)) },
  { name: "file names", run: () => listProblems(checkFileNames(files)) },
  { name: "file form", run: () => listProblems(checkFileForm(files)) },
  {
    name: "named paths",
    run: async () => listProblems(checkNamedPaths([...files.filter(hasRealNames), ...await readPages()], listFiles())),
  },
  { name: "conflict markers", run: async () => listProblems(checkConflictMarkers(await readTexts(listFiles()))) },
  { name: "options page", run: async () => listProblems(checkOptionsDoc(await readFile(OPTIONS_DOC, "utf8"))) },
  { name: "type declarations", run: checkDeclarations },
];

async function checkDeclarations(): Promise<string | undefined> {
  if (await readFile(TYPES_FILE, "utf8") === makeDeclarations(process.cwd())) return undefined;
  return `${TYPES_FILE} is stale; write it anew with: node_modules/.bin/bun scripts/declarations.ts`;
}

/** Tests of checks are full of samples. */
function hasRealNames({ path }: { readonly path: string }): boolean {
  return !path.startsWith("tests/checks/");
}

/** Every file that git knows or would know. */
function listFiles(): readonly string[] {
  const list = spawnSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], { encoding: "utf8" });
  return list.stdout.split("\n").filter((path) => path !== "" && existsSync(path));
}

function readPages(): Promise<TextFile[]> {
  return readTexts(listFiles().filter((path) => path.endsWith(".md")));
}

function readTexts(paths: readonly string[]): Promise<TextFile[]> {
  return Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, "utf8") })));
}

function isTypeScript(path: string): boolean {
  return path.endsWith(".ts") || path.endsWith(".tsx");
}

function listProblems(problems: readonly Problem[]): string | undefined {
  return problems.length === 0 ? undefined : problems.map(formatProblem).join("\n");
}

function runDeno(args: readonly string[]): string | undefined {
  const result = spawnSync("node_modules/.bin/deno", args, {
    encoding: "utf8",
    maxBuffer: 64 * 2 ** 20,
    env: { ...process.env, NO_COLOR: "1" },
  });
  if (result.status === 0) return undefined;
  return result.error?.message ?? `${result.stdout}${result.stderr}`;
}

let failures = 0;
for (const check of CHECKS) {
  const problems = await check.run();
  console.log(`${problems === undefined ? "ok    " : "FAILED"} ${check.name}`);
  if (problems !== undefined) {
    console.log(problems.trimEnd().split("\n").map((line) => `    ${line}`).join("\n"));
    failures++;
  }
}
console.log(failures === 0 ? `All ${CHECKS.length} checks passed` : `${failures} of ${CHECKS.length} checks failed`);
process.exitCode = failures === 0 ? 0 : 1;
