import assert from "node:assert/strict";
import { test } from "node:test";
import { sortLostUsers } from "../../../src/master/workers/lost_users.ts";
import { RUN_SETTINGS } from "../../support/run_settings.ts";

const { plan } = RUN_SETTINGS;

test("sortLostUsers() keeps apart users with iterations of their own, and those that serve arrivals", () => {
  const settings = {
    arrivals: [{ classes: [{ name: "Open" }] }],
    plan: {
      ...plan,
      iterations: [
        { name: "a", kind: "perUser", count: 5, userClasses: ["Each"] },
        { name: "b", kind: "shared", count: 5, userClasses: ["Shared"] },
        { name: "c", kind: "shared", count: 9, userClasses: ["Open"] },
      ] as const,
    },
  };
  assert.deepEqual(sortLostUsers({ Each: 3, Shared: 4, Open: 2, Endless: 1 }, settings), { ended: 3, serving: 2 });
  assert.deepEqual(sortLostUsers({ Shared: 4, Endless: 1 }, settings), {});
  assert.deepEqual(sortLostUsers({ A: 4 }, RUN_SETTINGS), {});
});
