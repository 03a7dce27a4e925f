import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { createCatalogue, ITEM_COUNT, PAGE_COUNT } from "../../src/demo/catalogue.ts";

test("createCatalogue() has the same items on each start", () => {
  assert.deepEqual(createCatalogue().item(7), createCatalogue().item(7));
  assert.equal(createCatalogue().item(7)?.id, 7);
});

test("Catalogue.item() ends where the items end", () => {
  const catalogue = createCatalogue();
  assert.equal(catalogue.item(0), undefined);
  assert.equal(catalogue.item(ITEM_COUNT)?.id, ITEM_COUNT);
  assert.equal(catalogue.item(ITEM_COUNT + 1), undefined);
  assert.equal(catalogue.item(Number.NaN), undefined);
});

test("Catalogue.page() holds every item once over all pages", () => {
  const catalogue = createCatalogue();
  const ids: number[] = [];
  for (let page = 1; page <= PAGE_COUNT; page++) {
    const body = JSON.parse(new TextDecoder().decode(catalogue.page(page)?.plain));
    for (const item of body.items) ids.push(item.id);
  }
  assert.deepEqual(ids, Array.from({ length: ITEM_COUNT }, (_, index) => index + 1));
  assert.equal(catalogue.page(0), undefined);
  assert.equal(catalogue.page(PAGE_COUNT + 1), undefined);
});

test("Catalogue.page() is the same text in both encodings", () => {
  const page = createCatalogue().page(3);
  assert.ok(page !== undefined);
  assert.equal(gunzipSync(page.gzip).toString(), new TextDecoder().decode(page.plain));
  assert.ok(page.gzip.length < page.plain.length);
});

test("Catalogue.search() finds by part of the name, whatever the case", () => {
  const found = createCatalogue().search("OAK");
  assert.ok(found.length > 0);
  assert.ok(found.every((item) => item.name.includes("oak")));
  assert.equal(createCatalogue().search("no such thing").length, 0);
});
