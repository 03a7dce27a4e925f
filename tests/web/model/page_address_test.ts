/** The tab in the address. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { tabOf } from "../../../web/model/page_address.ts";

test("tabOf() reads Locust's key, and the first tab without one", () => {
  assert.equal(tabOf("?x=1&tab=logViewer"), "logViewer");
  assert.equal(tabOf(""), "stats");
});
