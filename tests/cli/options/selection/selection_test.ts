import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { describeBadUrl, selectFrom } from "../../../../src/cli/options/selection/selection.ts";
import type { LocustfileDescription, UserClassDescription } from "../../../../src/protocol/locustfile_description.ts";

function userClass(name: string, more: Partial<UserClassDescription> = {}): UserClassDescription {
  return { name, file: "/x.ts", weight: 1, fixedCount: 0, needsHost: true, tasks: [], json: {}, ...more };
}

const shop: LocustfileDescription = {
  userClasses: [userClass("Shopper"), userClass("Admin"), userClass("Other", { needsHost: false })],
  shapes: [
    { name: "Stages", file: "/x.ts", useCommonOptions: false },
    { name: "Common", file: "/x.ts", useCommonOptions: true },
  ],
  arguments: [],
  thresholds: [],
  warnings: ["from the file"],
};

const plain = {
  userClasses: [],
  host: "http://h",
  users: 1,
  given: new Set<string>(),
  list: false,
  showTaskRatio: false,
  showTaskRatioJson: false,
  once: false,
  tags: [],
  excludeTags: [],
  scenario: [],
};

const select = (more: Record<string, unknown>, description = shop) =>
  selectFrom(description, { ...plain, ...more } as Parameters<typeof selectFrom>[1]);

describe("selectFrom()", () => {
  test("takes all classes and the first shape", () => {
    const selection = select({});
    assert.deepEqual(selection.userClasses.map(({ name }) => name), ["Shopper", "Admin", "Other"]);
    assert.deepEqual([selection.shape, selection.problems], ["Stages", []]);
  });
  test("names the shape that is used where several are not chosen from", () => {
    const warned = (more: Record<string, unknown>) =>
      select(more).warnings.some((each) => each.includes("--shape picks"));
    assert.match(select({}).warnings.join(), /the first one, Stages, is used; --shape picks Common/);
    assert.equal(warned({ shape: "Stages" }), false);
    assert.equal(warned({ stages: "1m:5" }), false);
    assert.equal(warned({ given: new Set(["class-picker"]) }), false);
  });
  test("takes the classes and the shape that were named", () => {
    const selection = select({ userClasses: ["Other", "Shopper"], shape: "Common" });
    assert.deepEqual(selection.userClasses.map(({ name }) => name), ["Shopper", "Other"]);
    assert.equal(selection.shape, "Common");
  });
  test("--shape Default takes no shape, also where there is none", () => {
    const selection = select({ shape: "Default" });
    assert.deepEqual([selection.shape, selection.problems], [undefined, []]);
  });
  test("--stages and --once take the place of shapes", () => {
    assert.equal(select({ stages: "1m:5" }).shape, undefined);
    assert.equal(select({ once: true }).shape, undefined);
  });
  test("tells classes whose tasks the tags leave out, and refuses to run nothing at all", () => {
    const task = (tags: readonly string[]) => ({ name: "t", weight: 1, tags, kind: "task" as const, tasks: [] });
    const tagged: LocustfileDescription = {
      ...shop,
      userClasses: [userClass("Slow", { tasks: [task(["slow"])] }), userClass("Plain", { tasks: [task([])] })],
    };
    const slow = select({ tags: ["slow"] }, tagged);
    assert.deepEqual(slow.problems, []);
    assert.deepEqual(slow.userClasses.map(({ name }) => name), ["Slow"]);
    assert.ok(slow.warnings.includes("Plain has no tasks left after filtering by tags: none of its users is started"));
    assert.deepEqual(select({ tags: ["fast", "odd"], excludeTags: ["slow"] }, tagged).problems, [
      "Cannot run Slow, Plain: no task is left after --tags fast odd and --exclude-tags slow; " +
      '"locust-ts check FILE" shows the tags',
    ]);
    assert.deepEqual(select({ tags: ["fast"], list: true }, tagged).problems, []);
    const slowAndOff = { ...tagged, userClasses: [tagged.userClasses[0]!, userClass("Off", { weight: 0 })] };
    assert.match(
      select({ tags: ["fast"] }, slowAndOff).problems.join(),
      /the weight of Off is 0 and the tags leave no task in Slow; change one of both/,
    );
  });
  test("leaves out classes of weight 0, unless --config-users gives them a weight or a number", () => {
    const off: LocustfileDescription = { ...shop, userClasses: [userClass("On"), userClass("Off", { weight: 0 })] };
    const names = (...settings: readonly (readonly Record<string, unknown>[])[]) =>
      selectFrom(off, plain as unknown as Parameters<typeof selectFrom>[1], settings.flat()).userClasses.map(
        ({ name }) => name,
      );
    assert.deepEqual(names(), ["On"]);
    assert.deepEqual(names([{ user_class_name: "Off", weight: 2 }]), ["On", "Off"]);
    assert.deepEqual(names([{ user_class_name: "Off", fixedCount: 1 }, { user_class_name: "On", weight: 0 }]), ["Off"]);
    assert.match(select({ userClasses: ["Off"] }, off).problems.join(), /^Cannot run Off: no user would be started/);
    assert.deepEqual(select({ list: true }, off).userClasses.length, 2);
  });
  test("lists every name that is missing, with what was meant", () => {
    assert.deepEqual(select({ userClasses: ["Shoper", "Quux"], shape: "No" }).problems, [
      'Cannot run user class "Shoper": the locustfile exports no such class; did you mean "Shopper"?',
      'Cannot run user class "Quux": the locustfile exports no such class; choose from Shopper, Admin, Other',
      'Cannot follow --shape "No": the locustfile exports no such load shape; choose from Stages, Common, or Default for none',
    ]);
  });
  test("needs a user class", () => {
    assert.match(
      select({}, { ...shop, userClasses: [] }).problems.join(),
      /exports no user class; export a class that extends/,
    );
  });
  test("asks for no host, which only relative URLs need, but refuses a bad one", () => {
    assert.deepEqual(select({ host: undefined }).problems, []);
    const own = { ...shop, userClasses: [userClass("A", { host: "https://a" }), userClass("B", { host: "b.test" })] };
    assert.deepEqual(select({ host: undefined }, own).problems, [
      'Cannot use the host of B: it has no scheme; write "http://b.test" or "https://b.test"',
    ]);
  });
  test("a bad -H is refused without showing credentials; users without HTTP may have any", () => {
    assert.match(
      select({ host: "ftp://me:geheim@h" }).problems.join(),
      /^Cannot use --host "ftp:\/\/\*\*\*@h": its scheme is "ftp"/,
    );
    assert.deepEqual(select({ host: "broker", userClasses: ["Other"] }).problems, []);
  });
  test("warns of options that the load shape overrides, and of too many fixed users", () => {
    assert.deepEqual(select({ given: new Set(["users", "run-time"]), shape: "Stages" }).warnings, [
      "from the file",
      "--users, --run-time will be ignored: the shape Stages decides how many users run",
    ]);
    assert.deepEqual(select({ given: new Set(["users"]), shape: "Common" }).warnings, ["from the file"]);
    const fixed = { ...shop, shapes: [], userClasses: [userClass("A", { fixedCount: 5 })] };
    assert.match(select({}, fixed).warnings.join(), /add up to 5, more than the 1 user asked for/);
  });
});

