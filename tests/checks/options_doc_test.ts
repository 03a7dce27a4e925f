import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { checkOptionsDoc, formatOptionsDoc, readOptionsDoc } from "../../scripts/checks/options_doc.ts";
import { OPTION_TABLE } from "../../src/cli/options/table/option_table.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("checkOptionsDoc() finds a page that is stale or absent", () => {
  assert.deepEqual(checkOptionsDoc(formatOptionsDoc()), []);
  assert.match(checkOptionsDoc(`${formatOptionsDoc()}more`)[0]?.text ?? "", /is stale; write it anew with/);
  assert.equal(checkOptionsDoc("").length, 1);
});

test("docs/options.md is what the option table says", () => {
  assert.deepEqual(checkOptionsDoc(readOptionsDoc(root)), []);
});

test("readOptionsDoc() takes an absent page for an empty one", () => {
  assert.equal(readOptionsDoc(`${root}/no/such/folder`), "");
});

test("formatOptionsDoc() names every option with its variable", () => {
  const page = formatOptionsDoc();
  for (const { name, env, hidden } of OPTION_TABLE) {
    assert.match(page, new RegExp(`--${name}\\b`));
    if (hidden === undefined && env !== undefined) assert.ok(page.includes(`\`${env}\``), env);
  }
});

test("formatOptionsDoc() names options that are refused in one table alone, not in those of the commands", () => {
  const rows = (name: string) => formatOptionsDoc().split("\n").filter((line) => line.startsWith(`| \`--${name}`));
  assert.deepEqual(rows("slave"), ["| `--slave` | refused | it was renamed; use --worker |"]);
  assert.deepEqual(rows("headful"), ["| `--headful` | the same | Override headless = true of a config file. |"]);
});
