/**
 * The shape of a bundled locustfile's default export: several locustfiles in one module, each with its own name and exports.
 * Written by `bundle.ts`, read by `module_loading.ts`.
 */

/** The default export's key; no hand-written locustfile has it. */
export const BUNDLE_KEY = "locust-ts bundle";

/** The modules inside of an imported bundle; undefined when it is an ordinary locustfile. */
export function bundledModules(
  exports: Record<string, unknown>,
): { file: string; exports: Record<string, unknown> }[] | undefined {
  const bundle = exports["default"];
  if (typeof bundle !== "object" || bundle === null || !(BUNDLE_KEY in bundle)) return undefined;
  return (bundle as { readonly [BUNDLE_KEY]: { file: string; exports: Record<string, unknown> }[] })[BUNDLE_KEY];
}
