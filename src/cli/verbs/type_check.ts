/**
 * Checks the types of locustfiles with the TypeScript compiler that is installed beside them, below the options of
 * their own project. Only the locustfiles and what they import are judged, not their neighbours. The types of
 * `locust-ts` are those of this program, so that no copy in the project has to be up to date, or there at all.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, parse, relative } from "node:path";
import { escapeControls } from "../../base/text/text.ts";
import { findProjectConfig, type ProjectConfig } from "../../platform/loading/tsconfig.ts";
import declarations from "./locust_ts_types.txt" with { type: "text" }; // made by scripts/declarations.ts

/** The oldest TypeScript that reads our types. */
const OLDEST_TYPESCRIPT = "5.2";

export type TypeCheck =
  | { readonly kind: "passed"; readonly compiler: string }
  | { readonly kind: "failed"; readonly output: string }
  | { readonly kind: "absent" };

/** A compiler that takes longer than this is not waited for. */
const TYPE_CHECK_TIMEOUT_MS = 120_000;

/** Runs the compiler that is installed nearest to the first file. */
export async function checkTypes(files: readonly string[]): Promise<TypeCheck> {
  const [first = ""] = files;
  const compiler = findUpwards(dirname(first), join("node_modules", ".bin", "tsc"));
  if (compiler === undefined) return { kind: "absent" };
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-check-"));
  try {
    const types = join(folder, OWN_TYPES);
    writeFileSync(types, declarations);
    const project = join(folder, "tsconfig.json");
    const config = findProjectConfig(dirname(first));
    writeFileSync(project, JSON.stringify(createCheckConfig(files, types, config)));
    const { code, output } = await capture(compiler, ["--project", project], dirname(first));
    if (code === 0) return { kind: "passed", compiler };
    return { kind: "failed", output: config === undefined ? output : nameProject(output, folder, config.file) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the compiler says of the project of the check, as something about the user's, whose options that project has. */
function nameProject(output: string, folder: string, file: string): string {
  return output
    .replaceAll(new RegExp(`^\\S*${basename(folder)}/tsconfig\\.json\\(\\d+,\\d+\\)`, "gm"), file)
    .replaceAll(relative(folder, dirname(file)), ".");
}

const OWN_TYPES = "locust-ts.d.ts";

/** What a project without options gets: the language that the locustfile runs in. */
const OWN_OPTIONS = {
  target: "esnext",
  module: "esnext",
  moduleResolution: "bundler",
  allowImportingTsExtensions: true,
  resolveJsonModule: true,
};

/** A project of its own for the check. Ambient declarations of the user's project belong to it, except a copy of our types. */
function createCheckConfig(files: readonly string[], types: string, config: ProjectConfig | undefined): object {
  const [first = ""] = files;
  const root = config === undefined ? dirname(first) : dirname(config.file);
  const roots = [...foldersUpwards(root)].map((folder) => join(folder, "node_modules", "@types")).filter(existsSync);
  const hasNodeTypes = roots.some((folder) => existsSync(join(folder, "node")));
  return {
    ...(config === undefined ? {} : { extends: config.file }),
    compilerOptions: {
      ...(config === undefined ? OWN_OPTIONS : {}),
      ...(config?.options["typeRoots"] === undefined ? { typeRoots: roots } : {}),
      ...(config?.options["types"] === undefined && hasNodeTypes ? { types: ["node"] } : {}),
      ...(files.some((file) => /\.[cm]?jsx?$/.test(file)) ? { allowJs: true } : {}),
      noEmit: true,
      skipLibCheck: true,
      composite: false,
      incremental: false,
      ...withoutOutput(config),
      rootDir: parse(first).root,
    },
    files: [...files, types],
    include: config === undefined ? [] : [join(root, "**/*.d.ts")],
    exclude: ["node_modules", OWN_TYPES].map((name) => join(root, "**", name)).concat(join(root, "types/node")),
    references: [],
  };
}

/** Options about what is written, which a compiler refuses beside `noEmit` or without `composite`, or that want a package. */
const OUTPUT_OPTIONS: Readonly<Record<string, false | null>> = {
  declaration: false,
  declarationMap: false,
  emitDeclarationOnly: false,
  isolatedDeclarations: false,
  importHelpers: false,
  declarationDir: null,
  tsBuildInfoFile: null,
};

/** Those that the project has: an older compiler does not know all of them. */
function withoutOutput(config: ProjectConfig | undefined): Readonly<Record<string, false | null>> {
  const stated = config?.options ?? {};
  return Object.fromEntries(Object.entries(OUTPUT_OPTIONS).filter(([name]) => Object.hasOwn(stated, name)));
}

function* foldersUpwards(from: string): Generator<string> {
  for (let folder = from;; folder = dirname(folder)) {
    yield folder;
    if (dirname(folder) === folder) return;
  }
}

function findUpwards(from: string, name: string): string | undefined {
  return [...foldersUpwards(from)].map((folder) => join(folder, name)).find(existsSync);
}

function capture(
  program: string,
  args: readonly string[],
  cwd: string,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { cwd, stdio: ["ignore", "pipe", "pipe"], timeout: TYPE_CHECK_TIMEOUT_MS });
    let output = "";
    const add = (chunk: unknown) => output += String(chunk);
    child.stdout.on("data", add);
    child.stderr.on("data", add);
    child.on("error", (error) => resolve({ code: null, output: `Cannot start ${program}: ${error.message}\n` }));
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** The last part of `check`'s answer. */
export function formatTypeCheck(outcome: TypeCheck): string {
  switch (outcome.kind) {
    case "passed":
      return "\nTypes: correct\n";
    case "absent":
      return `\nTypes: not checked, because no TypeScript is installed beside the locustfile (npm install -D typescript; ${OLDEST_TYPESCRIPT} or newer)\n`;
    case "failed":
      return `\nTypes: wrong\n${outcome.output.trimEnd().split("\n").map(escapeControls).join("\n")}\n`;
  }
}
