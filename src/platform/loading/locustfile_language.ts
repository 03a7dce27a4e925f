/**
 * Gives the modules of a locustfile one language, whichever runtime loads them: aliases of the nearest `tsconfig.json`
 * with all that it extends, standard decorators, defined class fields. The bundle for workers gets the same by
 * `bundle.ts`.
 *
 * The executable has this language by itself; it needs help only with aliases that it does not find. Bun from source
 * obeys the `tsconfig.json`, so such modules are compiled here first. Deno knows no aliases, and compiles a class with
 * decorators wrongly if there is a class expression in its body (`unnest_classes.ts`). Places in stacks stay those of
 * the file.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import module from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { lateUrl } from "../../base/late_modules.ts";
import { OUR_ROOT } from "../../base/own_root.ts";
import { replaceAliases } from "./alias_specifiers.ts";
import { isInExecutable } from "../machine/own_command.ts";
import { bunApi, runtimeName } from "../runtime.ts";
import {
  asksForOtherLanguage,
  findProjectConfig,
  languageOptions,
  type ProjectConfig,
  resolveAlias,
} from "./tsconfig.ts";
import { unnestClasses } from "./unnest_classes.ts";

/** Our own modules: they need no help. */
const OUR_MODULES = OUR_ROOT.href;

/** Modules of a user's own, in a language that is compiled. */
const USER_MODULE = /^(?!.*[/\\]node_modules[/\\]).*\.[cm]?[jt]sx?$/;

let installed = false;

/** Must be called with the locustfiles before one of them is imported. */
export function setUpLanguage(files: readonly string[]): void {
  if (installed) return;
  if (runtimeName === "deno") {
    installed = true;
    registerDenoHooks();
  } else if (files.some((file) => needsBunPlugin(findProjectConfig(dirname(file))))) {
    installed = true;
    installBunPlugin();
  }
}

