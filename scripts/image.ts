/**
 * `npm run image -- [amd64|arm64…] [--executable FILE]`: the context for building the container image, in `dist/image`. It takes the
 * executables of `npm run release`; FILE is another one, for one platform. An image is then built by any builder with the Dockerfile.
 */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { IMAGE_PLATFORMS, type ImagePlatform, writeImageRoot } from "./release/image_root.ts";

function platformsNamed(names: readonly string[]): readonly ImagePlatform[] {
  const known = IMAGE_PLATFORMS.map(({ name }) => name);
  const wrong = names.find((name) => !known.some((each) => each === name));
  if (wrong !== undefined) throw new Error(`Cannot make an image for "${wrong}": write ${known.join(" or ")}`);
  return IMAGE_PLATFORMS.filter(({ name }) => names.includes(name));
}

function makeContext(names: readonly string[], executable: string | undefined, out: string): void {
  const platforms = platformsNamed(names.length === 0 ? ["amd64"] : names);
  if (executable !== undefined && platforms.length > 1) {
    throw new Error("Cannot use --executable for two platforms: it is for one");
  }
  rmSync(out, { recursive: true, force: true });
  for (const folder of ["mnt/locust", "data"]) mkdirSync(join(out, "writable", folder), { recursive: true });
  for (const platform of platforms) {
    const file = executable ?? `dist/release/locust-ts-${platform.target}`;
    if (!existsSync(file)) throw new Error(`Cannot make an image: there is no ${file}; run npm run release first`);
    writeImageRoot(join(out, platform.name), platform, file);
  }
  console.log(`Made ${out} for ${platforms.map(({ name }) => name).join(" and ")}; build the image with`);
  console.log(`  docker build -t locust-ts -f Dockerfile ${out}`);
}

try {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    options: { executable: { type: "string" }, out: { type: "string", default: "dist/image" } },
    allowPositionals: true,
  });
  makeContext(positionals, values.executable, values.out);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
