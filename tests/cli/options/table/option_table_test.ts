import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { destOf, type OptionSpec, type OptionValue } from "../../../../src/cli/options/table/option_spec.ts";
import { OPTION_TABLE } from "../../../../src/cli/options/table/option_table.ts";
import { type Command, parseCommandLine } from "../../../../src/cli/options/parse_command_line.ts";
import { VERBS } from "../../../../src/cli/options/table/verbs.ts";

/** Options that need others beside them to make sense. */
const COMPANIONS: Readonly<Record<string, readonly string[]>> = {
  "auto-resume": ["--journal", "run.ndjson"],
  "csv-full-history": ["--csv", "out"],
  "master-tls-cert": ["--master-tls-key", "k"],
  "master-tls-key": ["--master-tls-cert", "c"],
  "web-tls-cert": ["--web-tls-key", "k"],
  "web-tls-key": ["--web-tls-cert", "c"],
  "tls-cert": ["--tls-key", "k"],
  "tls-key": ["--tls-cert", "c"],
  "find-max": ["--slo", "p95<300ms"],
  slo: ["--find-max"],
  "at-least": ["--find-max", "--slo", "p95<300ms"],
  "step-time": ["--find-max", "--slo", "p95<300ms"],
};

/** Ask for the web UI, or only make sense with it. */
const WEB_ONLY = ["web", "headful", "autostart", "autoquit"];

/** Texts of options that take no other. */
const SPECIAL_TEXTS: Readonly<Record<string, string>> = {
  "web-base-path": "/x",
  stages: "30s:10,1m:0",
  rate: "1m:50/s,30s:0",
  "at-least": "1500/s",
  samples: "samples.csv",
  influx: "http://localhost:8086/?db=x",
  "otlp-endpoint": "http://localhost:4318",
};

const sameText = (text: string) => ({ text, value: text });

function sampleOf(spec: OptionSpec): { readonly text: string; readonly value: OptionValue } {
  switch (spec.type) {
    case "flag":
      return { text: "true", value: true };
    case "integer":
      return { text: "7", value: 7 };
    case "number":
      return { text: "0.5", value: 0.5 };
    case "timeSpan":
      return { text: "1m5s", value: 65 };
    case "list":
      return { text: "[a, b]", value: ["a", "b"] };
    case "repeated":
      return { text: "p95<300ms", value: ["p95<300ms"] };
    default:
      return spec.choices !== undefined
        ? { text: spec.choices[0]?.toLowerCase() ?? "", value: spec.choices[0] ?? "" }
        : sameText(SPECIAL_TEXTS[spec.name] ?? "x.ts");
  }
}

function typedSample(spec: OptionSpec): readonly string[] {
  const { text } = sampleOf(spec);
  if (spec.type === "flag") return [`--${spec.name}`];
  return spec.type === "list" ? [`--${spec.name}`, "a", "b", "--once"] : [`--${spec.name}`, text];
}

function valueIn(command: Command, spec: OptionSpec): unknown {
  assert.ok(command.kind === "run" || command.kind === "worker", `${spec.name}: ${JSON.stringify(command)}`);
  return command.options.parsedOptions[destOf(spec)];
}

const base = { env: {}, configs: [], customArguments: [] };

/** Rows that end up as a value of a run in the terminal. */
const usable = OPTION_TABLE.filter((spec) =>
  spec.removed === undefined && spec.typedOnly === undefined && !WEB_ONLY.includes(spec.name) && !spec.secret
);

describe("OPTION_TABLE", () => {
  for (const spec of usable) {
    const { text, value } = sampleOf(spec);
    const others = ["-f", "x.ts", "--headless", ...(COMPANIONS[spec.name] ?? [])];

    test(`--${spec.name} typed is read as ${spec.type}`, () => {
      const command = parseCommandLine({ ...base, argv: [...without(others, spec), ...typedSample(spec)] });
      assert.deepEqual(valueIn(command, spec), value);
    });

    if (spec.short !== undefined) {
      test(`-${spec.short} is short for --${spec.name}`, () => {
        const argv = typedSample(spec).map((argument) => argument === `--${spec.name}` ? `-${spec.short}` : argument);
        assert.deepEqual(
          valueIn(parseCommandLine({ ...base, argv: [...without(others, spec), ...argv] }), spec),
          value,
        );
      });
    }

    if (spec.env !== undefined) {
      test(`${spec.env} sets --${spec.name}`, () => {
        const env = { [String(spec.env)]: text };
        assert.deepEqual(valueIn(parseCommandLine({ ...base, env, argv: without(others, spec) }), spec), value);
      });
    }

    test(`${spec.name} in a config file sets --${spec.name}`, () => {
      const configs = [{ path: "locust.conf", text: `${spec.name} = ${text}\n`, form: "lines" as const }];
      assert.deepEqual(valueIn(parseCommandLine({ ...base, configs, argv: without(others, spec) }), spec), value);
    });
  }

  for (const spec of OPTION_TABLE.filter((row) => row.removed !== undefined)) {
    test(`--${spec.name} says why it cannot be used`, () => {
      const argv = ["run", "x.ts", `--${spec.name}`, ...(spec.type === "flag" ? [] : ["5"])];
      const command = parseCommandLine({ ...base, argv });
      assert.ok(command.kind === "problems");
      assert.match(command.problems.join("\n"), new RegExp(`--${spec.name}: .*${escapeRegExp(spec.removed ?? "")}`));
    });
  }

  test("names, short forms, variables and fields are unique", () => {
    for (const pick of [(s: OptionSpec) => s.name, (s: OptionSpec) => s.short, (s: OptionSpec) => s.env, destOf]) {
      const all = OPTION_TABLE.map(pick).filter((text) => text !== undefined);
      assert.deepEqual(all.filter((text, index) => all.indexOf(text) !== index), []);
    }
  });

  test("every visible row has a help text that ends with a full stop", () => {
    const rows = [...OPTION_TABLE, ...VERBS.flatMap((verb) => verb.options)];
    const bad = rows.filter((spec) => spec.hidden === undefined && !spec.help.endsWith("."));
    assert.deepEqual(bad.map((spec) => spec.name), []);
  });

  test("every option of Locust's table is known", () => {
    const names = new Set(OPTION_TABLE.map((spec) => spec.name));
    assert.deepEqual(LOCUST_OPTIONS.filter((name) => !names.has(name)), []);
  });
});

/** Leaves out what would win over the place under test. */
function without(argv: readonly string[], spec: OptionSpec): readonly string[] {
  if (spec.name === "locustfile") return argv.slice(2);
  return spec.name === "headless" ? [...argv.filter((argument) => argument !== "--headless")] : argv;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

const LOCUST_OPTIONS = (
  "help locustfile config host users spawn-rate run-time list config-users web-host web-host-display-name web-port headless " +
  "autostart autoquit headful web-login tls-cert tls-key class-picker web-base-path build-path master master-bind-host " +
  "master-bind-port expect-workers expect-workers-max-wait enable-rebalancing worker processes master-host master-port tags " +
  "exclude-tags csv csv-full-history print-stats only-summary reset-stats html json json-file skip-log-setup loglevel " +
  "logfile show-task-ratio show-task-ratio-json version exit-code-on-error stop-timeout equal-weights profile otel " +
  "web-auth legacy-ui expect-slaves slave"
).split(" ");
