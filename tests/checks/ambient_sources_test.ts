import assert from "node:assert/strict";
import { test } from "node:test";
import { checkAmbientSources } from "../../scripts/checks/ambient_sources.ts";
import { parseSource } from "../../scripts/checks/source_tree.ts";

function judge(path: string, text: string): readonly string[] {
  return checkAmbientSources([parseSource(path, text)]).map(({ line, text }) => `${line}: ${text.split(":")[0]}`);
}

test("checkAmbientSources() finds the system's time, timers and chance outside of the composition roots", () => {
  const imported = 'import { systemClock } from "../base/clock.ts";\nconst clock = options.clock ?? systemClock;';
  assert.deepEqual(judge("src/worker/a.ts", imported), ["1: uses systemClock", "2: uses systemClock"]);
  assert.deepEqual(judge("src/worker/a.ts", "\nsetTimeout(f, 5); setInterval(f, 5);"), [
    "2: uses setTimeout",
    "2: uses setInterval",
  ]);
  assert.deepEqual(judge("src/worker/a.ts", "globalThis.setTimeout(f)"), ["1: uses setTimeout"]);
  assert.deepEqual(judge("src/user/a.ts", "wallMs: Date.now,\nx = Math.random(); y = performance.now();"), [
    "1: uses Date.now",
    "2: uses performance.now",
    "2: uses Math.random",
  ]);
  assert.deepEqual(judge("src/cli/a.ts", "detachedClock.nowMs()"), ["1: uses detachedClock"]);
});

test("checkAmbientSources() leaves roots, src/platform, texts and other names alone", () => {
  assert.deepEqual(judge("src/cli/program.ts", "run({ clock: systemClock });"), []);
  assert.deepEqual(judge("src/thread/thread_main.ts", "serveThread({ port, clock: systemClock });"), []);
  assert.deepEqual(judge("src/cli/program.ts", "setTimeout(f, 1)"), ["1: uses setTimeout"]);
  assert.deepEqual(judge("src/user/environment.ts", "wallMs: () => detachedClock.wallMs()"), []);
  assert.deepEqual(judge("src/platform/a.ts", "setTimeout(f, 1); performance.now()"), []);
  assert.deepEqual(
    judge("src/user/a.ts", "// Date.now()\nconst s = 'Math.random()'; clock.setTimeout(1); mySetTimeout();"),
    [],
  );
  assert.deepEqual(judge("tests/support/a.ts", "setTimeout(f, 1)"), []);
});

test("checkAmbientSources() finds timers in unit tests, and leaves those of real processes alone", () => {
  assert.deepEqual(judge("tests/worker/a_test.ts", "await new Promise((r) => setTimeout(r, 5));"), [
    "1: uses setTimeout",
  ]);
  assert.deepEqual(judge("tests/worker/a_test.ts", "await letRealTimePass(5);"), []);
  assert.deepEqual(judge("tests/e2e/a_test.ts", "setTimeout(r, 5)"), []);
});
