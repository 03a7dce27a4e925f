/**
 * Packs locustfiles into one module that a worker can run which has nothing but the executable: local imports and npm packages
 * inside, `locust-ts` left to the worker, and the data files that the code names beside it (`data_files.ts`). Each
 * module still knows its place (`own_module.ts`). Packages with native code are refused.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, relative } from "node:path";
import process from "node:process";
import { LocustError } from "../../base/errors.ts";
import { BUNDLE_KEY, findOtherNames, findRenamed, RENAMED } from "../loading/bundle_format.ts";
import { commonFolder, folderAbove, folderOfModules, placePaths, slashed } from "./bundle_paths.ts";
import { type DataFile, findDataFiles, type LargeDataFile, type NameBases, namesFromAbove } from "./data_files.ts";
import { withLanguageFile } from "../loading/locustfile_language.ts";
import { bunApi, runtimeName } from "../runtime.ts";
import { shipOwnModule } from "./own_module.ts";
import { redirectFileReads, SHIPPED_FS, shippedFsSource } from "./shipped_fs.ts";
import { findProjectConfig, resolveAliasFrom } from "../loading/tsconfig.ts";

/** A bundle must fit into one frame of the worker protocol (16 MiB) with room for its envelope. */
const MAX_BUNDLE_BYTES = 15_000_000;

export interface LocustfileBundle {
  /** SHA-256 of everything in it, hexadecimal: equal bundles have equal hashes. */
  readonly hash: string;
  readonly source: string;
  readonly files: readonly DataFile[];
  /** Those that are asked for part by part. */
  readonly large: readonly LargeDataFile[];
  /** What their paths are relative to. */
  readonly folder: string;
  /** What was left out although the code names it, as sentences. */
  readonly warnings: readonly string[];
}

interface BuildArtifact {
  readonly kind: string;
  text(): Promise<string>;
}

interface BuildLog {
  readonly message: string;
  readonly position?: { readonly file: string; readonly line: number; readonly column: number } | null;
}

interface PluginBuilder {
  onLoad(
    filter: { readonly filter: RegExp; readonly namespace?: string },
    load: (args: { readonly path: string }) => { readonly contents: string; readonly loader: string } | undefined,
  ): void;
  onResolve(
    filter: { readonly filter: RegExp },
    resolve: (
      args: { readonly path: string; readonly importer: string },
    ) => { readonly path: string; readonly namespace?: string } | undefined,
  ): void;
}

interface BunBuild {
  build(options: {
    readonly entrypoints: readonly string[];
    readonly external: readonly string[];
    readonly sourcemap: "inline" | "none";
    readonly target: "bun"; // with it Bun maps stacks back to the TypeScript
    readonly format: "esm";
    readonly throw: false;
    readonly define: Readonly<Record<string, string>>;
    readonly ignoreDCEAnnotations: true; // "sideEffects" of a package.json, which the runtime does not heed either
    readonly tsconfig: string; // in place of those that the bundler would find
    readonly plugins: readonly { readonly name: string; setup(builder: PluginBuilder): void }[];
  }): Promise<
    { readonly success: boolean; readonly outputs: readonly BuildArtifact[]; readonly logs: readonly BuildLog[] }
  >;
}

/**
 * Bundles the locustfiles at these absolute paths. Throws a `LocustError` that says what cannot be shipped; code `bundle_runtime`
 * under Deno, which has no bundler.
 */
