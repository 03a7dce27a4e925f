import assert from "node:assert/strict";
import { test } from "node:test";
import { compileAsUsual, compilePatiently, PATIENT_MS } from "../../../src/platform/threads/compilation.ts";

interface Compiler {
  setJITPolicy(scale: number): void;
}

const compiler = (globalThis as { readonly Bun?: { readonly unsafe: Compiler } }).Bun?.unsafe;

test("compilePatiently() holds until compileAsUsual(), and neither says the same twice", {
  skip: compiler === undefined,
}, () => {
  assert.ok(compiler !== undefined);
  const own = compiler.setJITPolicy;
  const scales: number[] = [];
  compiler.setJITPolicy = (scale) => void scales.push(scale);
  try {
    compileAsUsual();
    assert.deepEqual(scales, [], "a thread begins as usual");
    compilePatiently();
    compilePatiently();
    compileAsUsual();
    compileAsUsual();
    assert.deepEqual(scales, [10, 1]);
  } finally {
    compiler.setJITPolicy = own;
  }
});

test("compilePatiently() and compileAsUsual() work with the runtime that is used, or do nothing there", () => {
  compilePatiently();
  compileAsUsual();
  assert.ok(PATIENT_MS > 0);
});
