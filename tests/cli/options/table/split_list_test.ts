import { strict as assert } from "node:assert";
import { test } from "node:test";
import { parseCommandLine } from "../../../../src/cli/options/parse_command_line.ts";
import { splitAtCommas, splitJsonOrFiles, splitWords } from "../../../../src/cli/options/table/split_list.ts";

const CASES:
  readonly (readonly [split: (text: string) => readonly string[], text: string, items: readonly string[]])[] = [
    [splitWords, "a,c", ["a", "c"]],
    [splitWords, " a, c ,", ["a", "c"]],
    [splitWords, "a c\tb", ["a", "c", "b"]],
    [splitWords, "\"a b\", 'c d' it's", ["a b", "c d", "it's"]],
    [splitWords, " ", []],
    [splitAtCommas, "Ada Lovelace, b", ["Ada Lovelace", "b"]],
    [splitAtCommas, '"a, b",c', ["a, b", "c"]],
    [splitJsonOrFiles, '{"user_class_name": "A", "tasks": ["x"]}', ['{"user_class_name": "A", "tasks": ["x"]}']],
    [splitJsonOrFiles, "a.json, my b.json c.json", ["a.json", "my b.json", "c.json"]],
  ];

for (const [split, text, items] of CASES) {
  test(`${split.name}() of ${JSON.stringify(text)}`, () => assert.deepEqual(split(text), items));
}

const WAYS:
  readonly (readonly [way: string, argv: readonly string[], env: Readonly<Record<string, string>>, conf: string])[] = [
    ["-E a,c", ["-E", "a,c"], {}, ""],
    ["-E a c", ["-E", "a", "c"], {}, ""],
    ['-E "a, c"', ["-E", "a, c"], {}, ""],
    ["--exclude-tags=a,c", ["--exclude-tags=a,c"], {}, ""],
    ['LOCUST_EXCLUDE_TAGS="a, c"', [], { LOCUST_EXCLUDE_TAGS: "a, c" }, ""],
    ['LOCUST_EXCLUDE_TAGS="a c"', [], { LOCUST_EXCLUDE_TAGS: "a c" }, ""],
    ["exclude-tags = a c", [], {}, "exclude-tags = a c"],
    ["exclude-tags = a, c", [], {}, "exclude-tags = a, c"],
    ["exclude-tags = [a, c]", [], {}, "exclude-tags = [a, c]"],
  ];

for (const [way, argv, env, conf] of WAYS) {
  test(`${way} excludes both tags`, () => {
    const configs = [{ path: "locust.conf", text: conf, form: "lines" as const }];
    const command = parseCommandLine({ argv: ["run", "x.ts", ...argv], env, configs, customArguments: [] });
    assert.ok(command.kind === "run", JSON.stringify(command));
    assert.deepEqual(command.options.excludeTags, ["a", "c"]);
  });
}

test("user classes are apart by commas and blanks, typed or in LOCUST_USER_CLASSES", () => {
  const classesOf = (argv: readonly string[], env: Readonly<Record<string, string>>) => {
    const command = parseCommandLine({ argv: ["run", "x.ts", ...argv], env, configs: [], customArguments: [] });
    return command.kind === "run" ? command.options.userClasses : command;
  };
  assert.deepEqual(classesOf(["A,B", "C"], {}), ["A", "B", "C"]);
  assert.deepEqual(classesOf([], { LOCUST_USER_CLASSES: "A, B C" }), ["A", "B", "C"]);
});
