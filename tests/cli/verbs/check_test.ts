import { strict as assert } from "node:assert";
import { test } from "node:test";
import { formatDescription, refuseThresholds } from "../../../src/cli/verbs/check.ts";
import { formatClassRate, formatRates } from "../../../src/cli/verbs/rate_chart.ts";
import { formatScenarios } from "../../../src/cli/verbs/scenario_chart.ts";
import { planScenario } from "../../support/scenario_plans.ts";

test("formatDescription() nests task sets and escapes what a locustfile named", () => {
  const text = formatDescription({
    userClasses: [{
      name: "Fixed",
      file: "/a.ts",
      weight: 1,
      fixedCount: 3,
      host: "http://h",
      needsHost: true,
      json: {},
      tasks: [{
        name: "Forum",
        weight: 10,
        tags: [],
        kind: "sequential",
        tasks: [{ name: "re\x1bad", weight: 1, tags: ["a", "b"], kind: "task", tasks: [] }],
      }],
    }],
    shapes: [],
    arguments: [],
    thresholds: [],
    warnings: [],
  }, ["/x/a.ts", "/x/b.ts"]);
  assert.equal(
    text,
    "a.ts, b.ts: 1 user class\n\nFixed (exactly 3, host http://h)\n   10 × Forum (in sequence)\n        1 × re\\x1bad  tags: a, b\n",
  );
});

test("refuseThresholds() finds a threshold on a scenario that there is not", () => {
  const description = {
    userClasses: [],
    shapes: [],
    arguments: [],
    warnings: [],
    scenarios: [planScenario("browse", {})],
  };
  refuseThresholds({ ...description, thresholds: ["scenario browse: p95 < 300ms", "p95 < 1s"] });
  assert.throws(() => refuseThresholds({ ...description, thresholds: ["scenario brwse: p95 < 300ms"] }), {
    message:
      'Cannot judge the threshold "scenario brwse: p95 < 300ms": there is no scenario "brwse"; did you mean "browse"?',
  });
});

test("formatScenarios() draws them on one axis and says each in words", () => {
  const chain = planScenario("late", { start: { kind: "scenario", name: "endless" }, tags: ["buy"] });
  const open = planScenario("open", {
    load: { kind: "arrivals", rate: "10/s" },
    start: { kind: "time", seconds: 30 },
    runTimeSeconds: 30,
  });
  assert.deepEqual(formatScenarios([open, planScenario("endless"), chain]), [
    "Scenarios",
    `  open     ${" ".repeat(24)}${"█".repeat(24)}`,
    `  endless  ${"█".repeat(60)}`,
    "  late     (after endless)",
    "           0:00                          0:37             until stopped",
    "  open     Shopper: arrivals at 10/s for 0:30 from 0:30 on",
    "  endless  Shopper: 10 users at Infinity/s",
    "  late     Shopper: 10 users at Infinity/s after endless, tags: buy",
  ]);
});

test("formatRates() draws arrival rates and target rates over one axis, and nothing without them", () => {
  const plain = { file: "/a.ts", weight: 1, fixedCount: 0, needsHost: false, tasks: [], json: {} };
  const buyer = { ...plain, name: "Buyer", arrivalRate: "30s:10/s, 30s:0" };
  const reader = { ...plain, name: "Reader", targetRate: 5 };
  assert.deepEqual(formatRates([buyer, { ...plain, name: "Browser" }, reader]), [
    "Rates",
    `  Buyer   ▁▁▁▂▂▂▃▃▃▄▄▄▅▅▅▆▆▆▇▇▇██████▇▇▇▆▆▆▅▅▅▄▄▄▃▃▃▂▂▂▁▁▁`,
    `  Reader  ${"█".repeat(60)}`,
    "          0:00                          0:37             until stopped",
  ]);
  assert.deepEqual([buyer, reader].map(formatClassRate), ["arrivals at 30s:10/s, 30s:0", "target rate 5/s"]);
  assert.deepEqual(formatRates([{ ...plain, name: "Browser" }]), []);
});
