import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { promisify } from "node:util";
import { SHIPPED_FS, SHIPPED_PLACE, shippedFsSource } from "../../../src/platform/bundling/shipped_fs.ts";
import { TempFolder } from "../../support/temp_folder.ts";

test("shippedFsSource() finds a shipped file in whatever way this runtime's node:fs has", async () => {
  const nearby = (source: string) =>
    source.replaceAll(`"${SHIPPED_PLACE}"`, '"./place.cjs"').replaceAll(`"${SHIPPED_FS}-promises"`, '"./promises.cjs"');
  using folder = new TempFolder({
    "fs.cjs": nearby(shippedFsSource(SHIPPED_FS)),
    "promises.cjs": nearby(shippedFsSource(`${SHIPPED_FS}-promises`)),
    "place.cjs": `exports.place = (path) => path === "shipped.csv" ? __dirname + "/shipped.csv" : path;
      exports.isRead = () => true;`,
    "shipped.csv": "a,b",
  });
  const fs = createRequire(import.meta.url)(folder.at("fs.cjs")) as typeof import("node:fs");
  assert.equal(fs.readFileSync("shipped.csv", "utf8"), "a,b");
  assert.equal(await fs.promises.readFile("shipped.csv", "utf8"), "a,b");
  assert.equal(await promisify(fs.readFile)("shipped.csv", "utf8"), "a,b");
  assert.equal(await promisify(fs.exists)("shipped.csv"), true);
  assert.equal(fs.realpathSync("shipped.csv"), fs.realpathSync(folder.at("shipped.csv")));
  assert.throws(() => fs.readFileSync("elsewhere.csv"), { code: "ENOENT" });
});
