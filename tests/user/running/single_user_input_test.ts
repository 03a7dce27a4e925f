import assert from "node:assert/strict";
import { test } from "node:test";
import { readUserArguments } from "../../../src/user/running/single_user_input.ts";

test("readUserArguments() takes host and tags of the command line, else LOCUST_HOST", () => {
  const none = () => undefined;
  assert.deepEqual(readUserArguments(["-H", "http://a", "-T", "x", "y", "-E", "z"], none), {
    host: "http://a",
    tags: ["x", "y"],
    excludeTags: ["z"],
  });
  const env = (name: string) => name === "LOCUST_HOST" ? "http://env" : undefined;
  assert.deepEqual(readUserArguments(["--other", "1"], env), { host: "http://env", tags: [], excludeTags: [] });
  assert.equal(readUserArguments(["--host=http://b", "--tags=x"], env).host, "http://b");
  assert.deepEqual(readUserArguments(["-T", "x,y", "z", "--exclude-tags=a, b"], none), {
    tags: ["x", "y", "z"],
    excludeTags: ["a", "b"],
  });
});
