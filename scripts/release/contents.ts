/**
 * The npm packages that are inside an executable: those whose modules the bundler names, those of the pages, and the types that
 * `init` writes. Licences and bill of materials are made from this one list.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Content {
  readonly name: string;
  readonly version: string;
  /** SPDX expression. */
  readonly license: string;
  readonly integrity: string;
  /** Text of its licence file, and of its notice where there is one. */
  readonly licenseText: string;
}

/** Bundled into the pages before the executable is built, or packed as a file: the bundler's list does not name them. */
const BESIDE_THE_BUNDLE = ["@preact/signals", "@preact/signals-core", "preact", "uplot", "@types/node", "undici-types"];

/** Names of the packages whose modules are in a bundle, from Bun's metafile. Pure. */
export function packagesOf(metafile: string): readonly string[] {
  const { inputs } = JSON.parse(metafile) as { inputs: Readonly<Record<string, unknown>> };
  const names = Object.keys(inputs).map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

/** Everything of others in an executable with these packages in its bundle, sorted by name. */
export function readContents(root: string, packages: readonly string[]): readonly Content[] {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages as Record<
    string,
    { version: string; integrity: string; license?: string }
  >;
  return [...new Set([...packages, ...BESIDE_THE_BUNDLE])].sort().map((name) => {
    const entry = lock[`node_modules/${name}`];
    if (entry === undefined) throw new Error(`Cannot describe ${name}: package-lock.json does not have it`);
    const licenseText = readLicense(join(root, "node_modules", name));
    if (entry.license === undefined || licenseText === "") {
      throw new Error(`Cannot describe ${name}: it has no licence file or names no licence`);
    }
    return { name, version: entry.version, license: entry.license, integrity: entry.integrity, licenseText };
  });
}

function readLicense(folder: string): string {
  const files = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file)).sort();
  return files.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n");
}
