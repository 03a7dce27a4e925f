/**
 * The executable `dist/locust-ts`: how it is built, and whether the one that is there was built from these very sources. The
 * answer is a hash of their content, kept beside it: times of files say nothing after a checkout.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { access, constants, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import process from "node:process";
import { collectNodeTypes, NODE_TYPES_NAME, packNodeTypes } from "../src/platform/node_types.ts";
import { buildWebPage } from "./web_page.ts";

/** Where it is, from the root of the repository. */
export const EXECUTABLE = "dist/locust-ts";

/** The modules that are entered by themselves: the program, and one for each kind of Web Worker. */
const ENTRY_POINTS = ["src/main.ts", "src/thread/thread_main.ts", "src/control/control_main.ts"];

/** Everything that ends up in the executable, or decides how. */
const SOURCES = [
  "src",
  "templates",
  "web",
  "mod.ts",
  "package.json",
  "package-lock.json",
  "deno.json",
  "scripts/executable.ts",
];

/**
 * Bytecode halves the time to the first request (`scripts/bench/startup.ts`); it needs the module format to be named. Code that
 * several entry points need is inside once (`--splitting`: 4 to 5 MB less). Names stay as they are, for profiles and stacks.
 * Locustfiles import packages from the `node_modules` beside them, which needs each `package.json` read (`exports`, `main`), and may
 * have a `tsconfig.json` with aliases: an executable reads neither unless it is built so. A `bunfig.toml` is none of its business.
 */
const COMPILE = [
  "build",
  "--compile",
  "--bytecode",
  "--format=esm",
  "--splitting",
  "--compile-autoload-package-json",
  "--compile-autoload-tsconfig",
  "--no-compile-autoload-bunfig",
];

/** For ourselves with the source map inside, so that stacks show our files and lines; for users without it, and smaller. */
const FORMS = {
  development: ["--sourcemap=inline"],
  release: ["--minify-syntax", "--minify-whitespace"],
} as const;

/** One executable to make. */
export interface Compilation {
  readonly form: keyof typeof FORMS;
  /** Its path, from the root where it is not absolute. */
  readonly outfile: string;
  /** Another platform than this one: Bun's name for it, and Bun's own executable for it. */
  readonly target?: { readonly name: string; readonly runtime: string };
  /** Path of a JSON file that names every module inside. */
  readonly metafile?: string;
}

const HASH_FILE = "dist/locust-ts.sources";

/** A hash over names and contents of all sources under `root`. */
export async function hashSources(root: string, sources: readonly string[] = SOURCES): Promise<string> {
  const hash = createHash("sha256");
  for (const path of (await Promise.all(sources.map((source) => listFiles(root, source)))).flat().sort()) {
    hash.update(`${path}\0`);
    hash.update(createHash("sha256").update(await readFile(join(root, path))).digest());
  }
  return hash.digest("hex");
}

/** True when the executable is there and was built from what the sources say now. */
export async function isExecutableFresh(root: string): Promise<boolean> {
  try {
    const [built, wanted] = await Promise.all([readFile(join(root, HASH_FILE), "utf8"), hashSources(root)]);
    await access(join(root, EXECUTABLE), constants.X_OK);
    return built === wanted;
  } catch {
    return false; // nothing has been built yet
  }
}

/**
 * Builds the executable, and puts it in place as a whole: one that runs at that moment keeps running, and half of one is
 * never started.
 */
export async function buildExecutable(root: string): Promise<void> {
  const hash = await hashSources(root);
  await compileExecutable(root, { form: "development", outfile: EXECUTABLE });
  await writeFile(join(root, HASH_FILE), hash);
}

/** Makes one executable, in either form and for any platform. */
export async function compileExecutable(root: string, compilation: Compilation): Promise<void> {
  buildWebPage(root);
  // A folder of its own: the compiler leaves copies of the source maps beside its result. Its name ends up inside: the same one for
  // each release, so that the same sources give the same bytes.
  const workshop = compilation.form === "release" ? "dist/build-release" : `dist/build-${process.pid}`;
  await mkdir(join(root, workshop), { recursive: true });
  try {
    const types = `${workshop}/${NODE_TYPES_NAME}.gz`;
    await writeFile(join(root, types), packNodeTypes(collectNodeTypes(join(root, "node_modules")) ?? {}));
    // One name for all platforms: it is inside the result, which must not depend on where it is put.
    const made = `${workshop}/locust-ts`;
    await runBunBuild(root, made, [types], compilation);
    const isWindows = compilation.target?.name.includes("windows") ?? process.platform === "win32";
    await rename(join(root, isWindows ? `${made}.exe` : made), resolve(root, compilation.outfile));
  } finally {
    await rm(join(root, workshop), { recursive: true, force: true });
  }
}

/** `assets`: files that the program reads from inside itself. */
function runBunBuild(
  root: string,
  outfile: string,
  assets: readonly string[],
  { form, target, metafile }: Compilation,
): Promise<void> {
  const args = [
    ...COMPILE,
    ...FORMS[form],
    ...(target === undefined ? [] : [`--target=${target.name}`, `--compile-executable-path=${target.runtime}`]),
    ...(metafile === undefined ? [] : [`--metafile=${metafile}`]),
    "--root=src",
    ...ENTRY_POINTS,
    ...assets,
    "--outfile",
    outfile,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(join(root, "node_modules/bun/bin/bun.exe"), args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => output += chunk);
    child.stderr.on("data", (chunk) => output += chunk);
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`Cannot build the executable: bun build ended with ${code}; it said\n${output}`));
    });
  });
}

async function listFiles(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch((error) => {
    if (error.code === "ENOTDIR") return undefined;
    throw error;
  });
  if (entries === undefined) return [path];
  const parts = await Promise.all(entries.map((entry) => {
    const inside = `${path}/${entry.name}`;
    return entry.isDirectory() ? listFiles(root, inside) : [inside];
  }));
  return parts.flat();
}
