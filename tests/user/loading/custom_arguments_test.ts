import assert from "node:assert/strict";
import { test } from "node:test";
import { type ArgumentSettings, createRecordingParser } from "../../../src/user/loading/custom_arguments.ts";

const DEFAULTS = { secret: false, required: false, includeInWebUi: true };

test("createRecordingParser() takes down every kind of option", () => {
  const parser = createRecordingParser();
  parser.addArgument("--tenant", "-T", {
    default: "acme",
    env: "TENANT",
    help: "Whose data",
    choices: ["acme", "emca"],
  });
  parser.addArgument("--max-items", { type: "integer", default: 5 });
  parser.addArgument("--think_time", { default: 1.5 });
  parser.addArgument("--verbose", { default: false });
  parser.addArgument("--areas", { type: "list", default: ["a", "b"], includeInWebUi: false });
  parser.addArgument("--api-key", { secret: true, required: true });
  parser.addArgument("--plain");
  assert.deepEqual(parser.problems, []);
  assert.deepEqual(parser.recorded, [
    {
      flags: ["--tenant", "-T"],
      name: "tenant",
      type: "string",
      choices: ["acme", "emca"],
      default: "acme",
      env: "TENANT",
      help: "Whose data",
      ...DEFAULTS,
    },
    { flags: ["--max-items"], name: "maxItems", type: "integer", default: 5, ...DEFAULTS },
    { flags: ["--think_time"], name: "thinkTime", type: "number", default: 1.5, ...DEFAULTS },
    { flags: ["--verbose"], name: "verbose", type: "boolean", default: false, ...DEFAULTS },
    { flags: ["--areas"], name: "areas", type: "list", default: ["a", "b"], ...DEFAULTS, includeInWebUi: false },
    { flags: ["--api-key"], name: "apiKey", type: "string", ...DEFAULTS, secret: true, required: true },
    { flags: ["--plain"], name: "plain", type: "string", ...DEFAULTS },
  ]);
});

test("createRecordingParser() takes Locust's names of settings", () => {
  const parser = createRecordingParser();
  parser.addArgument("--token", { envVar: "TOKEN", isSecret: true, isRequired: true });
  assert.deepEqual(parser.problems, []);
  assert.deepEqual(parser.recorded, [
    {
      flags: ["--token"],
      name: "token",
      type: "string",
      env: "TOKEN",
      secret: true,
      required: true,
      includeInWebUi: true,
    },
  ]);
  parser.addArgument("--a", { env_var: "A" } as ArgumentSettings);
  parser.addArgument("--b", { action: "store_true" } as ArgumentSettings);
  assert.deepEqual(parser.problems, [
    'Cannot add the option --a: "env_var" is not a setting; write "envVar"',
    'Cannot add the option --b: "action" is not a setting; write type: "boolean"',
  ]);
});

test("createRecordingParser() tells what is wrong with an option, row by row", () => {
  const rows: readonly (readonly [args: readonly unknown[], said: RegExp])[] = [
    [["tenant"], /option tenant: it has no long flag/],
    [["-t", {}], /it has no long flag/],
    [["--te nant"], /"--te nant" is not a flag/],
    [["--a", { kind: "string" }], /"kind" is not a setting; there are type, choices/],
    [["--a", { type: "date" }], /"date" is not a type; there are string, integer/],
    [["--a", { type: "str" }], /"str" is not a type; write "string"$/],
    [["--a", { type: "int" }], /"int" is not a type; write "integer"$/],
    [["--a", { type: Number }], /"Number" is not a type; write "number"$/],
    [["--a", { type: "integer", default: 1.5 }], /its default 1\.5 is not an integer/],
    [["--a", { choices: [] }], /its choices are not a list of strings/],
    [["--a", { choices: ["x"], default: "y" }], /its default "y" is not one of its choices/],
    [["--taken"], /--taken was added before/],
  ];
  for (const [args, said] of rows) {
    const parser = createRecordingParser();
    parser.addArgument("--taken");
    parser.addArgument(...args as [string, ArgumentSettings]);
    assert.equal(parser.recorded.length, 1);
    assert.match(parser.problems.join("\n"), said);
  }
});
