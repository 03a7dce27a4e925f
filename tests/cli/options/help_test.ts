import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import { wrap } from "../../../src/base/text/text.ts";
import { formatHelp, formatOverview } from "../../../src/cli/options/help.ts";
import { VERB_NAMES, VERBS } from "../../../src/cli/options/table/verbs.ts";
import { assertGolden } from "../../support/golden_text.ts";
import { OPTION_TABLE } from "../../../src/cli/options/table/option_table.ts";

describe("formatHelp()", () => {
  for (const verb of VERB_NAMES) {
    test(`about ${verb} reads as in its golden file at 80 columns`, () => {
      assertGolden(`cli/help_${verb}.txt`, formatHelp({ columns: 80, verb }));
    });
  }
  test("about the program reads as in its golden file at 80 columns", () => {
    assertGolden("cli/help.txt", formatHelp({ columns: 80 }));
  });
  test("no line is longer than the terminal, or than what can be read", () => {
    for (const [columns, limit] of [[60, 60], [80, 80], [100, 100], [200, 110]] as const) {
      for (const verb of [undefined, ...VERB_NAMES]) {
        const text = formatHelp({ columns, ...(verb === undefined ? {} : { verb }) });
        const tooLong = text.split("\n").filter((line) => line.length > limit && !line.startsWith("  locust-ts "));
        assert.deepEqual(tooLong, [], `${verb} at ${columns}`);
      }
    }
  });
  test("every option of the table is there, hidden ones are not", () => {
    const text = formatHelp({ columns: 80, verb: "run" });
    for (const spec of OPTION_TABLE) {
      assert.equal(new RegExp(`^ .*--${spec.name}( |$)`, "m").test(text), spec.hidden === undefined, spec.name);
    }
  });
  test("the locustfile's own options have a group, secrets show no default, controls are escaped", () => {
    const text = formatHelp({
      columns: 80,
      verb: "run",
      customArguments: [
        {
          flags: ["--tenant", "-x"],
          name: "tenant",
          type: "string",
          default: "acme",
          env: "TENANT",
          help: "Whose \x1b[31mshop.",
          secret: false,
          required: false,
          includeInWebUi: true,
        },
        {
          flags: ["--token"],
          name: "token",
          type: "string",
          default: "geheim",
          secret: true,
          required: false,
          includeInWebUi: true,
        },
      ],
    });
    assert.match(
      text,
      /Options of this locustfile:\n {2}-x, --tenant VALUE +Whose \\x1b\[31mshop\. \[TENANT; default acme\]\n/,
    );
    assert.match(text, / {6}--token VALUE\n/);
    assert.doesNotMatch(text, /geheim/);
  });
});

test("formatOverview() reads as in its golden file at 80 columns", () => {
  assertGolden("cli/overview.txt", formatOverview(80));
});

test("wrap() breaks at spaces only", () => {
  assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrap("incomprehensible x", 5), ["incomprehensible", "x"]);
  assert.deepEqual(wrap("", 5), [""]);
});

test("help has no line that is wider than a terminal of 40 columns, but for a single longer word", () => {
  const texts = [
    formatOverview(40),
    formatHelp({ columns: 40 }),
    ...VERBS.map(({ name }) => formatHelp({ columns: 40, verb: name })),
  ];
  const wide = texts.flatMap((text) => text.split("\n")).filter((line) => line.length > 40 && /\S\s/.test(line));
  assert.deepEqual(wide, []);
});