/** Runs `use` with the path of a `tsconfig.json` that asks for our language, and removes the file. */
export async function withLanguageFile<T>(
  config: ProjectConfig | undefined,
  use: (tsconfig: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-"));
  try {
    const file = join(folder, "tsconfig.json");
    writeFileSync(file, JSON.stringify({ compilerOptions: languageOptions(config) }));
    return await use(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function needsBunPlugin(config: ProjectConfig | undefined): boolean {
  if (config === undefined) return false;
  return config.isExtendedElsewhere || (!isInExecutable() && asksForOtherLanguage(config));
}

interface LoadedSource {
  readonly contents: string;
  readonly loader: string;
}

interface PluginBuilder {
  onLoad(
    filter: { readonly filter: RegExp },
    load: (module: { readonly path: string }) => LoadedSource | Promise<LoadedSource>,
  ): void;
}

interface BunLoading {
  plugin(plugin: { readonly name: string; setup(builder: PluginBuilder): void }): void;
  build(options: object): Promise<
    { readonly success: boolean; readonly outputs: readonly { text(): Promise<string> }[]; readonly logs: unknown[] }
  >;
}

function installBunPlugin(): void {
  const bun = bunApi<BunLoading>();
  const ours = lateUrl().fileURLToPath(OUR_MODULES);
  bun?.plugin({
    name: "locust-ts language",
    setup: (builder) =>
      builder.onLoad({ filter: USER_MODULE }, ({ path }) => {
        const config = path.startsWith(ours) ? undefined : findProjectConfig(dirname(path));
        const text = readFileSync(path, "utf8");
        const loader = /\.[cm]?([jt]sx?)$/.exec(path)?.[1] ?? "js";
        if (config === undefined) return { contents: text, loader };
        const contents = replaceAliases(text, (specifier) => resolveAlias(config, specifier));
        if (isInExecutable() || !asksForOtherLanguage(config)) return { contents, loader };
        return compileForBun(bun, { path, contents, loader, config });
      }),
  });
}

/** One module, compiled with our language; its imports stay as they are. */
function compileForBun(
  bun: BunLoading,
  { path, contents, loader, config }: {
    readonly path: string;
    readonly contents: string;
    readonly loader: string;
    readonly config: ProjectConfig;
  },
): Promise<LoadedSource> {
  return withLanguageFile(config, async (tsconfig) => {
    const { success, outputs, logs } = await bun.build({
      entrypoints: [path],
      external: ["*"],
      target: "bun",
      format: "esm",
      sourcemap: "inline",
      throw: false,
      tsconfig,
      plugins: [{
        name: "locust-ts module",
        setup: (builder: PluginBuilder) => builder.onLoad({ filter: USER_MODULE }, () => ({ contents, loader })),
      }],
    });
    const [output] = outputs;
    if (!success || output === undefined) throw logs[0] ?? new Error(`${path} cannot be compiled`);
    return { contents: await output.text(), loader: "js" };
  });
}

interface Loaded {
  readonly source?: unknown;
}

interface Resolved {
  readonly url: string;
}

type LoadModule = (url: string, context: object) => Loaded;
type ResolveModule = (specifier: string, context: { readonly parentURL?: string }) => Resolved;

function registerDenoHooks(): void {
  const { registerHooks } = module as { readonly registerHooks?: (hooks: object) => unknown };
  registerHooks?.({
    resolve: (specifier: string, context: { readonly parentURL?: string }, next: ResolveModule): Resolved => {
      const path = resolveForDeno(specifier, context.parentURL);
      if (path !== undefined) return next(lateUrl().pathToFileURL(path).href, context);
      const resolved = next(specifier, context);
      if (isGuess(specifier, context.parentURL, resolved.url)) {
        throw new TypeError(`Import "${specifier}" not a dependency`); // as Deno says it without a hook
      }
      return resolved;
    },
    load: (url: string, context: object, next: LoadModule): Loaded =>
      loadRewritten(url, context, next) ?? next(url, context),
  });
}

function resolveForDeno(specifier: string, parent: string | undefined): string | undefined {
  if (parent === undefined || !isUserModule(parent)) return undefined;
  const config = findProjectConfig(dirname(lateUrl().fileURLToPath(parent)));
  return config === undefined ? undefined : resolveAlias(config, specifier);
}

/** With a hook Deno takes the name of a package that it does not find for a file beside the module. */
function isGuess(specifier: string, parent: string | undefined, url: string): boolean {
  if (parent === undefined || !isUserModule(parent) || /^(?:\.{0,2}\/|[a-z]+:)/i.test(specifier)) return false;
  return url === new URL(specifier, parent).href;
}

function isUserModule(url: string): boolean {
  return url.startsWith("file:") && !url.startsWith(OUR_MODULES) && !url.includes("/node_modules/");
}

function loadRewritten(url: string, context: object, next: LoadModule): Loaded | undefined {
  if (!isUserModule(url) || !/\.m?[jt]s$/.test(url)) return undefined;
  const rewritten = rewrite(lateUrl().fileURLToPath(url));
  if (rewritten === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-"));
  try {
    const file = join(folder, basename(lateUrl().fileURLToPath(url)));
    writeFileSync(file, rewritten);
    const loaded = next(lateUrl().pathToFileURL(file).href, context);
    return { ...loaded, source: placeAt(String(loaded.source), url) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function rewrite(file: string): string | undefined {
  try {
    return unnestClasses(readFileSync(file, "utf8"));
  } catch {
    return undefined; // it is not there, or not for us to read: Deno says so in its own words
  }
}

/** The compiled text, with its source map naming the original file. */
function placeAt(compiled: string, url: string): string {
  return compiled.replace(
    /(\/\/# sourceMappingURL=data:application\/json;base64,)([\w+/=]+)/,
    (whole, start, encoded) => {
      try {
        const map = JSON.parse(Buffer.from(encoded, "base64").toString()) as object;
        return start + Buffer.from(JSON.stringify({ ...map, sources: [url] })).toString("base64");
      } catch {
        return whole; // no map that we know: places are then those of the copy
      }
    },
  );
}
