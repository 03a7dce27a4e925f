/** Tells by its name whether a file can be a locustfile: whatever both runtimes load as a module. Pure. */

/** The locustfile of a master or local run that names none; `resolve_locustfiles.ts` also tries its other suffixes. */
export const DEFAULT_LOCUSTFILE = "locustfile.ts";

/** In the order in which the default locustfile is looked for. */
export const LOCUSTFILE_SUFFIXES = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"] as const;

export function isLocustfileName(path: string): boolean {
  return LOCUSTFILE_SUFFIXES.some((suffix) => path.endsWith(suffix)) && !holdsTypesOnly(path);
}

/** A file of declarations. */
export function holdsTypesOnly(path: string): boolean {
  return /\.d\.[cm]?ts$/.test(path);
}
