import assert from "node:assert/strict";
import { test } from "node:test";
import { splitColumns, splitRows } from "../../../web/view/split_rows.ts";
import { arrange, type Column, toClipboardText } from "../../../web/view/table_columns.ts";

interface Row {
  readonly method: string;
  readonly name: string;
  readonly requests: number;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: "Name", kind: "text", value: ({ name }) => name, text: ({ name }) => name },
  {
    title: "# Requests",
    kind: "number",
    value: ({ requests }) => requests,
    text: ({ requests }) => String(requests),
    isThin: ({ requests }) => requests < 10,
  },
];
const row = (name: string, requests: number): Row => ({ method: name === "Aggregated" ? "" : "GET", name, requests });
const VALUES = [
  { value: "eu", total: row("Aggregated", 30), entries: [row("/a", 10), row("/b", 20)] },
  { value: "us", total: row("Aggregated", 4), entries: [row("/b", 4)] },
];
const columns = splitColumns("region", COLUMNS);

test("splitRows(): the values first, then those of each row next to each other", () => {
  assert.equal(
    toClipboardText(splitRows(VALUES), columns),
    [
      "region\tName\t# Requests",
      "eu\tAggregated\t30",
      "us\tAggregated\t4",
      "eu\t/a\t10",
      "eu\t/b\t20",
      "us\t/b\t4",
    ].join("\n"),
  );
});

test("splitRows(): the filter finds names and values, and columns sort as in the table", () => {
  const shown = (filter: string, column?: string) =>
    arrange(splitRows(VALUES), columns, filter, column === undefined ? undefined : { column, direction: "descending" })
      .map(({ value, row }) => `${value} ${row.name}`);
  assert.deepEqual(shown("us"), ["us Aggregated", "us /b"]);
  assert.deepEqual(shown("/b"), ["eu /b", "us /b"]);
  assert.deepEqual(shown("", "# Requests")[0], "eu Aggregated");
  assert.deepEqual(shown("/b", "region"), ["us /b", "eu /b"]);
});

test("splitColumns() keeps what a column says of its rows", () => {
  const [, , requests] = columns;
  assert.deepEqual(splitRows(VALUES).map((each) => requests?.isThin?.(each)), [false, true, false, false, true]);
  assert.equal(columns[0]?.isThin, undefined);
});
