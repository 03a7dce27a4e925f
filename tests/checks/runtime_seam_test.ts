import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRuntimeSeam } from "../../scripts/checks/runtime_seam.ts";
import { parseSource } from "../../scripts/checks/source_tree.ts";

function judge(path: string, text: string): readonly string[] {
  return checkRuntimeSeam([parseSource(path, text)]).map((problem) => `${problem.line}: ${problem.text.split(":")[0]}`);
}

test("checkRuntimeSeam() finds Bun and Deno outside src/platform", () => {
  assert.deepEqual(judge("src/http/a.ts", "\nBun.connect({});"), ["2: names Bun"]);
  assert.deepEqual(judge("src/http/a.ts", "const x = globalThis.Deno.env;"), ["1: names Deno"]);
  assert.deepEqual(judge("mod.ts", "Deno.args"), ["1: names Deno"]);
  assert.deepEqual(judge("src/http/a.ts", 'if (typeof Bun !== "undefined") {}'), ["1: names Bun"]);
});

test("checkRuntimeSeam() leaves src/platform, comments, strings and other names alone", () => {
  assert.deepEqual(judge("src/platform/a.ts", "Bun.connect({}); Deno.args;"), []);
  assert.deepEqual(judge("src/http/a.ts", "// Bun.connect is fast\nconst s = `under Deno. yes`;"), []);
  assert.deepEqual(judge("src/http/a.ts", "config.Bun.x; DenoLike.y; kindOfBun.z;"), []);
  assert.deepEqual(judge("scripts/a.ts", "Bun.build({})"), []);
});

test("checkRuntimeSeam() lets only the command line end the process", () => {
  assert.deepEqual(judge("src/master/a.ts", "process.exit(1);"), ["1: ends the process"]);
  assert.deepEqual(judge("src/cli/a.ts", "process.exit(1);"), []);
  assert.deepEqual(judge("src/master/a.ts", "process.exitCode = 1;"), []);
});
