import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSource } from "../../scripts/checks/source_tree.ts";
import { checkStaircase } from "../../scripts/checks/staircase.ts";

/** The problem that `path` has when it imports `specifier`, or "content". */
function judge(path: string, specifier: string): string {
  const problems = checkStaircase([parseSource(path, `\nimport { x } from "${specifier}";\n`)]);
  return problems.map((problem) => `${problem.line}: ${problem.text}`).join("; ") || "content";
}

const TABLE: readonly (readonly [path: string, specifier: string, verdict: string])[] = [
  ["src/cli/main.ts", "../base/clock.ts", "content"],
  ["src/http/engine/engine.ts", "./wire.ts", "content"],
  ["src/http/engine/engine.ts", "node:net", "content"],
  ["src/http/engine/engine.ts", "../../stats/recorder.ts", "content"],
  ["src/base/clock.ts", "../stats/recorder.ts", "2: imports src/stats/recorder.ts: stats/ is above base/"],
  ["src/stats/entry.ts", "../http/engine/wire.ts", "2: imports src/http/engine/wire.ts: http/ is above stats/"],
  ["src/master/run.ts", "../worker/worker.ts", "2: imports src/worker/worker.ts: they meet in protocol/ and link/"],
  ["src/worker/worker.ts", "../master/run.ts", "2: imports src/master/run.ts: master/ is above worker/"],
  ["src/stats/entry.ts", "../protocol/delta_message.ts", "content"],
  ["src/stats/entry.ts", "../protocol/codec.ts", "2: imports src/protocol/codec.ts: protocol/ is above stats/"],
  ["src/http/engine/wire.ts", "../../user/user.ts", "2: imports src/user/user.ts: user/ is above http/"],
  ["src/http/session/session.ts", "../engine/engine.ts", "content"],
  [
    "src/http/engine/wire.ts",
    "../session/res.ts",
    "2: imports src/http/session/res.ts: http/session/ is above http/engine/",
  ],
  ["web/component/plot.tsx", "../view/chart.ts", "content"],
  ["web/view/chart.ts", "../model/history.ts", "2: imports web/model/history.ts: web/model/ is above web/view/"],
  ["src/server/web_app.ts", "./api/api_routes.ts", "content"],
  [
    "src/server/api/api_routes.ts",
    "../web_app.ts",
    "2: imports src/server/web_app.ts: what lies in server/ itself is above server/api/",
  ],
  ["src/protocol/codec.ts", "../stats/delta.ts", "2: imports src/stats/delta.ts: protocol/ stands on base/ alone"],
  ["src/main.ts", "./cli/main.ts", "content"],
  ["src/cli/main.ts", "../main.ts", "2: imports src/main.ts: nothing imports what is above the stairs"],
  ["src/thread/thread_main.ts", "../../mod.ts", "content"],
  ["src/http/engine/engine.ts", "../../../mod.ts", "2: imports mod.ts: only thread/ and above may"],
  ["src/cli/verbs/init/init_templates.ts", "../../../../templates/http.ts", "content"],
  ["src/demo/shop.ts", "../../templates/http.ts", "2: imports templates/http.ts: only cli/ writes templates"],
  ["tests/http/engine/engine_test.ts", "../../src/cli/main.ts", "content"],
];

for (const [path, specifier, verdict] of TABLE) {
  test(`checkStaircase(): ${path} importing ${specifier}`, () => assert.equal(judge(path, specifier), verdict));
}

test("checkStaircase() objects to a file beside the inner steps of a folder", () => {
  const problems = checkStaircase([parseSource("src/http/a.ts", 'import "./engine/wire.ts";\n')]);
  assert.match(
    problems.map((problem) => problem.text).join(),
    /src\/http\/a\.ts lies beside the steps of http\/: session, /,
  );
});

test("checkStaircase() objects to a file in a folder that is no inner step", () => {
  const problems = checkStaircase([parseSource("src/server/misc/a.ts", 'import "../api/routes.ts";\n')]);
  assert.match(problems.map(({ text }) => text).join(), /a\.ts lies beside the steps of server\/: \., api, /);
});

test("checkStaircase() objects to a folder that has no step", () => {
  const problems = checkStaircase([parseSource("src/misc/a.ts", "export const a = 1;\n")]);
  assert.deepEqual(problems.map((problem) => problem.text), ["the folder misc/ has no step on the staircase"]);
});

test("checkStaircase() sees dynamic imports and re-exports too", () => {
  const text = 'export * from "../cli/main.ts";\nconst x = await import("../cli/run.ts");\n';
  assert.deepEqual(checkStaircase([parseSource("src/base/a.ts", text)]).map((problem) => problem.line), [1, 2]);
});
