import { strict as assert } from "node:assert";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { UsageError } from "../../../../src/base/errors.ts";
import { readConfigUsers } from "../../../../src/cli/options/selection/config_users.ts";
import { makeKeptFolder } from "../../../support/kept_folder.ts";

const task = (name: string) => ({ name, weight: 1, tags: [], kind: "task", tasks: [] }) as const;
const userClasses = ["Shopper", "Admin"].map((name) => (
  { name, file: "/x.ts", weight: 1, fixedCount: 0, needsHost: true, tasks: [task("browse"), task("order")], json: {} }
));
const cwd = makeKeptFolder();
writeFileSync(
  join(cwd, "users.json"),
  '[{"user_class_name": "Admin", "fixed_count": 2}, {"userClassName": "Shopper"}]',
);

const read = (...values: string[]) => readConfigUsers(values, { cwd, userClasses });

function problems(...values: string[]): readonly string[] {
  try {
    read(...values);
  } catch (error) {
    assert.ok(error instanceof UsageError);
    return error.problems;
  }
  throw new assert.AssertionError({ message: "accepted" });
}

describe("readConfigUsers()", () => {
  test("takes objects, lists and files, in order", () => {
    assert.deepEqual(
      read('{"user_class_name": "Shopper", "weight": 2, "tasks": ["browse"], "host": "http://a"}', "users.json"),
      [
        { user_class_name: "Shopper", weight: 2, tasks: ["browse"], host: "http://a" },
        { user_class_name: "Admin", fixedCount: 2 },
        { user_class_name: "Shopper" },
      ],
    );
  });
  test("lists everything that is wrong", () => {
    const found = problems(
      "{",
      "missing.json",
      "[5]",
      '{"weight": 1}',
      '{"user_class_name": "Shoper"}',
      '{"user_class_name": "Shopper", "weight": -1, "fixedCount": 1.5, "tasks": ["brows", "x"]}',
      '{"user_class_name": "Shopper", "tasks": "browse"}',
    );
    assert.deepEqual(found.slice(1), [
      'Cannot use --config-users "missing.json": there is no such file; check the path',
      'Cannot use --config-users: 5 is not an object; write {"user_class_name": "Shopper"}',
      'Cannot use --config-users: an object has no "user_class_name"; name the class that it is about',
      'Cannot use --config-users: there is no user class "Shoper"; did you mean "Shopper"?',
      "Cannot use --config-users: the weight of Shopper is -1; write a number from 0",
      "Cannot use --config-users: the fixedCount of Shopper is 1.5; write a whole number, 0 or more",
      'Cannot use --config-users: Shopper has no task "brows"; did you mean "browse"?',
      'Cannot use --config-users: Shopper has no task "x"; choose from browse, order',
      'Cannot use --config-users: "tasks" of Shopper is not a list of names; write ["browse"]',
    ]);
    assert.match(found[0] ?? "", /^Cannot read --config-users: it is not valid JSON \(/);
  });
});
