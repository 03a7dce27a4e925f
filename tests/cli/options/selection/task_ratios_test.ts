import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { RunOptions } from "../../../../src/cli/options/reading/options.ts";
import { planTaskRatios } from "../../../../src/cli/options/selection/task_ratios.ts";
import { planScenario } from "../../../support/scenario_plans.ts";
import type { TaskDescription, UserClassDescription } from "../../../../src/protocol/locustfile_description.ts";

const task = (name: string, weight = 1): TaskDescription => ({ name, weight, tags: [], kind: "task", tasks: [] });
const userClass = (name: string, weight: number, tasks: readonly TaskDescription[]): UserClassDescription => (
  { name, file: "/x.ts", weight, fixedCount: 0, needsHost: true, tasks, json: {} }
);
const classes = [
  userClass("Reader", 1, [task("open", 4), task("skim")]),
  userClass("Writer", 1, [task("draft")]),
];
const options = (users?: number) =>
  ({
    given: new Set(users === undefined ? [] : ["users"]),
    users: users ?? 1,
    tags: [],
    excludeTags: [],
    equalWeights: false,
  }) as unknown as RunOptions;

test("planTaskRatios() shares by weight where no number of users was given", () => {
  const { perClass, total } = planTaskRatios(options(), { userClasses: classes }, []);
  assert.deepEqual(perClass, {
    Reader: { ratio: 0.5, tasks: { open: { ratio: 0.8 }, skim: { ratio: 0.2 } } },
    Writer: { ratio: 0.5, tasks: { draft: { ratio: 1 } } },
  });
  assert.equal(total["Reader"]?.tasks?.["open"]?.ratio, 0.4);
});

test("planTaskRatios() takes weight, fixed count and tasks of --config-users into account", () => {
  const weighted = planTaskRatios(options(8), { userClasses: classes }, [{ user_class_name: "Reader", weight: 3 }]);
  assert.equal(weighted.perClass["Reader"]?.ratio, 0.75);
  const fixed = planTaskRatios(options(10), { userClasses: classes }, [{ user_class_name: "Writer", fixedCount: 1 }]);
  assert.equal(fixed.perClass["Writer"]?.ratio, 0.1);
  const chosen = planTaskRatios(options(), { userClasses: classes }, [{ user_class_name: "Reader", tasks: ["skim"] }]);
  assert.deepEqual(chosen.perClass["Reader"]?.tasks, { skim: { ratio: 1 } });
});

test("planTaskRatios() with scenarios shares within each of them, by the tasks that its tags leave", () => {
  const tagged = [
    userClass("Reader", 0, [{ ...task("open", 4), tags: ["read"] }, task("skim")]),
    userClass("Writer", 3, [task("draft")]),
  ];
  const scenarios = [
    planScenario("browse", { userClasses: ["Reader"], tags: ["read"] }),
    planScenario("mixed", { userClasses: ["Reader", "Writer"] }),
  ];
  assert.deepEqual(planTaskRatios(options(), { userClasses: tagged, scenarios }, []), {
    perClass: {
      "browse/Reader": { ratio: 1, tasks: { open: { ratio: 1 } } },
      "mixed/Reader": { ratio: 0.25, tasks: { open: { ratio: 0.8 }, skim: { ratio: 0.2 } } },
      "mixed/Writer": { ratio: 0.75, tasks: { draft: { ratio: 1 } } },
    },
    total: {},
  });
});
