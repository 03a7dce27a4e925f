/** The platforms that a release has an executable for, as data: what Bun calls them, and what the file must turn out to be. */
import type { ExecutableFormat } from "./executable_format.ts";

export interface ReleaseTarget {
  /** In file names and on the command line of `npm run release`. */
  readonly name: string;
  /** For `bun build --target`. */
  readonly bunTarget: string;
  /** The npm package that has Bun's own executable, and its path inside. */
  readonly bunPackage: string;
  readonly bunPath: string;
  readonly format: ExecutableFormat["kind"];
  readonly machine: ExecutableFormat["machine"];
  /** The loader that a Linux executable asks for: it tells glibc from musl. */
  readonly interpreter?: string;
}

const unix = { bunPath: "bin/bun" } as const;

export const RELEASE_TARGETS: readonly ReleaseTarget[] = [
  {
    ...unix,
    name: "linux-x64",
    bunTarget: "bun-linux-x64",
    bunPackage: "@oven/bun-linux-x64",
    format: "ELF",
    machine: "x64",
    interpreter: "/lib64/ld-linux-x86-64.so.2",
  },
  {
    ...unix,
    name: "linux-x64-musl",
    bunTarget: "bun-linux-x64-musl",
    bunPackage: "@oven/bun-linux-x64-musl",
    format: "ELF",
    machine: "x64",
    interpreter: "/lib/ld-musl-x86_64.so.1",
  },
  {
    ...unix,
    name: "linux-arm64",
    bunTarget: "bun-linux-arm64",
    bunPackage: "@oven/bun-linux-aarch64",
    format: "ELF",
    machine: "arm64",
    interpreter: "/lib/ld-linux-aarch64.so.1",
  },
  {
    ...unix,
    name: "linux-arm64-musl",
    bunTarget: "bun-linux-arm64-musl",
    bunPackage: "@oven/bun-linux-aarch64-musl",
    format: "ELF",
    machine: "arm64",
    interpreter: "/lib/ld-musl-aarch64.so.1",
  },
  {
    ...unix,
    name: "darwin-arm64",
    bunTarget: "bun-darwin-arm64",
    bunPackage: "@oven/bun-darwin-aarch64",
    format: "Mach-O",
    machine: "arm64",
  },
  {
    ...unix,
    name: "darwin-x64",
    bunTarget: "bun-darwin-x64",
    bunPackage: "@oven/bun-darwin-x64",
    format: "Mach-O",
    machine: "x64",
  },
  {
    name: "windows-x64",
    bunTarget: "bun-windows-x64",
    bunPackage: "@oven/bun-windows-x64",
    bunPath: "bin/bun.exe",
    format: "PE",
    machine: "x64",
  },
];

/** `locust-ts-linux-x64`, `locust-ts-windows-x64.exe`. */
export function fileNameOf(target: ReleaseTarget): string {
  return `locust-ts-${target.name}${target.format === "PE" ? ".exe" : ""}`;
}

/**
 * The targets with these names; all without any.
 * @throws {Error} when there is none with a name
 */
export function targetsNamed(names: readonly string[]): readonly ReleaseTarget[] {
  const known = RELEASE_TARGETS.map(({ name }) => name);
  const wrong = names.filter((name) => !known.includes(name));
  if (wrong.length > 0) {
    throw new Error(`Cannot build for ${wrong.map((name) => `"${name}"`).join(", ")}: write ${known.join(", ")}`);
  }
  return names.length === 0 ? RELEASE_TARGETS : RELEASE_TARGETS.filter(({ name }) => names.includes(name));
}
