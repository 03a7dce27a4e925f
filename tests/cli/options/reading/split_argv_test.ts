import assert from "node:assert/strict";
import { test } from "node:test";
import type { OptionSpec } from "../../../../src/cli/options/table/option_spec.ts";
import { splitArgv } from "../../../../src/cli/options/reading/split_argv.ts";

const spec = (name: string, type: OptionSpec["type"], short?: string) =>
  ({ name, type, ...(short === undefined ? {} : { short }) }) as OptionSpec;

const TABLE = [
  spec("users", "integer", "u"),
  spec("quiet", "flag", "q"),
  spec("json", "flag", "j"),
  spec("tags", "list", "T"),
];

interface Expected {
  readonly taken?: readonly string[];
  readonly operands?: readonly string[];
  readonly unknown?: readonly string[];
}

const cases: [sentence: string, words: readonly string[], expected: Expected][] = [
  ["takes a value that stands apart", ["--users", "5", "-u", "6"], { taken: ["users=5", "users=6"] }],
  ["takes a value that is attached", ["--users=5", "-u6"], { taken: ["users=5", "users=6"] }],
  ["takes all behind the first equals sign", ["--users=a=b\nc"], { taken: ["users=a=b\nc"] }],
  ["lets a value be missing", ["--users", "--quiet"], { taken: ["users", "quiet"] }],
  ["takes an empty value", ["--users=", "-u", ""], { taken: ["users=", "users="] }],
  ["takes a negative number and a dash as values", ["-u", "-5", "-u", "-"], { taken: ["users=-5", "users=-"] }],
  ["takes letters that stand together", ["-qju6"], { taken: ["quiet", "json", "users=6"] }],
  ["takes the value of the last of them", ["-qu", "6"], { taken: ["quiet", "users=6"] }],
  ["gives a list all words up to the next option", ["-T", "a", "b", "-q", "c"], {
    taken: ["tags=a", "tags=b", "quiet"],
    operands: ["c"],
  }],
  ["gives a list one attached word", ["--tags=a", "b"], { taken: ["tags=a"], operands: ["b"] }],
  ["keeps operands in their order", ["a.ts", "-q", "User"], { taken: ["quiet"], operands: ["a.ts", "User"] }],
  ["leaves everything behind -- alone", ["-q", "--", "-u", "5"], { taken: ["quiet"], operands: ["-u", "5"] }],
  ["keeps all behind an unknown option apart", ["a", "--mine", "b", "-u", "5", "c", "--", "d"], {
    taken: ["users=5"],
    operands: ["a"],
    unknown: ["--mine", "b", "c", "--", "d"],
  }],
  ["does not know a flag with a value", ["--quiet=yes"], { unknown: ["--quiet=yes"] }],
  ["does not know letters behind an unknown one", ["-zq", "-qz"], { taken: ["quiet"], unknown: ["-zq", "-z"] }],
];
for (const [sentence, words, { taken = [], operands = [], unknown = [] }] of cases) {
  test(`splitArgv() ${sentence}`, () => {
    const seen: string[] = [];
    const split = splitArgv(words, TABLE, ({ name }, value) => {
      seen.push(value === undefined ? name : `${name}=${value}`);
    });
    assert.deepEqual({ taken: seen, ...split }, { taken, operands, unknown });
  });
}
