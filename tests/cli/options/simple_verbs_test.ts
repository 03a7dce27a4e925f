import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { type Command, parseCommandLine } from "../../../src/cli/options/parse_command_line.ts";

function parse(line: string): Command {
  return parseCommandLine({ argv: line === "" ? [] : line.split(" "), env: {}, configs: [], customArguments: [] });
}

describe("parseCommandLine() of commands", () => {
  const rows: readonly (readonly [line: string, expected: Partial<Command> & Record<string, unknown>])[] = [
    ["", { kind: "overview" }],
    ["help", { kind: "overview" }],
    ["--help", { kind: "help" }],
    ["-h", { kind: "help" }],
    ["help demo", { kind: "help", verb: "demo" }],
    ["demo --help", { kind: "help", verb: "demo" }],
    ["run --help", { kind: "help", verb: "run" }],
    ["run x.ts -h", { kind: "help", verb: "run", locustfile: "x.ts" }],
    ["-f x.ts --help", { kind: "help", locustfile: "x.ts" }],
    ["-V", { kind: "version" }],
    ["--version", { kind: "version" }],
    ["init", { kind: "init", options: { folder: ".", force: false } }],
    ["init here --force", { kind: "init", options: { folder: "here", force: true } }],
    ["init --template api", { kind: "init", options: { folder: ".", force: false, template: "api" } }],
    ["check x.ts", { kind: "check", locustfile: "x.ts" }],
    ["check", { kind: "check", locustfile: "locustfile.ts" }],
    ["check -f x.ts", { kind: "check", locustfile: "x.ts" }],
    ["check a.ts b.ts", { kind: "check", locustfile: "a.ts,b.ts" }],
    ["health", { kind: "health", options: { timeoutSeconds: 5 } }],
    ["health https://m:8089/load --timeout 0.5", {
      kind: "health",
      options: { url: "https://m:8089/load", timeoutSeconds: 0.5 },
    }],
    ["completion zsh", { kind: "completion", shell: "zsh" }],
    ["report run.ndjson", {
      kind: "report",
      options: { journal: "run.ndjson", csvFullHistory: false, json: false, latencies: false },
    }],
    ["report run.ndjson --csv out --json --json-file f", {
      kind: "report",
      options: {
        journal: "run.ndjson",
        csvFullHistory: false,
        json: true,
        latencies: false,
        csvPrefix: "out",
        jsonFile: "f",
      },
    }],
    ["demo --port 0 --latency fixed:5 --error-rate 0 --seed 3 --host ::1", {
      kind: "demo",
      options: { port: 0, host: "::1", latency: { kind: "fixed", ms: 5 }, errorRate: 0, seed: 3 },
    }],
  ];
  for (const [line, expected] of rows) {
    test(`"${line}" is ${expected.kind}`, () => assert.deepEqual(parse(line), expected));
  }
});

describe("parseSimpleVerb() problems", () => {
  const rows: readonly (readonly [line: string, ...expected: string[]])[] = [
    ["demo --prot 1", 'Cannot use --prot: there is no such option. Did you mean "--port"?'],
    ["demo x", 'Cannot use "x": it is one word too many; remove it'],
    [
      "demo --latency slow",
      'Cannot use --latency "slow": it is not a latency; write "20" (log-normal, median in ms), "fixed:5" or "0"',
    ],
    ["report", "Cannot make a report: no journal is named; write locust-ts report run.ndjson"],
    ["completion", "Cannot print a completion script: no shell is named; write locust-ts completion bash|zsh|fish"],
    ["health m:8089", 'Cannot ask "m:8089": it is not a URL of a web UI; write locust-ts health http://localhost:8089'],
    ["help demmo", 'Cannot show help about "demmo": there is no such command. Did you mean "demo"?'],
  ];
  for (const [line, ...expected] of rows) {
    test(`"${line}" is refused with a sentence`, () => {
      const command = parse(line);
      assert.ok(command.kind === "problems");
      assert.deepEqual(command.problems, expected);
    });
  }
});
