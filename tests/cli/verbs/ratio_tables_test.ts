import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { formatRatioJson, formatRatioTables, formatUserList } from "../../../src/cli/verbs/ratio_tables.ts";
import type { TaskDescription, UserClassDescription } from "../../../src/protocol/locustfile_description.ts";

const task = (name: string, weight = 1, tags: readonly string[] = []): TaskDescription => (
  { name, weight, tags, kind: "task", tasks: [] }
);
const set = (name: string, weight: number, tasks: readonly TaskDescription[]): TaskDescription => (
  { name, weight, tags: [], kind: "set", tasks }
);
const userClass = (name: string, more: Partial<UserClassDescription>): UserClassDescription => (
  { name, file: "/x.ts", weight: 1, fixedCount: 0, needsHost: true, tasks: [], json: {}, ...more }
);

const shop = [
  userClass("Shopper", {
    weight: 3,
    tasks: [task("browse", 3), set("Forum", 1, [task("read", 3, ["slow"]), task("write")])],
  }),
  userClass("Admin", { weight: 1, tasks: [task("report")] }),
];
const all = { tags: [], excludeTags: [], equalWeights: false };

describe("formatRatioTables()", () => {
  test("shows shares of the parent, then of the whole", () => {
    const rule = "-".repeat(80);
    assert.equal(
      formatRatioTables(shop, undefined, all),
      [
        "",
        "Task ratio per User class",
        rule,
        " 25.0       Admin",
        "   100.0      report",
        " 75.0       Shopper",
        "   25.0       Forum",
        "     75.0       read",
        "     25.0       write",
        "   75.0       browse",
        "",
        "Total task ratio",
        rule,
        " 25.0       Admin",
        "   25.0       report",
        " 75.0       Shopper",
        "   18.8       Forum",
        "     14.1       read",
        "     4.7        write",
        "   56.3       browse",
        "",
        "",
      ].join("\n"),
    );
  });
});

describe("formatRatioJson()", () => {
  const ratios = (classes: readonly UserClassDescription[], users: number | undefined, selection = all) =>
    JSON.parse(formatRatioJson(classes, users, selection)) as {
      per_class: unknown;
      total: Record<string, { ratio: number }>;
    };

  test("has both tables, indented by four", () => {
    const text = formatRatioJson(shop, undefined, all);
    assert.match(text, /^\{\n {4}"per_class": \{\n {8}"Admin": \{\n {12}"ratio": 0\.25,/);
    assert.deepEqual(ratios([shop[1] as UserClassDescription], undefined).per_class, {
      Admin: { ratio: 1, tasks: { report: { ratio: 1 } } },
    });
  });
  test("fixed counts come first, the others share the rest of the users", () => {
    const classes = [
      userClass("Fixed", { fixedCount: 1 }),
      userClass("A", { weight: 1 }),
      userClass("B", { weight: 2 }),
    ];
    const { total } = ratios(classes, 10);
    assert.deepEqual([total["Fixed"]?.ratio, total["A"]?.ratio, total["B"]?.ratio], [0.1, 0.3, 0.6]);
  });
  test("tags leave tasks out, and sets with nothing left", () => {
    const names = (selection: typeof all | { tags: string[]; excludeTags: string[]; equalWeights: boolean }) =>
      Object.keys(
        (ratios([shop[0] as UserClassDescription], 1, selection as typeof all).per_class as {
          Shopper: { tasks: Record<string, unknown> };
        }).Shopper.tasks ?? {},
      );
    assert.deepEqual(names({ ...all, tags: ["slow"] }), ["Forum"]);
    assert.deepEqual(names({ ...all, excludeTags: ["slow"] }), ["Forum", "browse"]);
    assert.deepEqual(names({ ...all, tags: ["none"] }), []);
  });
  test("equal weights flatten the sets", () => {
    assert.deepEqual(ratios([shop[0] as UserClassDescription], 1, { ...all, equalWeights: true }).per_class, {
      Shopper: { ratio: 1, tasks: { browse: { ratio: 1 / 3 }, read: { ratio: 1 / 3 }, write: { ratio: 1 / 3 } } },
    });
  });
});

test("formatUserList() indents by four", () => {
  assert.equal(formatUserList(shop), "Available Users:\n    Shopper\n    Admin\n");
});
