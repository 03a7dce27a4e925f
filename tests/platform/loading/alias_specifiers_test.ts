import assert from "node:assert/strict";
import { test } from "node:test";
import { replaceAliases } from "../../../src/platform/loading/alias_specifiers.ts";

const resolve = (specifier: string) => specifier.startsWith("@/") ? `/src/${specifier.slice(2)}.ts` : undefined;

for (
  const [source, expected] of [
    ['import { x } from "@/x";', 'import { x } from "/src/x.ts";'],
    ["import '@/x';", 'import "/src/x.ts";'],
    ["export * from '@/x';", 'export * from "/src/x.ts";'],
    ['const x = await import("@/x");', 'const x = await import("/src/x.ts");'],
    ["const x = require('@/x');", 'const x = require("/src/x.ts");'],
    ['import fs from "node:fs";', 'import fs from "node:fs";'],
    ['const text = "@/x";', 'const text = "@/x";'],
  ] as const
) {
  test(`replaceAliases() of ${source}`, () => assert.equal(replaceAliases(source, resolve), expected));
}
