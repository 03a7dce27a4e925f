import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { describe, test } from "node:test";
import { formatCompletion } from "../../../src/cli/verbs/completion.ts";
import { VERB_NAMES } from "../../../src/cli/options/table/verbs.ts";

function hasShell(name: string): boolean {
  return spawnSync(name, ["--version"]).error === undefined;
}

/** What bash offers behind `line`, a half-typed command. */
function completeInBash(line: string): readonly string[] {
  const words = line.split(" ");
  const script = `${formatCompletion("bash")}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${words.length - 1}
_locust_ts
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8", cwd: "/" });
  assert.equal(stderr, "");
  return stdout.split("\n").filter((word) => word !== "");
}

describe("formatCompletion() for bash", { skip: hasShell("bash") ? false : "no bash here" }, () => {
  test("offers the commands first", () => {
    assert.deepEqual(completeInBash("locust-ts "), [...VERB_NAMES]);
    assert.deepEqual(completeInBash("locust-ts r"), ["run", "report"]);
  });
  test("offers the options of the command", () => {
    assert.deepEqual(completeInBash("locust-ts run x.ts --csv"), ["--csv", "--csv-full-history"]);
    assert.deepEqual(completeInBash("locust-ts demo --l"), ["--latency"]);
    assert.deepEqual(completeInBash("locust-ts -f x.ts --headl"), ["--headless"]);
  });
  test("offers choices and files as values, and nothing for other values", () => {
    assert.deepEqual(completeInBash("locust-ts run x.ts --loglevel D"), ["DEBUG"]);
    assert.deepEqual(completeInBash("locust-ts run -f et"), ["etc"]);
    assert.deepEqual(completeInBash("locust-ts run x.ts --users "), []);
  });
  test("offers shells and commands as operands", () => {
    assert.deepEqual(completeInBash("locust-ts completion "), ["bash", "zsh", "fish"]);
    assert.deepEqual(completeInBash("locust-ts help de"), ["demo", "debug"]);
    assert.deepEqual(completeInBash("locust-ts run et"), ["etc"]);
  });
});

describe("formatCompletion() for fish", { skip: hasShell("fish") ? false : "no fish here" }, () => {
  const completeInFish = (line: string) => {
    const script = `${formatCompletion("fish")}\ncomplete -C '${line}'`;
    const { stdout } = spawnSync("fish", ["--no-config", "-c", script], { encoding: "utf8", cwd: "/" });
    return stdout.split("\n").filter((text) => text !== "").map((text) => text.split("\t")[0]);
  };
  test("offers commands, options of the command, choices, files and operands", () => {
    assert.deepEqual(completeInFish("locust-ts "), [...VERB_NAMES].sort());
    assert.deepEqual(completeInFish("locust-ts run x.ts --csv"), ["--csv", "--csv-full-history"]);
    assert.deepEqual(completeInFish("locust-ts demo --l"), ["--latency"]);
    assert.deepEqual(completeInFish("locust-ts -f x.ts --headl"), ["--headless"]);
    assert.deepEqual(completeInFish("locust-ts run x.ts --loglevel D"), ["DEBUG"]);
    assert.deepEqual(completeInFish("locust-ts completion "), ["bash", "fish", "zsh"]);
    assert.deepEqual(completeInFish("locust-ts run et"), ["etc/"]);
  });
});

for (const shell of ["bash", "zsh", "fish"] as const) {
  test(`formatCompletion() for ${shell} is a script that the shell can parse`, {
    skip: hasShell(shell) ? false : `no ${shell} here`,
  }, () => {
    const { status, stderr } = spawnSync(shell, ["-n"], { input: formatCompletion(shell), encoding: "utf8" });
    assert.deepEqual([status, stderr], [0, ""]);
  });
}

describe("formatCompletion() offers no hidden option", () => {
  for (const shell of ["bash", "zsh", "fish"] as const) {
    test(shell, () => {
      const text = formatCompletion(shell);
      assert.match(text, /csv-full-history/);
      assert.doesNotMatch(text, /legacy-ui|web-auth|expect-slaves/);
    });
  }
});
