/** Columns of the live table that a locustfile adds. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { ApiRow } from "../../../src/server/answers/api_snapshot.ts";
import { extraColumn } from "../../../web/view/live_columns.ts";

const row = (method: string, name: string) => ({ method, name }) as ApiRow;

test("extraColumn() finds its values by the labels of the rows, the sum's too", () => {
  const rows = [{ name: "GET /items", value: 1234 }, { name: "Aggregated", value: 5 }, { name: "PUT /x", value: null }];
  const column = extraColumn({ title: "Bytes" }, rows);
  assert.equal(column.kind, "number");
  assert.deepEqual(
    [row("GET", "/items"), row("", "Aggregated"), row("PUT", "/x"), row("GET", "/lost")].map(column.value),
    [
      1234,
      5,
      null,
      null,
    ],
  );
  assert.deepEqual([row("GET", "/items"), row("GET", "/lost")].map(column.text), ["1,234", "–"]);
});

test("extraColumn() with a text among its values is a column of texts", () => {
  const column = extraColumn({ title: "Owner" }, [{ name: "GET /a", value: "team <b>" }, { name: "GET /b", value: 2 }]);
  assert.equal(column.kind, "text");
  assert.equal(column.text(row("GET", "/a")), "team <b>");
});
