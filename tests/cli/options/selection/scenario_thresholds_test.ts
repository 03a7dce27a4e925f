import assert from "node:assert/strict";
import { test } from "node:test";
import { checkScenarioThresholds } from "../../../../src/cli/options/selection/scenario_thresholds.ts";

const KNOWN = ["browse", "checkout"];
const check = (ofFile: readonly string[], ofOptions: readonly string[] = [], picked: readonly string[] = KNOWN) =>
  checkScenarioThresholds({ ofFile, ofOptions, known: KNOWN, picked });

test("checkScenarioThresholds() keeps what is about a scenario that runs, or about none", () => {
  const texts = ["p95<300", "scenario browse: p95<300", "GET /items: p95<300", "tag region=eu: p95<300"];
  assert.deepEqual(check(texts, texts), { kept: texts, problems: [], warnings: [] });
});

test("checkScenarioThresholds() refuses names that the locustfile does not have", () => {
  assert.deepEqual(check(["scenario browes: p95<300"]).problems, [
    'Cannot judge the threshold "scenario browes: p95<300": there is no scenario "browes"; did you mean "browse"?',
  ]);
  assert.match(check([], ["scenario zzz: p95<300"]).problems[0] ?? "", /choose from browse, checkout$/);
});

test("checkScenarioThresholds() leaves out those of the locustfile on scenarios that are not picked", () => {
  const { kept, problems, warnings } = check(["scenario checkout: p95<300", "p95<300"], [], ["browse"]);
  assert.deepEqual([kept, problems], [["p95<300"], []]);
  assert.deepEqual(warnings, ['The threshold "scenario checkout: p95<300" is left out: its scenario is not picked']);
  assert.match(
    check([], ["scenario checkout: p95<300"], ["browse"]).problems[0] ?? "",
    /checkout is not picked; add it/,
  );
});
