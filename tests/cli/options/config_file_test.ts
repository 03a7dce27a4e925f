import { strict as assert } from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parseConfigText } from "../../../src/cli/options/config_file.ts";
import { readConfigSources } from "../../../src/cli/options/config_sources.ts";
import { makeKeptFolder } from "../../support/kept_folder.ts";

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
  test("a line that is no setting is told", () => {
    assert.deepEqual(lines("users = 1\n= 5").problems, [
      'Cannot read c:2: it is no setting; write "key = value", as in "users = 100"',
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
    assert.match(
      json('{"locust": {\n"users": {"a": 1}}}').problems.join(),
      /^Cannot use users in p:2: its value is no text/,
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
    assert.throws(read("a.toml"), /TOML is not read/);
    assert.throws(read("."), /it cannot be read \(EISDIR\)/);
  });
});
