import { strict as assert } from "node:assert";
import { test } from "node:test";
import { formatDescription } from "../../../src/cli/verbs/check.ts";

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
