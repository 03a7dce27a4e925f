import assert from "node:assert/strict";
import { test } from "node:test";
import { fillInPath, type RunFacts } from "../../../src/report/files/output_path.ts";

const FACTS: RunFacts = {
  users: 100,
  spawnRate: 2.5,
  runTimeSeconds: 90,
  host: "https://ada:secret@shop.test:8443/api/",
  profile: "nightly",
  startedWallMs: Date.UTC(2026, 10, 28, 9, 30, 0),
};
const BARE: RunFacts = {
  ...FACTS,
  users: null,
  spawnRate: null,
  runTimeSeconds: null,
  host: undefined,
  profile: undefined,
};

const CASES: readonly (readonly [says: string, path: string, facts: RunFacts, filled: string])[] = [
  ["every placeholder", "{u}-{r}-{t}-{h}-{p}-{d}", FACTS, "100-2.5-90-shop.test_8443_api-nightly-20261128-093000"],
  ["what the run does not have", "{u}-{r}-{t}-{h}-{p}", BARE, "shape-shape-unlimited-no-host-no-profile"],
  ["the same one twice", "{p}/{p}", FACTS, "nightly/nightly"],
  ["other braces as they are", "{x}{}{uu}{u", FACTS, "{x}{}{uu}{u"],
  ["a profile that would leave the folder", "out/{p}", { ...FACTS, profile: "../../etc/passwd" }, "out/etc_passwd"],
  ["a profile that looks like a placeholder", "{p}", { ...FACTS, profile: "{h}" }, "h"],
  ["a host that is an address", "{h}", { ...FACTS, host: "http://[::1]:80" }, "1_80"],
];

for (const [says, path, facts, filled] of CASES) {
  test(`fillInPath() fills in ${says}`, () => assert.equal(fillInPath(path, facts), filled));
}
