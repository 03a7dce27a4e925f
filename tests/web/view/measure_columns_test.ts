import assert from "node:assert/strict";
import { test } from "node:test";
import { CHECK_COLUMNS, TRANSACTION_COLUMNS } from "../../../web/view/measure_columns.ts";

test("TRANSACTION_COLUMNS and CHECK_COLUMNS keep so many columns on a narrow screen that a name has room beside them", () => {
  const vital = (columns: readonly { readonly title: string; readonly isVital?: boolean }[]) =>
    columns.filter(({ isVital }) => isVital === true).map(({ title }) => title);
  assert.deepEqual(vital(TRANSACTION_COLUMNS), ["Transaction", "# Count", "# Fails", "95%ile (ms)"]);
  assert.deepEqual(vital(CHECK_COLUMNS), ["Check", "# Passes", "# Fails", "Pass rate"]);
});
