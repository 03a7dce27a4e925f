import { strict as assert } from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseConfigText } from "../../../../src/cli/options/reading/config_file.ts";
import { readConfigSources } from "../../../../src/cli/options/reading/config_sources.ts";
import { makeKeptFolder } from "../../../support/kept_folder.ts";

const lines = (text: string) => parseConfigText({ path: "c", text, form: "lines" });
const json = (text: string, form: "json" | "packageJson" = "packageJson") => parseConfigText({ path: "p", text, form });

describe("parseConfigText() of lines", () => {
  const rows: readonly (readonly [line: string, key: string, value: unknown])[] = [
    ["users = 5", "users", { kind: "text", text: "5" }],
    ["users=5", "users", { kind: "text", text: "5" }],
    ["users: 5", "users", { kind: "text", text: "5" }],
    ["users 5", "users", { kind: "text", text: "5" }],
    ["  --users 5  ", "users", { kind: "text", text: "5" }],
    ["headless", "headless", { kind: "bare" }],
    ["headless   # always", "headless", { kind: "bare" }],
    ["host = http://h:80/a?b=c", "host", { kind: "text", text: "http://h:80/a?b=c" }],
    ["host = http://h # the test system", "host", { kind: "text", text: "http://h" }],
    ["host = http://h/#part", "host", { kind: "text", text: "http://h/#part" }],
    ["host = http://h ; the test system", "host", { kind: "text", text: "http://h" }],
    ['profile = "a # b"', "profile", { kind: "text", text: "a # b" }],
    ["profile = 'a b'", "profile", { kind: "text", text: "a b" }],
    ["tags = [a, b]", "tags", { kind: "list", items: ["a", "b"] }],
    ['tags = ["a b", "c"]', "tags", { kind: "list", items: ["a b", "c"] }],
    ["tags = []", "tags", { kind: "list", items: [] }],
    ["tags = a b", "tags", { kind: "text", text: "a b" }],
  ];
  for (const [line, key, value] of rows) {
    test(`"${line.trim()}" is a setting`, () => {
      assert.deepEqual(lines(line), { settings: [{ key, value, path: "c", line: 1 }], problems: [] });
    });
  }
  test("comments, sections, marks and empty lines are left out, lines are counted", () => {
    const { settings } = lines("# a\r\n; b\n[section]\n---\n\n   \nusers = 5\n");
    assert.deepEqual(settings.map(({ key, line }) => [key, line]), [["users", 7]]);
  });
  test("a line that is not a setting is told", () => {
    assert.deepEqual(lines("users = 1\n= 5").problems, [
      'Cannot read c:2: it is not a setting; write "key = value", as in "users = 100"',
    ]);
  });
});

describe("parseConfigText() of JSON", () => {
  test("reads the locust object of package.json with lines", () => {
    const { settings } = json(
      '{\n "name": "users",\n "locust": {\n  "users": 5,\n  "tags": ["a", 2],\n  "headless": true\n }\n}',
    );
    assert.deepEqual(settings.map(({ key, value, line }) => [key, value, line]), [
      ["users", { kind: "text", text: "5" }, 4],
      ["tags", { kind: "list", items: ["a", "2"] }, 5],
      ["headless", { kind: "text", text: "true" }, 6],
    ]);
  });
  test("a package.json without it says nothing, valid or not", () => {
    assert.deepEqual(json('{"name": "x"}'), { settings: [], problems: [] });
    assert.deepEqual(json("{"), { settings: [], problems: [] });
  });
  test("a file of its own is the object itself or has it", () => {
    assert.equal(json('{"users": 5}', "json").settings.length, 1);
    assert.equal(json('{"locust": {"users": 5}}', "json").settings.length, 1);
  });
  test("what cannot be used is told with its line", () => {
    assert.match(json("{", "json").problems.join(), /^Cannot read p: it is not valid JSON \(.*\); correct it$/);
    assert.match(json('{"locust": 5}').problems.join(), /^Cannot read p: "locust" is not an object/);
    assert.match(json("[1]", "json").problems.join(), /^Cannot read p: it is not an object; write \{ "users": 100 \}$/);
    assert.match(
      json('{"locust": {\n"users": {"a": 1}}}').problems.join(),
      /^Cannot use users in p:2: its value is not a text/,
    );
  });
});

