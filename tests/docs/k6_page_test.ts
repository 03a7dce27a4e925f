import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

test("the page for k6 users does not advise samples as metrics: they would count as requests", () => {
  const page = readFileSync(new URL("../../docs/coming-from-k6.md", import.meta.url), "utf8");
  const code = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map((match) => match[1]).join("\n");
  assert.doesNotMatch(code, /request\.fire|\.measure\(/);
  assert.match(page, /`new Trend[^\n]*`metrics\.trend\(/);
});
