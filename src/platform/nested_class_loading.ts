/**
 * Deno 2.9 compiles a class with decorators wrongly if there is a class expression in its body, as in
 * `@task static Browse = class extends TaskSet { … }`. Under Deno the modules of a locustfile are therefore read through a hook
 * that rewrites such classes (`unnest_classes.ts`) before Deno compiles them. Places in stacks stay those of the file.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import module from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runtimeName } from "./runtime.ts";
import { unnestClasses } from "./unnest_classes.ts";

interface Loaded {
  readonly source?: unknown;
}

type LoadModule = (url: string, context: object) => Loaded;

/** Where our own modules lie: they need no rewriting. */
const OUR_ROOT = new URL("..", import.meta.url).href;

let installed = false;

/** Must be called before a locustfile is imported. Does nothing but under Deno. */
export function fixNestedClasses(): void {
  if (installed || runtimeName !== "deno") return;
  installed = true;
  const { registerHooks } = module as { readonly registerHooks?: (hooks: object) => unknown };
  registerHooks?.({
    load: (url: string, context: object, next: LoadModule): Loaded =>
      loadRewritten(url, context, next) ?? next(url, context),
  });
}

function loadRewritten(url: string, context: object, next: LoadModule): Loaded | undefined {
  if (!/^file:.*\.m?[jt]s$/.test(url) || url.startsWith(OUR_ROOT) || url.includes("/node_modules/")) return undefined;
  const rewritten = rewrite(fileURLToPath(url));
  if (rewritten === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "locust-ts-"));
  try {
    const file = join(folder, basename(fileURLToPath(url)));
    writeFileSync(file, rewritten);
    const loaded = next(pathToFileURL(file).href, context);
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

/** The compiled text, with its source map saying where it really came from. */
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
