import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openSqliteRows } from "../../../src/user/feed/sqlite_rows.ts";
import { writeDatabase } from "../../support/write_database.ts";

const folder = mkdtempSync(join(tmpdir(), "locust-ts-sqlite-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const writeShop = (statements: readonly string[]) => writeDatabase(join(folder, "shop.db"), statements);

test("openSqliteRows() has the rows of a query in its order, by number", () => {
  const inserts = Array.from({ length: 300 }, (_, index) => `INSERT INTO users VALUES (${index}, 'user ${index}')`);
  const path = writeShop(["CREATE TABLE users (id INTEGER, name TEXT)", ...inserts]);
  const query = "SELECT name, id * 2 AS twice FROM users WHERE id >= 100 ORDER BY id DESC";
  const rows = openSqliteRows<{ name: string; twice: number }>(path, "master", query);
  assert.equal(rows.size, 200);
  assert.deepEqual(rows.row(0), { name: "user 299", twice: 598 });
  assert.deepEqual(rows.row(199), { name: "user 100", twice: 200 });
  rows.close();
  const read = (sql: string, file = path) => () => openSqliteRows(file, "master", sql);
  assert.throws(read("SELECT nothing FROM users"), /Cannot read rows of ".*shop.db": .*nothing/);
  assert.throws(read("SELECT * FROM users LIMIT 0"), /gives no row/);
  assert.throws(read(query, join(folder, "none.db")), /Cannot read rows of/);
});
