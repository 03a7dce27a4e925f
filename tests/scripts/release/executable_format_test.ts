import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { readFormat } from "../../../scripts/release/executable_format.ts";
import { requireThat } from "../../support/requirements.ts";

/** A head with 16- or 32-bit little-endian values at their places. */
function head(size: number, start: readonly number[], values: Readonly<Record<number, number>>): Uint8Array {
  const bytes = new Uint8Array(size);
  bytes.set(start);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of Object.entries(values)) view.setUint32(Number(at), value, true);
  return bytes;
}

const CASES = [
  {
    says: "Mach-O of Apple silicon",
    bytes: head(64, [0xcf, 0xfa, 0xed, 0xfe], { 4: 0x0100000c }),
    is: ["Mach-O", "arm64"],
  },
  { says: "Mach-O of Intel", bytes: head(64, [0xcf, 0xfa, 0xed, 0xfe], { 4: 0x01000007 }), is: ["Mach-O", "x64"] },
  {
    says: "PE of Windows x64",
    bytes: head(256, [0x4d, 0x5a], { 0x3c: 128, 128: 0x4550, 132: 0x8664 }),
    is: ["PE", "x64"],
  },
  {
    says: "PE of Windows on ARM",
    bytes: head(256, [0x4d, 0x5a], { 0x3c: 128, 128: 0x4550, 132: 0xaa64 }),
    is: ["PE", "arm64"],
  },
  {
    says: "ELF of RISC-V",
    bytes: head(64, [0x7f, 0x45, 0x4c, 0x46, 2, 1], { 18: 243 }),
    is: ["ELF", "other"],
  },
] as const;

for (const { says, bytes, is } of CASES) {
  test(`readFormat() knows ${says}`, () => {
    const format = readFormat(bytes);
    assert.deepEqual([format?.kind, format?.machine], is);
  });
}

test("readFormat() refuses what is not an executable", () => {
  const text = new TextEncoder().encode("#!/bin/sh\n".repeat(20));
  assert.equal(readFormat(text), undefined, "a script");
  assert.equal(readFormat(head(64, [0x4d, 0x5a], { 0x3c: 9999 })), undefined, "a DOS program without a PE head");
  assert.equal(readFormat(head(64, [0x7f, 0x45, 0x4c, 0x46, 1, 1], {})), undefined, "ELF of 32 bits");
  assert.equal(readFormat(new Uint8Array(3)), undefined, "three bytes");
});

test("readFormat() reads loader and libraries of a real ELF file", {
  skip: requireThat(process.platform === "linux" && process.arch === "x64", "needs Linux on x64"),
}, () => {
  const format = readFormat(readFileSync("node_modules/bun/bin/bun.exe"));
  assert.equal(format?.kind, "ELF");
  assert.equal(format?.machine, "x64");
  assert.equal(format?.interpreter, "/lib64/ld-linux-x86-64.so.2");
  assert.ok(format?.libraries?.includes("libc.so.6"), format?.libraries?.join(" ") ?? "none");
});
