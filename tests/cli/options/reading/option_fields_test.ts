import assert from "node:assert/strict";
import { test } from "node:test";
import { readArgv } from "../../../../src/cli/options/reading/argv_reader.ts";
import { readFields } from "../../../../src/cli/options/reading/option_fields.ts";
import type { OptionSpec } from "../../../../src/cli/options/table/option_spec.ts";
import { resolveOptions } from "../../../../src/cli/options/reading/resolve_options.ts";

const ROW = { help: "Any.", group: "Other options" } as const;
const TABLE = [
  { ...ROW, name: "run-time", type: "timeSpan", field: "runTimeSeconds" },
  { ...ROW, name: "users", type: "integer", default: 1 },
  { ...ROW, name: "no-colour", type: "flag", field: "colour", read: (isOff: boolean) => !isOff },
  { ...ROW, name: "shape-file", type: "path" },
  { ...ROW, name: "tags", type: "list" },
  { ...ROW, name: "limit", type: "repeated", env: "LIMITS" },
  { ...ROW, name: "own", type: "text", field: null },
  { ...ROW, name: "old", type: "flag", removed: "it was removed" },
] as const satisfies readonly OptionSpec[];

function read(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { values, problems } = resolveOptions({
    table: TABLE,
    typed: readArgv(argv, TABLE).typed,
    env,
    configs: [],
    unknownKeys: "report",
  });
  assert.deepEqual(problems, []);
  return readFields(TABLE, values);
}

test("readFields() makes a typed field of each row", () => {
  const fields = read(["--run-time", "1m5s", "--no-colour", "--tags", "a", "b", "--own", "x"]);
  const typed: { runTimeSeconds?: number; users: number; colour: boolean; tags: readonly string[] } = fields; // compiles
  assert.deepEqual(typed, { runTimeSeconds: 65, users: 1, colour: false, tags: ["a", "b"], limit: [] });
});

test("readFields() leaves out what is not set and has no default", () => {
  assert.deepEqual(read([]), { users: 1, colour: true, tags: [], limit: [] });
});

test("readFields(): a repeated option has one item each time it is written, with its commas and blanks", () => {
  const { limit } = read(["--limit", "p95 < 300, abort", "--users", "2", "--limit=rps>5"]);
  assert.deepEqual(limit, ["p95 < 300, abort", "rps>5"]);
  assert.deepEqual(read([], { LIMITS: "p95 < 300, abort" }).limit, ["p95 < 300, abort"]);
  assert.deepEqual(read([], { LIMITS: '["a, b", "c"]' }).limit, ["a, b", "c"]);
});

test("a repeated option without a value is a problem", () => {
  const { problems } = resolveOptions({
    table: TABLE,
    typed: readArgv(["--limit"], TABLE).typed,
    env: {},
    configs: [],
    unknownKeys: "report",
  });
  assert.deepEqual(problems, ["Cannot use --limit: it needs a value; write --limit VALUE"]);
});
