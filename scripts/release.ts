/**
 * `npm run release -- [TARGET…] [--out FOLDER] [--base-url URL]`: the executables of all platforms in `dist/release`, with checksums,
 * licences, bill of materials and install script; URL is where the script will find them. Each file is checked for what it claims
 * to be; nothing is uploaded.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { formatBytes } from "../src/base/units.ts";
import { compileExecutable } from "./executable.ts";
import { packagesOf, readContents } from "./release/contents.ts";
import { describeMismatch } from "./release/check_executable.ts";
import { fetchBun } from "./release/fetch_bun.ts";
import { formatLicenses } from "./release/licenses.ts";
import { formatSbom } from "./release/sbom.ts";
import { fileNameOf, type ReleaseTarget, targetsNamed } from "./release/targets.ts";

const ROOT = process.cwd();

interface ReleaseSettings {
  readonly targets: readonly ReleaseTarget[];
  readonly out: string;
  readonly baseUrl: string | undefined;
}

async function makeRelease({ targets, out, baseUrl }: ReleaseSettings): Promise<void> {
  const { version } = readJson("package.json");
  const { version: bunVersion } = readJson("node_modules/bun/package.json");
  rmSync(resolve(ROOT, out), { recursive: true, force: true });
  mkdirSync(resolve(ROOT, out), { recursive: true });
  const metafile = join(out, "modules.json");
  const files = [];
  for (const target of targets) {
    const name = fileNameOf(target);
    await compileExecutable(ROOT, {
      form: "release",
      outfile: join(out, name),
      target: { name: `${target.bunTarget}-v${bunVersion}`, runtime: fetchBun(ROOT, target) },
      metafile,
    });
    const bytes = readFileSync(resolve(ROOT, out, name));
    const mismatch = describeMismatch(bytes, target);
    if (mismatch !== undefined) throw new Error(`Cannot release ${name}: ${mismatch}`);
    files.push({ name, sha256: createHash("sha256").update(bytes).digest("hex") });
    console.log(`${name.padEnd(28)} ${formatBytes(statSync(resolve(ROOT, out, name)).size)}`);
  }
  const contents = readContents(ROOT, packagesOf(readFileSync(resolve(ROOT, metafile), "utf8")));
  rmSync(resolve(ROOT, metafile));
  const ownLicense = readFileSync(join(ROOT, "LICENSE"), "utf8");
  const installScript = readFileSync(join(ROOT, "scripts/install.sh"), "utf8");
  write(out, "install.sh", baseUrl === undefined ? installScript : installScript.replace("@BASE_URL@", baseUrl));
  write(out, "LICENSES.txt", formatLicenses({ ownLicense, version, bunVersion, contents }));
  write(out, "locust-ts.cdx.json", formatSbom({ version, bunVersion, contents, files }));
  const others = ["LICENSES.txt", "install.sh", "locust-ts.cdx.json"].map((name) => ({
    name,
    sha256: createHash("sha256").update(readFileSync(resolve(ROOT, out, name))).digest("hex"),
  }));
  write(out, "SHA256SUMS", [...files, ...others].map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(""));
  console.log(`Made ${out}: ${files.length} executables, SHA256SUMS, LICENSES.txt, locust-ts.cdx.json, install.sh`);
}

function readJson(path: string): { readonly version: string } {
  return JSON.parse(readFileSync(join(ROOT, path), "utf8"));
}

function write(out: string, name: string, text: string): void {
  writeFileSync(resolve(ROOT, out, name), text);
}

try {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    options: { out: { type: "string", default: "dist/release" }, "base-url": { type: "string" } },
    allowPositionals: true,
  });
  await makeRelease({ targets: targetsNamed(positionals), out: values.out, baseUrl: values["base-url"] });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
