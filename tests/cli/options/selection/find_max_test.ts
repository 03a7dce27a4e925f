import assert from "node:assert/strict";
import { test } from "node:test";
import { findUnsearchable, readCapacity } from "../../../../src/cli/options/selection/find_max.ts";
import { parseCommandLine } from "../../../../src/cli/options/parse_command_line.ts";
import { parseAtLeast } from "../../../../src/master/capacity/capacity_settings.ts";

function parse(...argv: readonly string[]) {
  return parseCommandLine({ env: {}, configs: [], customArguments: [], argv: ["-f", "x.ts", "--headless", ...argv] });
}

function capacityOf(...argv: readonly string[]) {
  const command = parse("--find-max", "--slo", "p99<300ms, failures<1%", ...argv);
  assert.ok(command.kind === "run", JSON.stringify(command));
  return readCapacity(command.options);
}

test("readCapacity() of users begins with 10, and with -u with that", () => {
  assert.deepEqual(capacityOf(), {
    range: { unit: "users", start: 10, max: 10_000 },
    slo: ["p99<300ms, failures<1%"],
    stepSeconds: 10,
  });
  assert.deepEqual(
    capacityOf("-u", "50", "-r", "5", "--max-users", "400", "--step-time", "30s", "--at-least", "90 users"),
    {
      range: { unit: "users", start: 50, max: 400 },
      slo: ["p99<300ms, failures<1%"],
      stepSeconds: 30,
      spawnRate: 5,
      atLeast: { text: "90 users", limit: 90, unit: "users" },
    },
  );
});

test("readCapacity() of arrivals begins with the rate", () => {
  const capacity = capacityOf("--rate", "120/m poisson", "--max-users", "400", "--at-least", "90/m");
  assert.deepEqual(capacity?.range, { unit: "/s", start: 2, max: 10_000_000 });
  assert.equal(capacity?.maxUsers, 400);
  assert.equal(capacity?.atLeast?.limit, 1.5);
});

test("a run without --find-max searches for nothing", () => {
  const command = parse();
  assert.ok(command.kind === "run");
  assert.equal(readCapacity(command.options), undefined);
});

const REFUSED: readonly (readonly [argv: readonly string[], problem: RegExp])[] = [
  [["--find-max"], /no condition for the system is given/],
  [["--slo", "p99<1s"], /--slo: it belongs to a capacity search/],
  [["--at-least", "5/s"], /--at-least: it belongs to a capacity search/],
  [["--step-time", "5s"], /--step-time: it belongs to a capacity search/],
  [["--find-max", "--slo", "p99<1s", "--stages", "10s:5"], /--find-max with --stages/],
  [["--find-max", "--slo", "p99<1s", "--warm-up", "10s"], /--find-max with --warm-up/],
  [["--find-max", "--slo", "p99<1s", "--once"], /--find-max with --once/],
  [["--find-max", "--slo", "p99<1s", "--rate", "1m:50/s"], /stages in --rate/],
  [["--find-max", "--slo", "p99<1s", "--rate", "50/s", "--at-least", "5 users"], /--at-least with users beside --rate/],
  [["--find-max", "--slo", "p99<1s", "--at-least", "much"], /it is no load; write "1500\/s"/],
  [["--find-max", "--slo", "p99<1s", "--step-time", "2s"], /a step of less than 3 s says nothing/],
  [["--find-max", "--slo", "p99<<1s"], /column 5: expected a number/],
];
for (const [argv, problem] of REFUSED) {
  test(`${argv.join(" ")} is refused`, () => {
    const command = parse(...argv);
    assert.ok(command.kind === "problems", JSON.stringify(command));
    assert.match(command.problems.join("\n"), problem);
  });
}

test("findUnsearchable() names what decides the load as well", () => {
  const open = [{ name: "Buyer", arrivalRate: "5/s" }, { name: "Other" }] as unknown as Parameters<
    typeof findUnsearchable
  >[1]["userClasses"];
  const search = { findMax: true };
  assert.match(findUnsearchable(search, { userClasses: open })[0] ?? "", /arrivalRate of Buyer: .*give --rate/);
  assert.match(findUnsearchable(search, { userClasses: [], shape: "Wave" })[0] ?? "", /load shape Wave/);
  assert.deepEqual(findUnsearchable({ findMax: true, rate: "5/s" }, { userClasses: open, shape: "Wave" }), []);
  assert.deepEqual(findUnsearchable({ findMax: false }, { userClasses: open, shape: "Wave" }), []);
});

test("parseAtLeast() reads loads and nothing else", () => {
  assert.deepEqual(parseAtLeast("1500/s"), { text: "1500/s", limit: 1500, unit: "/s" });
  assert.deepEqual(parseAtLeast("1 user")?.unit, "users");
  for (const text of ["1500", "x/s", "-5/s", "5 users/s", ""]) assert.equal(parseAtLeast(text), undefined, text);
});
