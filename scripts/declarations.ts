/**
 * The types of `mod.ts` as one file of ambient modules, for projects that `locust-ts init` writes: an editor that sees the file
 * knows `import … from "locust-ts"` without any install. Made by the TypeScript compiler, one module per source file; only the
 * modules that `mod.ts` shows are taken.
 *
 * `bun scripts/declarations.ts` rewrites it, `--check` says whether it is what the sources give now.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import process from "node:process";

/** Where the types are kept. Not a .d.ts file, so that it takes part in no type check of ours. */
export const TYPES_FILE = "src/cli/verbs/locust_ts_types.txt";

/** Where the package's types are after a build; `package.json` names the folder. */
export const PACKAGE_TYPES = "dist/types";

const ENTRY = "mod";

/** The libraries whose types occur: a project may have an older `target`, or a `lib` without them. */
const LIBRARIES = ["es2022", "esnext.disposable", "dom", "dom.iterable"].map((name) =>
  `/// <reference lib="${name}" />\n`
).join(
  "",
);

const HEADER = `// The types of locust-ts, written by "locust-ts init". Run it again to renew them.\n${LIBRARIES}`;

/** The file's text, from the sources under `root`. @throws when the compiler gives nothing */
export function makeDeclarations(root: string): string {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-types-"));
  try {
    emitDeclarations(root, folder);
    return joinModules((module) => readFileSync(join(folder, `${module}.d.ts`), "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Writes the types that a program sees which imports the package: the ambient modules, and the entry by which a compiler comes to
 * them. It never reads our sources, which its options may forbid.
 */
export function writePackageTypes(root: string, target: string = join(root, PACKAGE_TYPES)): void {
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, "locust-ts.d.ts"), readFileSync(join(root, TYPES_FILE)));
  writeFileSync(join(target, "index.d.ts"), '/// <reference path="./locust-ts.d.ts" />\nexport * from "locust-ts";\n');
}

function emitDeclarations(root: string, folder: string): void {
  const flags = {
    declaration: true,
    emitDeclarationOnly: true,
    noCheck: true, // `npm run check` has done that
    allowImportingTsExtensions: true,
    module: "esnext",
    moduleResolution: "bundler",
    target: "esnext",
    lib: ["esnext", "dom", "dom.iterable", "dom.asynciterable"],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    stripInternal: true,
    rootDir: root,
    outDir: folder,
  };
  const config = join(folder, "tsconfig.json");
  writeFileSync(config, JSON.stringify({ compilerOptions: flags, files: [join(root, `${ENTRY}.ts`)] }));
  const result = spawnSync(join(root, "node_modules/typescript/bin/tsc"), ["--project", config], { encoding: "utf8" });
  if (result.error !== undefined) throw result.error;
}

/** Wraps each module that the entry reaches; `read` gives the declarations of a module by its path without suffix. */
export function joinModules(read: (module: string) => string): string {
  const waiting = [ENTRY];
  const taken = new Set(waiting);
  const parts = [HEADER];
  for (let module = waiting.shift(); module !== undefined; module = waiting.shift()) {
    const from = posix.dirname(module);
    const text = read(module).replace(SPECIFIER, (whole, before: string, specifier: string, after: string) => {
      if (!specifier.startsWith(".")) return whole;
      const target = posix.normalize(posix.join(from, specifier)).replace(/\.tsx?$/, "");
      if (!taken.has(target)) waiting.push(target);
      taken.add(target);
      return `${before}${nameOf(target)}${after}`;
    });
    parts.push(wrapModule(nameOf(module), text));
  }
  return parts.join("\n");
}

/** `from "./x.ts"`, `import "./x.ts"`, `import("./x.ts")`. */
const SPECIFIER = /(\b(?:from|import)\s*\(?\s*["'])([^"'\n]+)(["'])/g;

function nameOf(module: string): string {
  return module === ENTRY ? "locust-ts" : `locust-ts/${module}`;
}

/** Inside an ambient module everything is declared already, and what is not exported stays hidden because of `export {}`. */
function wrapModule(name: string, text: string): string {
  const body = text
    .replace(/^(export )?declare /gm, "$1")
    .replace(/^\/\/# sourceMappingURL.*$/gm, "")
    .replace(/\b((?:Big)?(?:Ui|I)nt\w*Array|Float\w*Array|DataView)<ArrayBuffer(?:Like)?>/g, "$1") // generic since 5.7
    .trimEnd();
  const lines = body.split("\n").map((line) => line === "" ? "" : `  ${line}`).join("\n");
  return `declare module "${name}" {\n${lines}\n}\n`;
}

if (import.meta.main) {
  const root = process.cwd();
  const text = makeDeclarations(root);
  if (!process.argv.includes("--check")) {
    writeFileSync(join(root, TYPES_FILE), text);
  } else if (readFileSync(join(root, TYPES_FILE), "utf8") !== text) {
    console.error(`${TYPES_FILE} is stale; write it anew with: node_modules/.bin/bun scripts/declarations.ts`);
    process.exitCode = 1;
  }
}
