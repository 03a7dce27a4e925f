/** Settings as people write them: lists with commas and spaces in flags, variables and config files, and Locust's TOML. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { runCli, writeFiles } from "../support/run_cli.ts";

const LOCUSTFILE = `import { constant, tag, task, TaskSet, User } from "locust-ts";
const count = (user: User, name: string) => user.environment.events.request.measure("T", name, async () => {});
class Inner extends TaskSet<User> {
  @tag("deep") @task async deep() { await count(this.user, "deep"); this.interrupt(); }
  @task async open() { await count(this.user, "open"); this.interrupt(); }
}
export class Tagged extends User {
  waitTime = constant(0.01);
  @tag("a") @task async a() { await count(this, "a"); }
  @tag("b", "c") @task async b() { await count(this, "b"); }
  @task async plain() { await count(this, "plain"); }
  @task static Inner = Inner;
}
export class Gone extends User {
  waitTime = constant(0.01);
  @tag("a") @task async gone() { await count(this, "gone"); }
}`;

const FILES = {
  "locustfile.ts": LOCUSTFILE,
  "spaces.conf": "exclude-tags = a c deep\n",
  "list.conf": 'exclude-tags = [a, "c", deep]\n',
  "poetry.toml": '[tool.poetry]\nname = "shop"\n\n[tool.locust]\nexclude-tags = ["a", "c", "deep"]\nusers = 5\n',
  "top.toml": 'exclude-tags = "a, c, deep"\nspawn-rate = 100\n',
  "settings.json": '{ "exclude-tags": ["a", "c", "deep"] }',
  "other.toml": "[tool.poetry]\nname = 'shop'\n",
  "wrong.toml": "[tool.locust]\nuserz = 5\nspawn_rate = 3\n",
};

type Row = readonly [what: string, args: readonly string[], env?: Record<string, string>];

test("tags are separated by commas and spaces in flags, variables and config files; classes without tasks take no users", async () => {
  const cwd = writeFiles(FILES);
  const rows: readonly Row[] = [
    ["commas", ["-E", "a,c,deep"]],
    ["commas and spaces", ["--exclude-tags", "a, c ,deep"]],
    ["repeated", ["-E", "a", "-E", "c", "-E", "deep"]],
    ["words", ["-E", "a", "c", "deep"]],
    ["variable", [], { LOCUST_EXCLUDE_TAGS: "a, c, deep" }],
    ["variable with spaces", [], { LOCUST_EXCLUDE_TAGS: " a c  deep " }],
    ["conf with spaces", ["--config", "spaces.conf"]],
    ["conf with a list", ["--config", "list.conf"]],
    ["[tool.locust]", ["--config", "poetry.toml"]],
    ["top level of TOML", ["--config", "top.toml"]],
    ["JSON", ["--config", "settings.json"]],
  ];
  for (let at = 0; at < rows.length; at += 4) {
    await Promise.all(
      rows.slice(at, at + 4).map(async ([what, args, env = {}]) => {
        const run = [
          "run",
          "locustfile.ts",
          "-u",
          "4",
          "-r",
          "100",
          "-t",
          "1s",
          "--processes",
          "1",
          "--journal",
          "none",
          "--json",
        ];
        const { code, stdout, stderr } = await runCli([...run, ...args], { cwd, env });
        assert.equal(code, 0, `${what}: ${stderr}`);
        const names = (JSON.parse(stdout) as { readonly name: string }[]).map(({ name }) => name).sort();
        assert.deepEqual(names, ["open", "plain"], what);
        assert.match(stderr, /WARNING.*Gone has no tasks left after filtering by tags/, what);
      }),
    );
  }
});

test("a tag that no task carries is warned about, with the tags there are", async () => {
  const cwd = writeFiles(FILES);
  const { code, stderr } = await runCli(["run", "locustfile.ts", "-T", "a,typo", "-t", "1s", "--journal", "none"], {
    cwd,
  });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /No task carries the tag "typo" of --tags; the tags are a, b, c, deep/);
});

test("--config with another program's TOML, and with settings that there are not, is refused", async () => {
  const cwd = writeFiles(FILES);
  const run = (file: string) => runCli(["run", "locustfile.ts", "-t", "1s", "--config", file], { cwd });
  const [other, wrong, absent] = await Promise.all(["other.toml", "wrong.toml", "absent.toml"].map(run));
  assert.deepEqual([other?.code, wrong?.code, absent?.code], [2, 2, 2]);
  assert.match(other?.stderr ?? "", /Cannot read other\.toml: it has no table \[tool\.locust\]; write settings under/);
  assert.match(wrong?.stderr ?? "", /userz in wrong\.toml:2: there is no such setting\. Did you mean "users"\?/);
  assert.match(
    wrong?.stderr ?? "",
    /spawn_rate in wrong\.toml:3: there is no such setting\. Did you mean "spawn-rate"\?/,
  );
  assert.match(absent?.stderr ?? "", /^Cannot .*absent\.toml/);
});
