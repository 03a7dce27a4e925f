// What a release says about itself: licences, bill of materials, and the packages that they speak of.
import * as cdx from "@cyclonedx/cyclonedx-library";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { packagesOf, readContents } from "../../scripts/release/contents.ts";
import { lockedPackage, matchesIntegrity } from "../../scripts/release/fetch_bun.ts";
import { formatLicenses } from "../../scripts/release/licenses.ts";
import { formatSbom } from "../../scripts/release/sbom.ts";
import { fileNameOf, RELEASE_TARGETS, targetsNamed } from "../../scripts/release/targets.ts";

const METAFILE = JSON.stringify({
  inputs: {
    "src/main.ts": {},
    "node_modules/hono/dist/hono.js": {},
    "node_modules/@opentelemetry/api/build/esm/index.js": {},
    "node_modules/@opentelemetry/api/build/esm/trace.js": {},
    "node_modules/outer/node_modules/tldts/index.js": {},
  },
});

const CONTENTS = readContents(".", packagesOf(METAFILE));
const FACTS = { version: "1.2.3", bunVersion: "1.4.5", contents: CONTENTS };

test("packagesOf() names each package once, the inner one of two", () => {
  assert.deepEqual(packagesOf(METAFILE), ["@opentelemetry/api", "hono", "tldts"]);
});

test("readContents() has licence text and checksum of packages in the bundle and of those beside it", () => {
  const names = CONTENTS.map(({ name }) => name);
  assert.deepEqual(names.filter((name) => ["hono", "uplot", "@types/node"].includes(name)), [
    "@types/node",
    "hono",
    "uplot",
  ]);
  for (const { name, licenseText, integrity } of CONTENTS) {
    assert.match(licenseText, /copyright|licen[cs]e/i, name);
    assert.match(integrity, /^sha512-/, name);
  }
});

test("readContents() refuses a package that the lock file does not have", () => {
  const metafile = JSON.stringify({ inputs: { "node_modules/not-locked/index.js": {} } });
  assert.throws(() => readContents(".", packagesOf(metafile)), /Cannot describe not-locked/);
});

test("formatSbom() is valid CycloneDX 1.6, the same each time, and has packages, Bun's parts and the files", async () => {
  const files = [{ name: "locust-ts-linux-x64", sha256: "ab".repeat(32) }];
  const text = formatSbom({ ...FACTS, files });
  assert.equal(formatSbom({ ...FACTS, files }), text);
  const problem = await new cdx.Validation.JsonStrictValidator(cdx.Spec.Version.v1dot6).validate(text);
  assert.equal(problem, null, JSON.stringify(problem));
  const bom = JSON.parse(text);
  const refs = bom.components.map((component: { "bom-ref": string }) => component["bom-ref"]);
  assert.ok(refs.includes("bun@1.4.5") && refs.includes("file/locust-ts-linux-x64"), refs.join(" "));
  for (const { name, version } of CONTENTS) assert.ok(refs.includes(`${name}@${version}`), name);
  const bun = bom.components.find((component: { name: string }) => component.name === "bun");
  assert.ok(bun.components.some(({ name }: { name: string }) => name.startsWith("JavaScriptCore")));
});

test("the validator of the test refuses a bill of materials with a mistake", async () => {
  const broken = formatSbom({ ...FACTS, files: [] }).replace('"application"', '"apple"');
  assert.notEqual(await new cdx.Validation.JsonStrictValidator(cdx.Spec.Version.v1dot6).validate(broken), null);
});

test("formatLicenses() has our licence, each package's text, and the way to relink what is under the LGPL", () => {
  const ownLicense = readFileSync("LICENSE", "utf8");
  const text = formatLicenses({ ...FACTS, ownLicense });
  assert.ok(text.includes(ownLicense.trim()));
  for (const { name, version, licenseText } of CONTENTS) {
    assert.ok(text.includes(`${name} ${version} (`), name);
    assert.ok(text.includes(licenseText.replaceAll("\r\n", "\n")), name);
  }
  assert.match(text, /JavaScriptCore[^\n]+LGPL-2\.0/);
  assert.match(text, /--compile-executable-path/);
});

test("each target is locked with a checksum, and has a file name of its own", () => {
  const lock = readFileSync("package-lock.json", "utf8");
  for (const target of RELEASE_TARGETS) assert.match(lockedPackage(lock, target.bunPackage).integrity, /^sha512-/);
  assert.equal(new Set(RELEASE_TARGETS.map(fileNameOf)).size, RELEASE_TARGETS.length);
  assert.throws(() => lockedPackage(lock, "@oven/bun-plan9"), /Cannot fetch @oven\/bun-plan9/);
});

test("targetsNamed() keeps the order of the table and names what it does not know", () => {
  const names = targetsNamed(["windows-x64", "linux-x64"]).map(({ name }) => name);
  assert.deepEqual(names, ["linux-x64", "windows-x64"]);
  assert.equal(targetsNamed([]).length, RELEASE_TARGETS.length);
  assert.throws(() => targetsNamed(["linux-x86"]), /Cannot build for "linux-x86": write linux-x64,/);
});

test("matchesIntegrity() tells the right bytes from others", () => {
  const bytes = new TextEncoder().encode("bun");
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  assert.equal(matchesIntegrity(bytes, integrity), true);
  assert.equal(matchesIntegrity(new TextEncoder().encode("nub"), integrity), false);
});
