/** The tab in the address. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { completeAddress, tabOf } from "../../../web/model/page_address.ts";

test("tabOf() reads Locust's key, and the first tab without one", () => {
  assert.equal(tabOf("?x=1&tab=logViewer"), "logViewer");
  assert.equal(tabOf(""), "stats");
});

test("completeAddress() ends the path with a slash, and keeps tab and place", () => {
  const visit = (pathname: string, search = "", hash = "") => {
    const written: unknown[] = [];
    const history = { replaceState: (_state: unknown, _title: string, url: string) => written.push(url) };
    completeAddress({ location: { pathname, search, hash }, history } as never);
    return written;
  };
  assert.deepEqual(visit("/team/load", "?tab=charts", "#x"), ["/team/load/?tab=charts#x"]);
  assert.deepEqual(visit("/team/load/", "?tab=charts"), []);
  assert.deepEqual(visit("/"), []);
});