export async function bundleLocustfile(
  files: readonly string[],
  currentFolder: string = process.cwd(),
): Promise<LocustfileBundle> {
  const bun = bunApi<BunBuild>();
  if (bun === undefined) {
    throw new LocustError(
      `Cannot ship the locustfile to workers: ${runtimeName === "deno" ? "Deno" : "this runtime"} has no bundler; ` +
        "start the master with the executable or with Bun, or give each worker the locustfile with -f",
      { code: "bundle_runtime" },
    );
  }
  const bases = { locustfiles: commonFolder(files), current: currentFolder };
  const sources = new Map<string, string>(); // the user's own modules, by path
  let folder = bases.locustfiles;
  let source = await build(bun, { files, folder, sources }, "inline");
  const wanted = chooseFolder(sources, bases);
  if (wanted !== folder) source = await build(bun, { files, folder: folder = wanted, sources }, "inline");
  const { files: data, large, warnings } = findDataFiles(folder, sources, bases);
  const dataBytes = data.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  const finish = (code: string, more: readonly string[]) => ({
    hash: hashBundle(code, data, large),
    source: code,
    files: data,
    large,
    folder,
    warnings: [...warnings, ...more],
  });
  if (Buffer.byteLength(source) + dataBytes <= MAX_BUNDLE_BYTES) return finish(source, []);
  const bare = await build(bun, { files, folder, sources }, "none");
  const size = Buffer.byteLength(bare) + dataBytes;
  if (size > MAX_BUNDLE_BYTES) throw tooLarge(size);
  return finish(bare, ["The packages of the locustfile are so large that errors on workers will name no lines of it"]);
}

/** What the names in a bundle are relative to: the current folder only if programs read from there. */
function chooseFolder(sources: ReadonlyMap<string, string>, bases: NameBases): string {
  const folder = folderOfModules(bases.locustfiles, sources.keys());
  const above = folderAbove(folder, bases.current);
  return above !== undefined && namesFromAbove(folder, sources, bases) ? above : folder;
}

/** The text of the bundle. @throws LocustError that says what cannot be bundled */
async function build(
  bun: BunBuild,
  bundle: { readonly files: readonly string[]; readonly folder: string; readonly sources: Map<string, string> },
  sourcemap: "inline" | "none",
): Promise<string> {
  const native = new Set<string>();
  const result = await withLanguageFile(
    findProjectConfig(dirname(bundle.files[0] ?? bundle.folder)),
    (tsconfig) =>
      bun.build({
        entrypoints: [ENTRY],
        external: ["locust-ts"],
        sourcemap,
        target: "bun",
        format: "esm",
        throw: false,
        define: { "process.env.NODE_ENV": "process.env.NODE_ENV" }, // the worker's, and not a word of the bundler's
        ignoreDCEAnnotations: true,
        tsconfig,
        plugins: [{ name: "locust-ts bundle", setup: (builder) => plug(builder, { ...bundle, native }) }],
      }),
  );
  if (native.size > 0) throw nativeCode([...native]);
  const output = result.outputs.find(({ kind }) => kind === "entry-point");
  if (!result.success || output === undefined) throw new LocustError(describeLogs(result.logs), { code: "bundle" });
  const text = (await output.text()).replace(REQUIRE, REQUIRE_ANYWHERE);
  const renamed = JSON.stringify(findRenamed(text, bundle.sources.values()));
  return placePaths(text.replaceAll(RENAMED, () => renamed), process.cwd(), bundle.folder);
}

/** The hash by which master and worker name a bundle. */
export function hashBundle(source: string, files: readonly DataFile[], large: readonly LargeDataFile[] = []): string {
  const hash = createHash("sha256");
  const add = (part: string | Uint8Array) => hash.update(`${Buffer.byteLength(part)}:`).update(part);
  add(source);
  for (const { path, bytes } of files.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    add(path);
    add(bytes);
  }
  // What is in a large file is not looked at: that would take as long as sending it.
  for (const { path, size, changedMs } of large.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    add(path);
    add(`${size} bytes of ${changedMs}`);
  }
  return hash.digest("hex");
}

const ENTRY = "locust-ts-bundle-entry";

/** How the bundler gives packages their `require`, and how it also works on a worker under another runtime. On one line. */
const REQUIRE = "var __require = import.meta.require;";
const REQUIRE_ANYWHERE = 'import { createRequire as createRequireAnywhere } from "node:module"; ' +
  "var __require = import.meta.require ?? createRequireAnywhere(import.meta.url);";
const CODE = /\.[cm]?[jt]sx?$/;

