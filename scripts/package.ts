/**
 * `npm run package [-- --release FOLDER] [--out FOLDER]`: the npm packages, each as a folder that `npm pack` and `npm publish` take. The library and the
 * launcher are made from the sources; each executable of the release folder becomes the package of its platform. Without such a folder there is one such
 * package: that of this machine, with `dist/locust-ts`.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { bunApi } from "../src/platform/runtime.ts";
import { writePackageTypes } from "./declarations.ts";
import { EXECUTABLE } from "./executable.ts";
import { libraryManifest, packageNameOf, platformManifest, type ProjectFacts } from "./npm_package/manifests.ts";
import { fileNameOf, RELEASE_TARGETS, type ReleaseTarget } from "./release/targets.ts";

const ROOT = process.cwd();
const project = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as ProjectFacts;

/** An executable, and the platform that it is for. */
interface Source {
  readonly target: ReleaseTarget;
  readonly path: string;
}

/** The part of Bun's API that is used here. */
interface Bundler {
  build(
    options: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly success: boolean; readonly logs: readonly unknown[] }>;
}

async function makeLibrary(folder: string): Promise<void> {
  mkdirSync(join(folder, "bin"), { recursive: true });
  const bun = bunApi<Bundler>();
  if (bun === undefined) throw new Error("Cannot build the library: this script runs under Bun");
  const built = await bun.build({
    entrypoints: [join(ROOT, "scripts/npm_package/entry.ts")],
    outdir: folder,
    target: "node",
    format: "esm",
    splitting: true,
    naming: { entry: "index.js", chunk: "parts/[name]-[hash].js" },
  });
  if (!built.success) throw new Error(`Cannot build the library: ${built.logs.map(String).join("\n")}`);
  writePackageTypes(ROOT, folder);
  copyFileSync(join(ROOT, "scripts/npm_package/launcher.mjs"), join(folder, "bin/locust-ts.mjs"));
  chmodSync(join(folder, "bin/locust-ts.mjs"), 0o755);
  writeManifest(folder, libraryManifest(project, RELEASE_TARGETS));
  for (const name of ["LICENSE", "README.md", "CHANGELOG.md"]) copyFileSync(join(ROOT, name), join(folder, name));
}

function makePlatformPackage(folder: string, { target, path }: Source): void {
  mkdirSync(join(folder, "bin"), { recursive: true });
  const file = join(folder, "bin", target.format === "PE" ? "locust-ts.exe" : "locust-ts");
  copyFileSync(path, file);
  chmodSync(file, 0o755);
  writeManifest(folder, platformManifest(project, target));
  copyFileSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
}

function writeManifest(folder: string, manifest: Readonly<Record<string, unknown>>): void {
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The executables of a release, or the one that was built here. */
function findSources(release: string | undefined): readonly Source[] {
  if (release === undefined) return [{ target: ownTarget(), path: resolve(ROOT, EXECUTABLE) }];
  const sources = RELEASE_TARGETS.map((target) => ({ target, path: resolve(ROOT, release, fileNameOf(target)) }));
  const present = sources.filter(({ path }) => existsSync(path));
  if (present.length === 0) {
    throw new Error(`Cannot make packages: ${release} has no executables; run "npm run release" first`);
  }
  return present;
}

function ownTarget(): ReleaseTarget {
  const system = process.platform === "win32" ? "windows" : process.platform;
  const name = `${system}-${process.arch}`;
  const target = RELEASE_TARGETS.find((each) => each.name === name);
  if (target === undefined) throw new Error(`Cannot make a package for ${name}: there is no release for it`);
  return target;
}

try {
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: { release: { type: "string" }, out: { type: "string", default: "dist/npm" } },
  });
  const out = resolve(ROOT, values.out);
  const sources = findSources(values.release);
  rmSync(out, { recursive: true, force: true });
  await makeLibrary(join(out, "locust-ts"));
  for (const source of sources) makePlatformPackage(join(out, basename(packageNameOf(source.target))), source);
  console.log(`Made ${values.out}: locust-ts, ${sources.map(({ target }) => packageNameOf(target)).join(", ")}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
