import assert from "node:assert/strict";
import { test } from "node:test";
import { cluster, feed, runSingleUser, task, User } from "../../mod.ts";

test("runSingleUser() has rows of feeds and what a cluster shares, without a master", async () => {
  const drawn: unknown[] = [];
  const rows = feed.list(["a", "b"], { unique: "run", name: "rows of a single user" });
  class Single extends User {
    static override abstract = false;
    @task
    async draw() {
      drawn.push([await rows.next(this), await cluster.counter("drawn").add(2)]);
    }
  }
  await runSingleUser(Single, { print: () => {} });
  assert.deepEqual(drawn, [["a", 2], ["b", 4]]);
  await assert.rejects(rows.next(), { code: "no_run" });
});
