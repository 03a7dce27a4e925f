/**
 * Serves `import … from "locust-ts"` to locustfiles, wherever they lie, without anything installed beside them. Under Bun a
 * plugin answers with the objects this thread already has, so that a user class of the locustfile extends the very same `User`.
 * Under Deno the import map in our `deno.json` does it for `import`, and the loader of CommonJS, which knows no import map, for `require`.
 */
import module from "node:module";
import { bunApi, runtimeName } from "../runtime.ts";

interface PluginBuilder {
  module(specifier: string, load: () => { readonly exports: object; readonly loader: "object" }): void;
}

interface BunPlugins {
  plugin(plugin: { readonly name: string; setup(builder: PluginBuilder): void }): void;
}

let installed = false;

/** Must be called before the first locustfile is imported. Later calls do nothing: a loaded module cannot be exchanged. */
export function installLocustModule(api: object): void {
  if (installed) return;
  installed = true;
  if (runtimeName === "deno") return serveRequire(api);
  bunApi<BunPlugins>()?.plugin({
    name: "locust-ts",
    setup: (builder) => builder.module("locust-ts", () => ({ exports: { ...api }, loader: "object" })),
  });
}

/** The part of Node's loader of CommonJS that every `require` passes. */
interface CommonLoader {
  _load(specifier: string, parent: unknown, isMain: boolean): unknown;
}

function serveRequire(api: object): void {
  const loader = module as unknown as CommonLoader;
  const load = loader._load;
  loader._load = (specifier, parent, isMain) =>
    specifier === "locust-ts" ? { ...api } : load(specifier, parent, isMain);
}
