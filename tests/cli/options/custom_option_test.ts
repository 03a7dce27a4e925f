import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import type { RunOptions } from "../../../src/cli/options/reading/options.ts";
import { type Command, parseCommandLine } from "../../../src/cli/options/parse_command_line.ts";
import type { CustomArgument } from "../../../src/protocol/locustfile_description.ts";

interface Extra {
  readonly env?: Readonly<Record<string, string>>;
  readonly conf?: string;
  readonly customArguments?: readonly CustomArgument[];
  readonly loaded?: "loaded" | "first reading";
}

function parse(line: string, extra: Extra = {}): Command {
  return parseCommandLine({
    argv: line.split(" "),
    env: extra.env ?? {},
    configs: extra.conf === undefined ? [] : [{ path: "locust.conf", text: extra.conf, form: "lines" }],
    ...(extra.loaded === "first reading" ? {} : { customArguments: extra.customArguments ?? [] }),
  });
}

function runOptions(line: string, extra?: Extra): RunOptions {
  const command = parse(line, extra);
  assert.ok(command.kind === "run", JSON.stringify(command));
  return command.options;
}

function problems(line: string, extra?: Extra): readonly string[] {
  const command = parse(line, extra);
  assert.ok(command.kind === "problems", `${line} was accepted`);
  return command.problems;
}

describe("parseCommandLine() with the locustfile's own options", () => {
  const argument = (flags: readonly string[], more: Partial<CustomArgument> = {}): CustomArgument => ({
    flags,
    name: (flags.find((flag) => flag.startsWith("--")) ?? "--x").slice(2),
    type: "string",
    secret: false,
    required: false,
    includeInWebUi: true,
    ...more,
  });

  test("the first reading lets them through with their values and finds the file behind them", () => {
    const options = runOptions("run --tenant acme x.ts Shopper", { loaded: "first reading" });
    assert.deepEqual([options.locustfile, options.userClasses], ["x.ts", ["Shopper"]]);
    assert.equal(runOptions("run --verbose x.ts", { loaded: "first reading" }).locustfile, "x.ts");
  });
  test("the first reading tolerates unknown keys, the second does not", () => {
    assert.equal(runOptions("run x.ts", { conf: "tenant = a", loaded: "first reading" }).locustfile, "x.ts");
    assert.equal(problems("run x.ts", { conf: "tenant = a" }).length, 1);
  });
  test("each type arrives as its value, from wherever it is written", () => {
    const customArguments = [
      argument(["--tenant", "-x"]),
      argument(["--count"], { type: "integer", env: "COUNT" }),
      argument(["--ratio"], { type: "number" }),
      argument(["--verbose"], { type: "boolean" }),
      argument(["--colors"], { type: "list" }),
      argument(["--unset"]),
    ];
    const line = "run x.ts -x acme --verbose --colors red blue --ratio 0.5";
    const options = runOptions(line, { customArguments, env: { COUNT: "4" } });
    const expected = { tenant: "acme", count: 4, ratio: 0.5, verbose: true, colors: ["red", "blue"], unset: null };
    assert.deepEqual(options.custom, expected);
    for (const [name, value] of Object.entries(expected)) assert.deepEqual(options.parsedOptions[name], value);
  });
  test("defaults count, and a flag that is on can be turned off", () => {
    const customArguments = [
      argument(["--tenant"], { default: "acme" }),
      argument(["--cache"], { type: "boolean", default: true }),
    ];
    assert.deepEqual(runOptions("run x.ts", { customArguments }).custom, { tenant: "acme", cache: true });
    assert.equal(runOptions("run x.ts --no-cache", { customArguments }).custom["cache"], false);
    assert.equal(runOptions("run x.ts", { customArguments, conf: "cache = off" }).custom["cache"], false);
  });
  test("an empty text takes the place of a default, where no other text is asked for", () => {
    const customArguments = [
      argument(["--tenant"], { default: "acme" }),
      argument(["--key"], { required: true }),
      argument(["--pick"], { choices: ["a", "b"], default: "a" }),
    ];
    assert.equal(runOptions("run x.ts --key=k --tenant=", { customArguments }).custom["tenant"], "");
    assert.equal(runOptions("run x.ts --key=k", { customArguments, conf: 'tenant = ""' }).custom["tenant"], "");
    assert.equal(runOptions("run x.ts --key=k", { customArguments }).custom["tenant"], "acme");
    assert.match(problems("run x.ts --key=", { customArguments }).join(), /Cannot use --key "": it is empty/);
    assert.match(problems("run x.ts --key=k --pick=", { customArguments }).join(), /Cannot use --pick "": it is empty/);
  });
  test("choices, types and what is required are checked", () => {
    const customArguments = [
      argument(["--tier"], { choices: ["free", "paid"] }),
      argument(["--count"], { type: "integer" }),
      argument(["--token"], { required: true, env: "TOKEN", secret: true }),
    ];
    assert.deepEqual(problems("run x.ts --tier pad --count many", { customArguments }), [
      'Cannot use --tier "pad": it is not one of the choices; write free, paid (did you mean paid?)',
      'Cannot use --count "many": it is not a whole number; write digits only, as in 100',
      "Cannot start: the locustfile requires --token; add --token VALUE or set TOKEN",
    ]);
  });
  test("a name that is taken is refused", () => {
    assert.deepEqual(problems("run x.ts", { customArguments: [argument(["--host"]), argument(["--fine", "-u"])] }), [
      "Cannot add --host: --host is taken; choose another name in the locustfile",
      "Cannot add --fine, -u: -u is taken; choose another name in the locustfile",
    ]);
  });
});
