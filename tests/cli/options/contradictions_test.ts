import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { parseCommandLine } from "../../../src/cli/options/parse_command_line.ts";

function problems(line: string): readonly string[] {
  const command = parseCommandLine({ argv: line.split(" "), env: {}, configs: [], customArguments: [] });
  return command.kind === "problems" ? command.problems : [];
}

describe("findContradictions()", () => {
  const rows: readonly (readonly [line: string, problem: RegExp | undefined])[] = [
    ["run x.ts --master --worker", /Cannot be --master and --worker at once/],
    ["--worker --workers 2", /Cannot use --workers with --worker: only a master starts workers/],
    ["run x.ts --web --headless", /Cannot use --web with --headless: they are opposites/],
    ["run x.ts --csv-full-history", /Cannot use --csv-full-history: .*; add --csv PREFIX/],
    ["run x.ts --csv-full-history --csv out", undefined],
    ["run x.ts --autoquit 5", /Cannot use --autoquit: .*; add --autostart/],
    ["run x.ts --autoquit -1", undefined],
    ["run x.ts --once --master", /Cannot use --once on several machines/],
    ["run x.ts --once --workers 2", /Cannot use --once on several machines/],
    ["run x.ts --once", undefined],
    ["run x.ts --stages 1m:5 --shape A", /Cannot use --stages with --shape/],
    ["run x.ts --rate 5/s -u 5", /Cannot use --rate with --users: arrivals replace the number of users/],
    ["run x.ts --rate 5/s --stages 1m:5", /Cannot use --rate with --stages/],
    ["run x.ts --rate 1m:5/s,1m:0 --max-users 7", undefined],
    ["run x.ts --find-max", /^Cannot use --find-max: .*; add --slo/],
    ["run x.ts --find-max --slo percentile3<9", /^(?![^]*--find-max)Cannot use --slo "percentile3<9"/],
    ["run x.ts --rate 5/s --shape A", /Cannot use --rate with --shape/],
    ["run x.ts --rate 5/s --shape Default", undefined],
    ["run x.ts --find-max --slo p99<1s --shape A", /Cannot use --find-max with --shape/],
    ["run x.ts --find-max --slo p99<1s --scenario a", /Cannot use --find-max with --scenario/],
    ["run x.ts --find-max --slo p99<1s --shape Default --scenario none", undefined],
    ["run x.ts --rate fast", /it is no rate; write "50\/s"/],
    ["run x.ts --master --master-token a --master-token-file b", /Cannot use --master-token with --master-token-file/],
    ["run x.ts --master --master-tls-cert a", /Cannot use --master-tls-cert: it needs --master-tls-key FILE/],
    ["run x.ts --master --master-tls-key a", /Cannot use --master-tls-key: it needs --master-tls-cert FILE/],
    ["run x.ts --master --master-tls-key a --master-tls-cert b", undefined],
    ["worker --master-tls-ca a", undefined],
    ["run x.ts --tls-cert a", /Cannot use --tls-cert: it needs --tls-key FILE/],
  ];
  for (const [line, problem] of rows) {
    test(`"${line}" is ${problem === undefined ? "fine" : "refused"}`, () => {
      const found = problems(line);
      if (problem === undefined) assert.deepEqual(found, []);
      else assert.match(found.join("\n"), problem);
    });
  }
});
