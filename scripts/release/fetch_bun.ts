/**
 * Bun's executables of other platforms, from the npm registry: the versions and checksums are those of `package-lock.json`. Kept in a
 * cache folder under the checksum, so that each is fetched once.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { ReleaseTarget } from "./targets.ts";

export interface LockedPackage {
  readonly version: string;
  /** `sha512-` and base64. */
  readonly integrity: string;
}

/** The folder of everything that this project keeps between builds. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "locust-ts");
}

/** What the lock file holds of a package. */
export function lockedPackage(lockText: string, name: string): LockedPackage {
  const entry = JSON.parse(lockText).packages[`node_modules/${name}`] as Partial<LockedPackage> | undefined;
  if (entry?.version === undefined || entry.integrity === undefined) {
    throw new Error(`Cannot fetch ${name}: package-lock.json has no version and checksum of it`);
  }
  return { version: entry.version, integrity: entry.integrity };
}

/** True when the bytes have the checksum of the lock file. */
export function matchesIntegrity(bytes: Uint8Array, integrity: string): boolean {
  const [algorithm = "", digest] = integrity.split("-", 2);
  return createHash(algorithm).update(bytes).digest("base64") === digest;
}

/** The path of Bun's executable for a target; fetches it when it is not in the cache. */
export function fetchBun(root: string, target: ReleaseTarget): string {
  const locked = lockedPackage(readFileSync(join(root, "package-lock.json"), "utf8"), target.bunPackage);
  const cache = join(cacheFolder(), "bun");
  // Another checksum is another folder: what was checked once need not be checked again.
  const folder = join(cache, `${target.bunPackage.slice("@oven/".length)}-${locked.version}-${shortName(locked)}`);
  if (!existsSync(join(folder, target.bunPath))) unpackPackage(target, locked, cache, folder);
  return join(folder, target.bunPath);
}

function shortName({ integrity }: LockedPackage): string {
  return createHash("sha256").update(integrity).digest("hex").slice(0, 12);
}

function unpackPackage(target: ReleaseTarget, locked: LockedPackage, cache: string, folder: string): void {
  mkdirSync(cache, { recursive: true });
  const workshop = mkdtempSync(join(cache, "fetch-"));
  try {
    const wanted = `${target.bunPackage}@${locked.version}`;
    run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", workshop, wanted]);
    const name = readdirSync(workshop).find((file) => file.endsWith(".tgz"));
    if (name === undefined) throw new Error(`Cannot fetch ${wanted}: npm pack wrote no file`);
    const archive = join(workshop, name);
    if (!matchesIntegrity(readFileSync(archive), locked.integrity)) {
      throw new Error(`Cannot use ${wanted}: its checksum is not the one in package-lock.json`);
    }
    run("tar", ["-xzf", archive, "-C", workshop]);
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(workshop, "package"), folder);
  } finally {
    rmSync(workshop, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[]): void {
  const shell = process.platform === "win32" && command === "npm";
  const result = spawnSync(command, [...args], { encoding: "utf8", shell });
  if (result.error !== undefined) throw new Error(`Cannot run ${command}: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`Cannot run ${command} ${args.join(" ")}: it said\n${result.stderr}`);
}