describe("readConfigSources()", () => {
  test("lists what is there, the one that wins first", () => {
    const cwd = makeKeptFolder();
    const home = join(cwd, "home");
    mkdirSync(home);
    assert.deepEqual(readConfigSources({ cwd, home, config: undefined }), []);
    writeFileSync(join(home, ".locust.conf"), "users = 1");
    writeFileSync(join(cwd, "locust.conf"), "users = 2");
    writeFileSync(join(cwd, "package.json"), "{}");
    writeFileSync(join(cwd, "my.conf"), "users = 4");
    writeFileSync(join(cwd, "my.json"), "{}");
    const paths = (config: string | undefined) =>
      readConfigSources({ cwd, home, config }).map(({ path, form }) => `${path} ${form}`);
    const others = ["package.json packageJson", "locust.conf lines", "~/.locust.conf lines"];
    assert.deepEqual(paths(undefined), others);
    assert.deepEqual(paths("my.conf"), ["my.conf lines", ...others]);
    assert.deepEqual(paths("my.json"), ["my.json json", ...others]);
  });
  test("a --config that cannot be read is a usage error", () => {
    const read = (config: string) => () => readConfigSources({ cwd: tmpdir(), home: undefined, config });
    assert.throws(read("no-such.conf"), /Cannot use --config "no-such\.conf": there is no such file; check the path/);
    assert.throws(read("."), /it is a folder; name a file in it/);
    for (const empty of ["", " "]) {
      assert.throws(
        read(empty),
        /^UsageError: Cannot use --config " ?": it is empty; write --config FILE or leave it out$/,
      );
    }
  });
});

describe("parseConfigText() of TOML", () => {
  const toml = (text: string) => parseConfigText({ path: "my.toml", text, form: "toml" });
  const text = (value: string) => ({ kind: "text", text: value });

  test("reads [tool.locust] and nothing else of a pyproject.toml, each setting with its line", () => {
    const { settings, problems } = toml(
      '[project]\nname = "x"\nusers = 3\n\n[tool.locust]\nusers = 5\nheadless = true\ntags = ["a", "b"]\n"run-time" = "1m"\n',
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(settings, [
      { key: "users", value: text("5"), path: "my.toml", line: 6 },
      { key: "headless", value: text("true"), path: "my.toml", line: 7 },
      { key: "tags", value: { kind: "list", items: ["a", "b"] }, path: "my.toml", line: 8 },
      { key: "run-time", value: text("1m"), path: "my.toml", line: 9 },
    ]);
  });
  test("reads the top level of a file without [tool]", () => {
    assert.deepEqual(toml("spawn-rate = 2.5 # a second\n").settings, [
      { key: "spawn-rate", value: text("2.5"), path: "my.toml", line: 1 },
    ]);
  });
  const wrong: readonly (readonly [text: string, problem: RegExp])[] = [
    ["users = \n", /^Cannot read my\.toml:1: it is not valid TOML \(.+\); correct it$/],
    ["users = 5\nusers = 6\n", /^Cannot read my\.toml:2: it is not valid TOML/],
    [
      "[tool.black]\nline-length = 88\n",
      /^Cannot read my\.toml: it has no table \[tool\.locust\]; write settings under/,
    ],
    [
      "\n[users]\nshop = 5\n",
      /^Cannot use users in my\.toml:\d: its value is not a text, number, boolean or list of these/,
    ],
  ];
  for (const [source, problem] of wrong) {
    test(`${JSON.stringify(source)} is refused with a sentence`, () => {
      const { problems } = toml(source);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? "", problem);
    });
  }
});
