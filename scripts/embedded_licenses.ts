/**
 * The licences that the web UI shows: ours, Bun's, and those of the npm packages that can be in the executable. The bundler's own list comes
 * too late for it, because the page is bundled before; this one is of all packages that are no development dependencies.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readContents } from "./release/contents.ts";
import { formatLicenses } from "./release/licenses.ts";

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
}

export function embeddedLicenses(root: string): string {
  const readJson = (path: string): unknown => JSON.parse(readFileSync(join(root, path), "utf8"));
  const { packages } = readJson("package-lock.json") as LockFile;
  const own = Object.entries(packages).filter(([path, { dev, optional }]) =>
    path.startsWith("node_modules/") && dev !== true && optional !== true
  );
  return formatLicenses({
    ownLicense: readFileSync(join(root, "LICENSE"), "utf8"),
    version: (readJson("package.json") as { version: string }).version,
    bunVersion: (readJson("node_modules/bun/package.json") as { version: string }).version,
    contents: readContents(root, own.map(([path]) => path.slice("node_modules/".length))),
  });
}
