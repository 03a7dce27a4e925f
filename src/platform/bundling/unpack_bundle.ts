/**
 * The worker's side of shipping: writes a bundled locustfile and its data files where it can be imported. What came
 * over the wire is not trusted to be what it says: the hash is computed again, and no path may leave the folder.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, normalize, sep } from "node:path";
import { LocustError } from "../../base/errors.ts";
import { hashBundle } from "./bundle.ts";
import { BUNDLE_FILE } from "../loading/bundle_format.ts";
import type { DataFile, LargeDataFile } from "./data_files.ts";

/**
 * Unpacks into `folder`/<start of the hash> and returns the absolute path of the module to load. Unpacking the same
 * bundle again gives the same path. `large` are checked, and come later. Throws a `LocustError` (code `bundle_corrupt`)
 * for anything that is not what it should be.
 */
export function unpackLocustfile(
  hash: string,
  source: string,
  files: readonly DataFile[],
  folder: string,
  large: readonly LargeDataFile[] = [],
): string {
  if (hashBundle(source, files, large) !== hash) {
    throw corrupt("its contents do not have the hash that was announced");
  }
  const target = join(folder, hash.slice(0, 16));
  for (const { path } of [...files, ...large]) {
    const plain = normalize(path);
    if (path === "" || isAbsolute(path) || plain === ".." || plain.startsWith(`..${sep}`) || path.includes("\0")) {
      throw corrupt(`the path ${JSON.stringify(path)} leaves its folder`);
    }
  }
  mkdirSync(target, { recursive: true, mode: 0o700 });
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(target, path)), { recursive: true, mode: 0o700 });
    writeFileSync(join(target, path), bytes, { mode: 0o600 });
  }
  const module = join(target, BUNDLE_FILE);
  writeFileSync(module, source, { mode: 0o600 });
  return module;
}

function corrupt(what: string): LocustError {
  return new LocustError(`Cannot use the locustfile that the master sent: ${what}; restart the worker`, {
    code: "bundle_corrupt",
  });
}
