/**
 * The bill of materials of a release in CycloneDX: the program, Bun, the npm packages inside, and which file has which checksum. The
 * same sources give the same text: it has no time and no random number in it.
 */
import * as cdx from "@cyclonedx/cyclonedx-library";
import { Buffer } from "node:buffer";
import type { Content } from "./contents.ts";
import { BUN_PARTS, BUN_SOURCES } from "./licenses.ts";

export interface SbomFacts {
  readonly version: string;
  readonly bunVersion: string;
  readonly contents: readonly Content[];
  /** The executables: name and SHA-256 in hex. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}

const { Component, Bom, Metadata, NamedLicense, SpdxLicense, LicenseExpression } = cdx.Models;
const { ComponentType, HashAlgorithm, ExternalReferenceType } = cdx.Enums;

export function formatSbom(facts: SbomFacts): string {
  const program = new Component(ComponentType.Application, "locust-ts", {
    version: facts.version,
    bomRef: "locust-ts",
    purl: `pkg:npm/locust-ts@${facts.version}`,
    licenses: new cdx.Models.LicenseRepository([new SpdxLicense("MIT")]),
  });
  const bom = new Bom({ metadata: new Metadata({ component: program }) });
  const parts = [describeBun(facts.bunVersion), ...facts.contents.map(describePackage)];
  for (const part of [...parts, ...facts.files.map(describeFile)]) bom.components.add(part);
  for (const part of parts) program.dependencies.add(part.bomRef);
  const factory = new cdx.Serialize.JSON.Normalize.Factory(cdx.Spec.Spec1dot6);
  return `${new cdx.Serialize.JsonSerializer(factory).serialize(bom, { sortLists: true, space: 2 })}\n`;
}

function describePackage({ name, version, license, integrity }: Content) {
  const [scope, plain] = name.startsWith("@") ? name.split("/") : [undefined, name];
  const digest = Buffer.from(integrity.replace(/^sha512-/, ""), "base64").toString("hex");
  return new Component(ComponentType.Library, plain ?? name, {
    version,
    ...(scope === undefined ? {} : { group: scope }),
    bomRef: `${name}@${version}`,
    purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
    licenses: new cdx.Models.LicenseRepository([licenseOf(license)]),
    hashes: new cdx.Models.HashDictionary([[HashAlgorithm["SHA-512"], digest]]),
  });
}

function describeBun(version: string) {
  const parts = BUN_PARTS.map(({ name, license }) =>
    new Component(ComponentType.Library, name, {
      bomRef: `bun/${name}`,
      licenses: new cdx.Models.LicenseRepository([new NamedLicense(license)]),
    })
  );
  return new Component(ComponentType.Platform, "bun", {
    version,
    bomRef: `bun@${version}`,
    purl: `pkg:npm/bun@${version}`,
    licenses: new cdx.Models.LicenseRepository([new SpdxLicense("MIT")]),
    components: new cdx.Models.ComponentRepository(parts),
    externalReferences: new cdx.Models.ExternalReferenceRepository([
      new cdx.Models.ExternalReference(BUN_SOURCES, ExternalReferenceType.VCS),
    ]),
  });
}

function describeFile({ name, sha256 }: { readonly name: string; readonly sha256: string }) {
  return new Component(ComponentType.File, name, {
    bomRef: `file/${name}`,
    hashes: new cdx.Models.HashDictionary([[HashAlgorithm["SHA-256"], sha256]]),
  });
}

function licenseOf(license: string) {
  if (/\s(?:AND|OR|WITH)\s/.test(license)) return new LicenseExpression(license);
  return new SpdxLicense(license);
}
