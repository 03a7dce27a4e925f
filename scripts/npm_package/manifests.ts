/** The `package.json` files of the npm packages, as data: the library with the launcher, and one package per platform. Pure. */
import type { ReleaseTarget } from "../release/targets.ts";

/** What all of them take from the repository's own `package.json`. */
export interface ProjectFacts {
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: { readonly node: string };
}

const SCOPE = "@locust-ts";
const OPERATING_SYSTEMS: Readonly<Record<string, string>> = { linux: "linux", darwin: "darwin", windows: "win32" };

/** `@locust-ts/linux-x64-musl` */
export function packageNameOf({ name }: ReleaseTarget): string {
  return `${SCOPE}/${name}`;
}

/** The package that users install. Those of the platforms are optional: npm leaves out the ones that do not fit. */
export function libraryManifest(
  project: ProjectFacts,
  targets: readonly ReleaseTarget[],
): Readonly<Record<string, unknown>> {
  const { version, description, license, engines } = project;
  return {
    name: "locust-ts",
    version,
    description,
    license,
    keywords: ["load testing", "performance", "stress test", "benchmark", "locust", "http"],
    type: "module",
    engines,
    bin: { "locust-ts": "bin/locust-ts.mjs" },
    exports: {
      ".": { types: "./index.d.ts", default: "./index.js" },
      "./package.json": "./package.json",
    },
    types: "./index.d.ts",
    optionalDependencies: Object.fromEntries(targets.map((target) => [packageNameOf(target), version])),
  };
}

export function platformManifest(project: ProjectFacts, target: ReleaseTarget): Readonly<Record<string, unknown>> {
  const { version, license } = project;
  const [system = "", processor = "", libc] = target.name.split("-");
  return {
    name: packageNameOf(target),
    version,
    description: `The executable of locust-ts for ${target.name}`,
    license,
    os: [OPERATING_SYSTEMS[system]],
    cpu: [processor],
    ...system === "linux" && { libc: [libc === "musl" ? "musl" : "glibc"] },
    exports: { "./package.json": "./package.json" },
  };
}
