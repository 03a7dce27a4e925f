/** Keys of the page. */
import { strict as assert } from "node:assert";
import { test } from "node:test";
import { ShortcutReader } from "../../../web/model/shortcuts.ts";

test("ShortcutReader: g and a letter opens a tab, a slow or wrong one does not, a modified key means nothing", () => {
  const reader = new ShortcutReader();
  const press = (key: string, atMs: number, isModified = false) => reader.read({ key, atMs, isModified });
  assert.equal(press("g", 0), undefined);
  assert.deepEqual(press("l", 100), { kind: "tab", key: "logViewer" });
  press("g", 1000);
  assert.equal(press("l", 9000), undefined);
  assert.deepEqual(press("e", 9100), { kind: "edit" });
  assert.equal(press("/", 9200, true), undefined);
});
