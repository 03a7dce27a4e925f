import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addExample, groupNameOf, isOfGroup, successorOf } from "../../../src/stats/groups/url_names.ts";

const GROUPS: readonly [sentence: string, name: string, group: string | undefined][] = [
  ["a number", "/items/17", "/items/[id]"],
  ["a number within", "/users/4/orders/99/lines", "/users/[id]/orders/[id]/lines"],
  ["a number with a slash behind it", "/items/17/", "/items/[id]/"],
  ["a number first", "/17", "/[id]"],
  ["a number with an extension", "/img/8231.jpg", "/img/[id].jpg"],
  ["a UUID", "/o/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/o/[id]"],
  ["a UUID in capitals", "/o/3F2504E0-4F89-11D3-9A0C-0305E82C3301.json", "/o/[id].json"],
  ["a ULID", "/o/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/o/[id]"],
  ["a MongoDB id", "/o/507f1f77bcf86cd799439011", "/o/[id]"],
  ["a short git hash", "/commit/deadbee1", "/commit/[id]"],
  ["a SHA-256", `/blob/${"0a".repeat(32)}`, "/blob/[id]"],
  ["a date", "/day/2026-01-31", "/day/[id]"],
  ["a month", "/month/2026-01", "/month/[id]"],
  ["a date in segments", "/news/2026/01/31", "/news/[id]/[id]/[id]"],
  ["a date with a time", "/at/2026-01-31T10:20:30.5Z", "/at/[id]"],
  ["a date with a time, encoded", "/at/2026-01-31T10%3A20%3A30+02%3A00", "/at/[id]"],
  ["values of a query", "/search?q=red+shoes&page=2", "/search?q=[value]&page=[value]"],
  ["an empty value", "/search?q=", "/search?q=[value]"],
  ["keys that are repeated", "/list?id=1&id=2&id=3", "/list?id=[value]"],
  ["a query that is an id", "/style.css?20260131", "/style.css?[id]"],
  ["an id and a query", "/items/17?view=full", "/items/[id]?view=[value]"],
  ["a whole URL", "https://shop.test:8080/items/17?a=1", "https://shop.test:8080/items/[id]?a=[value]"],
  ["a host that looks like an id", "http://10.0.0.7/items/17", "http://10.0.0.7/items/[id]"],
  ["a path without a slash before it", "items/17", "items/[id]"],
  ["a URL in a query", "/go?to=http://a/5", "/go?to=[value]"],
  ["a plain path", "/items/new", undefined],
  ["the root", "/", undefined],
  ["nothing", "", undefined],
  ["a version", "/api/v1/items", undefined],
  ["a word of hexadecimal letters", "/cafe/facade/deadbeef", undefined],
  ["a short hexadecimal number", "/sku/a1b2c3", undefined],
  ["a slug with a number", "/posts/top-10-shoes", undefined],
  ["a file with a version", "/app.2.js", undefined],
  ["a host alone", "http://10.0.0.7", undefined],
  ["a port", "http://localhost:8080", undefined],
  ["a flag in a query", "/search?debug", undefined],
  ["a group", "/items/[id]", undefined],
  ["a phone number with dashes", "/call/555-1234", undefined],
  ["a UUID that is cut", "/o/3f2504e0-4f89-11d3-9a0c", undefined],
];

test("isOfGroup() never says yes where groupNameOf() gives another name, and says it of the ordinary ones", () => {
  const groups = GROUPS.flatMap(([, , group]) => group ?? []);
  for (const [sentence, name, own] of GROUPS) {
    for (const group of groups) if (isOfGroup(name, group)) assert.equal(groupNameOf(name), group, sentence);
    const isCollapsed = sentence === "keys that are repeated";
    if (own !== undefined) assert.equal(isOfGroup(name, own), !isCollapsed, sentence);
  }
});

test("isOfGroup() agrees with groupNameOf() on any URL", () => {
  const part = fc.constantFrom(
    "/",
    "items",
    "17",
    "?",
    "&",
    "=",
    "a",
    ".jpg",
    "[id]",
    "[value]",
    "deadbee1",
    "http://",
    ":80",
  );
  const url = fc.array(part, { maxLength: 9 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(url, url, (a, b) => {
      const group = groupNameOf(b);
      if (group !== undefined && isOfGroup(a, group)) assert.equal(groupNameOf(a), group);
    }),
    { numRuns: 3000 },
  );
});

for (const [sentence, name, group] of GROUPS) {
  test(`groupNameOf() of ${sentence}: ${name} → ${group ?? "itself"}`, () => {
    assert.equal(groupNameOf(name), group);
    if (group !== undefined) assert.equal(groupNameOf(group) ?? group, group, "a group is no member of another one");
  });
}

test("groupNameOf() of a name whose group would be longer than a name may be: itself", () => {
  assert.equal(groupNameOf(`/${"a".repeat(990)}/1?b=2&c=3`), undefined);
});

test("successorOf() finds the row that took in another one", () => {
  const rows = new Set(["GET /items/[id]", "GET /items/5"]);
  const isThere = ({ method, name }: { method: string; name: string }) => rows.has(`${method} ${name}`);
  assert.deepEqual(successorOf({ method: "GET", name: "/items/4" }, isThere), { method: "GET", name: "/items/[id]" });
  assert.deepEqual(successorOf({ method: "GET", name: "/items/5" }, isThere), { method: "GET", name: "/items/5" });
  assert.deepEqual(successorOf({ method: "POST", name: "/items/4" }, isThere), { method: "POST", name: "/items/4" });
  assert.deepEqual(successorOf({ method: "GET", name: "/gone" }, isThere), { method: "GET", name: "/gone" });
});

test("addExample() keeps the same ones in whatever order they come", () => {
  const names = ["/items/5", "/items/12", "/items/1", "/items/7", "/items/12"];
  const add = (list: readonly string[]) => list.reduce<readonly string[]>((all, name) => addExample(all, name, 3), []);
  assert.deepEqual(add(names), ["/items/1", "/items/12", "/items/5"]);
  assert.deepEqual(add([...names].reverse()), add(names));
});
