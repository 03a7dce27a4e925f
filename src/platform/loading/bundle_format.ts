/**
 * The shape of a bundled locustfile's default export: several locustfiles in one module, each with its own name and exports.
 * Written by `bundle.ts`, read by `module_loading.ts`.
 */

/** The default export's key; no hand-written locustfile has it. */
export const BUNDLE_KEY = "locust-ts bundle";

/** What a bundle is called where it was unpacked. */
export const BUNDLE_FILE = "locustfile.bundle.mjs";

interface BundledModule {
  readonly file: string;
  readonly exports: Record<string, unknown>;
  /** What is called differently from its export, by the export. */
  readonly names?: Readonly<Record<string, string>>;
}

/** The modules inside of an imported bundle; undefined when it is an ordinary locustfile. */
export function bundledModules(exports: Record<string, unknown>): readonly BundledModule[] | undefined {
  const bundle = exports["default"];
  if (typeof bundle !== "object" || bundle === null || !(BUNDLE_KEY in bundle)) return undefined;
  const modules = (bundle as { readonly [BUNDLE_KEY]: readonly BundledModule[] })[BUNDLE_KEY];
  modules.forEach(restoreNames);
  return modules;
}

/** The locustfiles in the text of a bundle, relative to their folder, for one that cannot be imported. Empty if the text is no bundle. */
export function filesInBundle(source: string): readonly string[] {
  const list = source.slice(Math.max(0, source.lastIndexOf(JSON.stringify(BUNDLE_KEY))));
  return [...list.matchAll(/\bfile:\s*("(?:[^"\\\n]|\\.)*"),\s*exports:/g)].map(([, file = ""]) =>
    JSON.parse(file) as string
  );
}

/**
 * The bundler calls a class `Shopper2` when some package has a `Shopper` too. Classes are known by their names over the whole
 * cluster, so they get them back.
 */
function restoreNames({ exports, names = {} }: BundledModule): void {
  for (const [key, value] of Object.entries(exports)) {
    if (typeof value !== "function") continue;
    const name = names[key] ?? key;
    if (value.name.startsWith(name) && /^\d+$/.test(value.name.slice(name.length))) {
      Object.defineProperty(value, "name", { value: name, configurable: true });
    }
  }
}

/** The names in a module's source that its exports have not: `export default class Shopper`, `export { Shopper as Buyer }`. */
export function findOtherNames(source: string): Record<string, string> {
  const names: Record<string, string> = {};
  const byDefault = /\bexport\s+default\s+(?:abstract\s+)?class\s+([\w$]+)/.exec(source)?.[1];
  if (byDefault !== undefined) names["default"] = byDefault;
  for (const [, list = ""] of source.matchAll(/\bexport\s*\{([^}]*)\}/g)) {
    for (const [, name = "", key = ""] of list.matchAll(/([\w$]+)\s+as\s+([\w$]+)/g)) names[key] = name;
  }
  return names;
}
