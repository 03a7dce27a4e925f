import assert from "node:assert/strict";
import { test } from "node:test";
import { githubCommand } from "../../../src/report/github/github_commands.ts";

for (
  const [title, text, expected] of [
    ["a percent sign is encoded first", "1 %0A", "1 %250A"],
    ["line breaks cannot begin another command", "a\r\n::set-output::\nb\rc", "a%0D%0A::set-output::%0Ab%0Dc"],
    ["control characters are shown", "a\x1b[2J\u2028", "a\\x1b[2J\\u2028"],
  ] as const
) {
  test(`githubCommand(): ${title}`, () => assert.equal(githubCommand("error", text), `::error::${expected}`));
}
