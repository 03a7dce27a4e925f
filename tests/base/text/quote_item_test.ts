import assert from "node:assert/strict";
import { test } from "node:test";
import { quoteItem } from "../../../src/base/text/quote_item.ts";
import { splitAtCommas } from "../../../src/cli/options/table/split_list.ts";

test("quoteItem() keeps what a list holds in one item, however it is written", () => {
  const items = ["plain", "New York", "desk, brown", 'say "hello"', "it's", "[id]", "a=b"];
  assert.deepEqual(splitAtCommas(items.map(quoteItem).join(",")), items);
  assert.deepEqual(items.flatMap((item) => splitAtCommas(quoteItem(item))), items);
  assert.equal(quoteItem("New York"), "New York");
});
