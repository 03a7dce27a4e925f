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
  /** What the bundler has renamed, by its new names. */
  readonly renamed?: Readonly<Record<string, string>>;
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
 * The bundler calls a class `Shopper2` when some package has a `Shopper` too, and `locustfile_default` one that has no name.
 * Classes are known by their names over the whole cluster, and tasks and task sets in exceptions, so they get them back.
 */
function restoreNames({ exports, names = {}, renamed = {} }: BundledModule): void {
  for (const [key, value] of Object.entries(exports)) {
    if (typeof value !== "function") continue;
    const name = names[key] ?? key;
    const isNumbered = value.name.startsWith(name) && /^\d+$/.test(value.name.slice(name.length));
    if (isNumbered || (name === "default" && /_default\d*$/.test(value.name))) rename(value, name);
  }
  if (Object.keys(renamed).length > 0) renameAll(Object.values(exports), renamed, new Set());
}

/** The functions and classes, what they extend, and what stands in their static members. */
function renameAll(values: Iterable<unknown>, renamed: Readonly<Record<string, string>>, seen: Set<unknown>): void {
  for (const value of values) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (Array.isArray(value)) renameAll(value, renamed, seen);
    else if (value instanceof Map) renameAll(value.keys(), renamed, seen);
    if (typeof value !== "function") continue;
    if (Object.hasOwn(renamed, value.name)) rename(value, renamed[value.name] ?? "");
    const statics = Object.values(Object.getOwnPropertyDescriptors(value)).map((member) => member.value);
    renameAll([Object.getPrototypeOf(value), ...statics], renamed, seen);
  }
}

/** A name that a class gives to itself stays. */
function rename(value: object, name: string): void {
  const own = Object.getOwnPropertyDescriptor(value, "name");
  if (own?.configurable === true && own.writable === false) {
    Object.defineProperty(value, "name", { value: name, configurable: true });
  }
}

/** How the bundler calls what the sources declare, where that is another name. */
export function findRenamed(bundle: string, sources: Iterable<string>): Record<string, string> {
  const declared = new Set<string>();
  for (const source of sources) for (const [, name = ""] of source.matchAll(DECLARATION)) declared.add(name);
  const renamed: Record<string, string> = {};
  for (const [, found = ""] of bundle.matchAll(DECLARATION)) {
    if (declared.has(found)) continue;
    for (let end = found.length - 1; /\d/.test(found[end] ?? ""); end--) {
      const name = found.slice(0, end);
      if (!declared.has(name)) continue;
      renamed[found] = name; // the longest one: `Browse2` for `Browse22`
      break;
    }
  }
  return renamed;
}

const DECLARATION = /\b(?:class|function\s*\*?|const|let|var)\s+([A-Za-z_$][\w$]*)/g;

/** Stands in the entry of a bundle for what `findRenamed()` finds. */
export const RENAMED = '"locust-ts renamed"';

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