function plug(
  builder: PluginBuilder,
  bundle: {
    readonly files: readonly string[];
    readonly folder: string;
    readonly sources: Map<string, string>;
    readonly native: Set<string>;
  },
): void {
  const { files, folder, sources, native } = bundle;
  builder.onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
    const found = aliasIn(importer, path);
    return found === undefined ? undefined : { path: found };
  });
  builder.onResolve({ filter: new RegExp(`^${ENTRY}$`) }, () => ({ path: ENTRY, namespace: ENTRY }));
  builder.onLoad({ filter: /.*/, namespace: ENTRY }, () => ({ contents: entrySource(files, folder), loader: "js" }));
  builder.onLoad({ filter: /\.node$/ }, ({ path }) => {
    native.add(path);
    return { contents: "export default undefined;", loader: "js" };
  });
  builder.onLoad({ filter: new RegExp(`^(?!.*[/\\\\]node_modules[/\\\\]).*${CODE.source}`) }, ({ path }) => {
    const contents = readFileSync(path, "utf8");
    sources.set(path, contents);
    return { contents: shipOwnModule(contents, folder, path), loader: loaderOf(path) };
  });
  builder.onLoad({ filter: new RegExp(`[/\\\\]node_modules[/\\\\].*\\.[cm]?js$`) }, ({ path }) => {
    const contents = readFileSync(path, "utf8");
    const redirected = redirectFileReads(contents);
    return redirected === contents ? undefined : { contents: redirected, loader: "js" };
  });
  builder.onResolve({ filter: new RegExp(`^${SHIPPED_FS}`) }, ({ path }) => ({ path, namespace: SHIPPED_FS }));
  builder.onLoad(
    { filter: /.*/, namespace: SHIPPED_FS },
    ({ path }) => ({ contents: shippedFsSource(path), loader: "js" }),
  );
}

/** The bundler reads no tsconfig.json but ours, so the aliases of the project are resolved here. */
function aliasIn(importer: string, specifier: string): string | undefined {
  if (!isAbsolute(importer) || /[/\\]node_modules[/\\]/.test(importer)) return undefined;
  return resolveAliasFrom(importer, specifier);
}

/** One module that imports all locustfiles and keeps them apart. */
function entrySource(files: readonly string[], folder: string): string {
  const imports = files.map((file, index) => `import * as m${index} from ${JSON.stringify(file)};`);
  const list = files.map((file, index) =>
    `{ file: ${JSON.stringify(slashed(relative(folder, file)))}, exports: { ...m${index} }, ` +
    `names: ${JSON.stringify(findOtherNames(readFileSync(file, "utf8")))}, renamed: ${RENAMED} }`
  );
  return `${imports.join("\n")}\nexport default { ${JSON.stringify(BUNDLE_KEY)}: [${list.join(", ")}] };\n`;
}

function loaderOf(path: string): string {
  const extension = /\.[cm]?([jt]sx?)$/.exec(path)?.[1];
  return extension ?? "js";
}

function describeLogs(logs: readonly BuildLog[]): string {
  const lines = logs.map(({ message, position }) =>
    position ? `${position.file}:${position.line}:${position.column}: ${message}` : message
  );
  return `Cannot bundle the locustfile for workers: ${lines.join("\n") || "the bundler gave no reason"}`;
}

function nativeCode(files: readonly string[]): LocustError {
  const names = files.map((file) =>
    /.*[/\\]node_modules[/\\]((?:@[^/\\]+[/\\])?[^/\\]+)/.exec(file)?.[1] ?? basename(file)
  );
  return new LocustError(
    `Cannot ship the locustfile to workers: ${[...new Set(names)].map((name) => `"${name}"`).join(", ")} ` +
      "has native code, which cannot be bundled; install it on each worker and start the worker with -f",
    { code: "bundle_native" },
  );
}

function tooLarge(bytes: number): LocustError {
  return new LocustError(
    `Cannot ship the locustfile to workers: with its packages and data files it has ${bytes} bytes, ` +
      `over the limit of ${MAX_BUNDLE_BYTES}; put large data on each worker, or start the workers with -f`,
    { code: "bundle_size" },
  );
}
