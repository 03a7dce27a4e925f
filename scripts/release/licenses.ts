/**
 * The text `LICENSES.txt` of a release: our licence, those of the npm packages inside in full, and what Bun is made of. Pure.
 */
import type { Content } from "./contents.ts";

export interface BunPart {
  readonly name: string;
  readonly license: string;
}

/**
 * What Bun links statically, as its LICENSE.md of this version says. Bun's npm packages have no licence files: the texts are at
 * the address in `BUN_SOURCES`.
 */
export const BUN_PARTS: readonly BunPart[] = [
  { name: "JavaScriptCore and WebCore, of WebKit", license: "LGPL-2.0-or-later" },
  { name: "BoringSSL", license: "OpenSSL, ISC, BSD-3-Clause and others" },
  { name: "brotli", license: "MIT" },
  { name: "c-ares", license: "MIT" },
  { name: "highway", license: "Apache-2.0" },
  { name: "ICU", license: "Unicode-3.0" },
  { name: "libarchive", license: "BSD-2-Clause and others" },
  { name: "libbase64", license: "BSD-2-Clause" },
  { name: "libdeflate", license: "MIT" },
  { name: "libjpeg-turbo", license: "BSD-3-Clause, IJG and Zlib" },
  { name: "libspng", license: "BSD-2-Clause" },
  { name: "libuv, on Windows", license: "MIT" },
  { name: "libwebp", license: "BSD-3-Clause" },
  { name: "LLVM libc++abi, one fallback function", license: "Apache-2.0 WITH LLVM-exception" },
  { name: "lol-html", license: "BSD-3-Clause" },
  { name: "ls-hpack", license: "MIT" },
  { name: "ls-qpack", license: "MIT" },
  { name: "lsquic", license: "MIT and BSD-3-Clause" },
  { name: "mimalloc", license: "MIT" },
  { name: "picohttpparser", license: "MIT" },
  { name: "simdutf", license: "Apache-2.0" },
  { name: "TigerBeetle, parts of its IO code", license: "Apache-2.0" },
  { name: "TinyCC", license: "LGPL-2.1-only" },
  { name: "uSockets and uWebSockets", license: "Apache-2.0" },
  { name: "uucode", license: "MIT" },
  { name: "zlib-ng", license: "Zlib" },
  { name: "zstd", license: "BSD-3-Clause" },
  { name: "polyfills of Node.js modules, acorn, code from esbuild", license: "MIT" },
];

export const BUN_SOURCES = "https://github.com/oven-sh/bun";
const WEBKIT_SOURCES = "https://github.com/oven-sh/WebKit";

export interface LicenseFacts {
  readonly ownLicense: string;
  readonly version: string;
  readonly bunVersion: string;
  readonly contents: readonly Content[];
}

export function formatLicenses({ ownLicense, version, bunVersion, contents }: LicenseFacts): string {
  return [
    heading(`locust-ts ${version}`),
    ownLicense.trim(),
    heading(`Bun ${bunVersion} (MIT)`),
    `The executable holds Bun, unchanged, from the npm packages @oven/bun-*. Its sources and the licence texts of its parts are at
${BUN_SOURCES} under the tag bun-v${bunVersion}, in LICENSE.md.

It links JavaScriptCore, TinyCC and others statically. JavaScriptCore and TinyCC are under the LGPL, which gives you the right to
replace them: change them (${WEBKIT_SOURCES} has the WebKit that Bun uses), build Bun as its LICENSE.md says,
and build locust-ts with it: \`bun build --compile --compile-executable-path=YOUR_BUN\`, from our sources.

${formatParts()}`,
    ...contents.flatMap(({ name, version, license, licenseText }) => [
      heading(`${name} ${version} (${license})`),
      licenseText.replaceAll("\r\n", "\n"),
    ]),
  ].join("\n\n") + "\n";
}

function formatParts(): string {
  const width = Math.max(...BUN_PARTS.map(({ name }) => name.length));
  return BUN_PARTS.map(({ name, license }) => `  ${name.padEnd(width)}  ${license}`).join("\n");
}

function heading(text: string): string {
  return `${"=".repeat(100)}\n${text}\n${"=".repeat(100)}`;
}
