import assert from "node:assert/strict";
import { test } from "node:test";
import { checkConflictMarkers } from "../../scripts/checks/conflict_markers.ts";

const [OURS, BASE, THEIRS] = ["<".repeat(7), "|".repeat(7), ">".repeat(7)];

test("checkConflictMarkers() names each marker with its line, in any kind of file", () => {
  const text = `# Title\n${OURS} HEAD\none\n${BASE}\nzero\n=======\ntwo\n${THEIRS} 1a2b3c (area: commit)\n`;
  const problems = checkConflictMarkers([{ path: "CHANGELOG.md", text }]);
  assert.deepEqual(problems.map(({ path, line }) => `${path}:${line}`), [
    "CHANGELOG.md:2",
    "CHANGELOG.md:4",
    "CHANGELOG.md:8",
  ]);
});

test("checkConflictMarkers() lets shifts, rules and quoted markers pass", () => {
  const text = `Heading\n=======\n\nconst a = 1 >>> 2;\n  ${OURS} in the middle of a page\n${OURS}<\n| a | b |\n`;
  assert.deepEqual(checkConflictMarkers([{ path: "README.md", text }]), []);
});
