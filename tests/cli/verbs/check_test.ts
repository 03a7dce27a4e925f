import { strict as assert } from "node:assert";
import { test } from "node:test";
import { UsageError } from "../../../src/base/errors.ts";
import { formatDescription, refuseMistakes } from "../../../src/cli/verbs/check.ts";
import { formatClassRate, formatRates } from "../../../src/cli/verbs/rate_chart.ts";
import { displayWidth } from "../../../src/base/text/display_width.ts";
import { formatScenarios } from "../../../src/cli/verbs/scenario_chart.ts";
import type { LocustfileDescription } from "../../../src/protocol/locustfile_description.ts";
import type { ScenarioPlan } from "../../../src/protocol/scenario_message.ts";
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

test("refuseMistakes() finds a threshold on a scenario that there is not", () => {
  const description = {
    userClasses: [],
    shapes: [],
    arguments: [],
    warnings: [],
    scenarios: [planScenario("browse", {})],
  };
  refuseMistakes({ ...description, thresholds: ["scenario browse: p95 < 300ms", "p95 < 1s"] });
  assert.throws(() => refuseMistakes({ ...description, thresholds: ["scenario brwse: p95 < 300ms"] }), {
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

test("formatScenarios() names no time twice on a short axis", () => {
  const axisOf = (seconds: number) =>
    formatScenarios([planScenario("one", { runTimeSeconds: seconds })])[2]?.trim().split(/ +/);
  assert.deepEqual(axisOf(0.5), ["0:00", "0:00.25", "0:00.5"]);
  assert.deepEqual(axisOf(1), ["0:00", "0:00.5", "0:01"]);
  assert.deepEqual(axisOf(2), ["0:00", "0:01", "0:02"]);
  assert.deepEqual(axisOf(1.9), ["0:00", "0:00.9", "0:01.9"]);
  assert.deepEqual(axisOf(59.9), ["0:00", "0:29", "0:59"]);
  assert.deepEqual(axisOf(390), ["0:00", "3:15", "6:30"]);
});

test("formatScenarios() in a terminal takes no more cells than it has, also with long and with wide names", () => {
  const plans = ["käse", "日本", "n".repeat(64)].map((name) => planScenario(name, { runTimeSeconds: 60 }));
  for (const columns of [40, 80, 200]) {
    const drawn = formatScenarios(plans, columns).slice(1, 1 + plans.length + 1);
    assert.ok(drawn.every((line) => displayWidth(line) <= columns), drawn.join("\n"));
    const starts = drawn.slice(0, -1).map((line) => displayWidth(line.slice(0, line.indexOf("█"))));
    assert.equal(new Set(starts).size, 1, drawn.join("\n"));
  }
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

const BUYER = {
  name: "Buyer",
  file: "/shop.ts",
  weight: 1,
  fixedCount: 0,
  needsHost: true,
  tasks: [{ name: "look", weight: 1, tags: ["read"], kind: "task", tasks: [] }],
  json: {},
} as const;

function shopOf(...scenarios: readonly ScenarioPlan[]): LocustfileDescription {
  return { userClasses: [BUYER], shapes: [], arguments: [], thresholds: [], warnings: [], scenarios };
}

test("refuseMistakes() finds a scenario whose tags leave no task, and one whose host is no URL", () => {
  const users = { userClasses: ["Buyer"] };
  refuseMistakes(shopOf(planScenario("a", { ...users, tags: ["read"], host: "http://h" })));
  const wrong = shopOf(planScenario("a", { ...users, tags: ["red"] }), planScenario("b", { ...users, host: "h" }));
  assert.throws(() => refuseMistakes(wrong), (thrown) => {
    assert.ok(thrown instanceof UsageError);
    assert.match(thrown.message, /Cannot run the scenario "a": no task of Buyer is left after its tags/);
    assert.match(thrown.message, /Cannot use the host of the scenario "b": it has no scheme; write "http:\/\/h"/);
    return true;
  });
});

test("formatDescription() warns of a tag that no task carries, and of a class that is in no scenario", () => {
  const plan = planScenario("a", { userClasses: ["Buyer"], excludeTags: ["reed"] });
  const description = { ...shopOf(plan), userClasses: [BUYER, { ...BUYER, name: "Idle" }] };
  const text = formatDescription(description, ["/shop.ts"]);
  assert.match(text, /No task carries the tag "reed" of the scenario a; did you mean "read"\?/);
  assert.match(text, /Class "Idle" is in no scenario: it has no users/);
});

test("formatDescription() draws no rate of a class that is switched off", () => {
  const open = { ...BUYER, arrivalRate: "5/s" };
  const { scenarios: _, ...classes } = { ...shopOf(), userClasses: [open, { ...open, name: "Off", weight: 0 }] };
  const text = formatDescription(classes, ["/shop.ts"]);
  assert.match(text, /Off \(weight 0, arrivals at 5\/s/);
  assert.deepEqual(text.match(/^ {2}\S+ +█+$/gm)?.length, 1);
});