describe("describeBadUrl()", () => {
  for (const text of ["h:80", "//h:80", "http:/h:80", "http:h:80", "http/h:80", "https//h:80"]) {
    test(`writes the URL that ${text} may mean`, () => {
      assert.equal(describeBadUrl(text), 'it has no scheme; write "http://h:80" or "https://h:80"');
    });
  }
  test("keeps a host that begins like a scheme", () => {
    assert.match(describeBadUrl("https.test") ?? "", /"http:\/\/https\.test"/);
  });
  const rows: readonly (readonly [url: string, problem: RegExp | undefined])[] = [
    ["http://localhost:8000", undefined],
    ["https://me:pass@shop.test/base/", undefined],
    ["http://[::1]:80", undefined],
    ["localhost:8000", /no scheme; write "http:\/\/localhost:8000"/],
    ["shop.test", /no scheme/],
    ["http://", /not a URL/],
    ["http://a b", /not a URL/],
    ["http://h:99999", /not a URL/],
    ["ws://h", /a URL for WebSockets/],
    ["http://h/?a=1", /query or a fragment/],
  ];
  for (const [url, problem] of rows) {
    test(`${url} is ${problem === undefined ? "good" : "refused"}`, () => {
      const found = describeBadUrl(url);
      if (problem === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", problem);
    });
  }
});

test("selectFrom() warns about a tag that no task carries, and names the nearest or all", () => {
  const task = { name: "t", weight: 1, kind: "task", tasks: [] } as const;
  const nested = { ...task, kind: "set", tags: [], tasks: [{ ...task, tags: ["write"] }] } as const;
  const description = {
    ...shop,
    warnings: [],
    userClasses: [userClass("Shopper", { tasks: [{ ...task, tags: ["read"] }, nested] })],
  };
  const warningsOf = (tags: readonly string[], excludeTags: readonly string[]) =>
    selectFrom(description, { ...plain, stages: "1m:1", tags, excludeTags }).warnings;
  assert.deepEqual(warningsOf(["read"], ["write"]), []);
  assert.deepEqual(warningsOf(["read", "red"], ["slow"]), [
    'No task carries the tag "red" of --tags; did you mean "read"?',
    'No task carries the tag "slow" of --exclude-tags; the tags are read, write',
  ]);
});
