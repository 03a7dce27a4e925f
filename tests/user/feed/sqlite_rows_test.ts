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
  assert.throws(read("SELECT * FROM users WHERE id = ? -- $1"), /gives no row, and a parameter in it has no value;/);
  assert.throws(read("SELECT * FROM users WHERE name = 'a?' -- ?"), /gives no row; check/);
  assert.throws(
    read(query, join(folder, "none.db")),
    /Cannot read rows of ".*none.db": there is no such file; check the path/,
  );
  assert.throws(read(query, folder), /Cannot read rows of ".*": it is a folder; name a file in it/);
});

test("openSqliteRows() reads every row where the query has a column with SQLite's own name of the row's number", () => {
  const path = writeDatabase(join(folder, "gaps.db"), [
    "CREATE TABLE users (name TEXT)",
    "INSERT INTO users VALUES ('c'), ('gone'), ('b'), ('d')",
    "DELETE FROM users WHERE name = 'gone'",
  ]);
  const names = (columns: string) => {
    const rows = openSqliteRows<{ name: string }>(path, "master", `SELECT ${columns}, name FROM users ORDER BY name;`);
    const read = Array.from({ length: rows.size ?? 0 }, (_, number) => rows.row(number));
    rows.close();
    return read;
  };
  assert.deepEqual(names("rowid"), [{ rowid: 3, name: "b" }, { rowid: 1, name: "c" }, { rowid: 4, name: "d" }]);
  const second = { ROWID: 1, oid: 7, name: "c" };
  assert.deepEqual(names("rowid AS ROWID, 7 AS oid")[1], second);
  assert.throws(() => names("1 AS rowid, 2 AS _rowid_, 3 AS oid"), /rename one with AS/);
});

test("openSqliteRows() keeps all digits of an integer that no number holds", () => {
  const path = writeDatabase(join(folder, "large.db"), [
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, price REAL, items INTEGER)",
    "INSERT INTO orders VALUES (9007199254740993, 1.5, 3)",
  ]);
  const rows = openSqliteRows(path, "master", "SELECT * FROM orders");
  assert.deepEqual(rows.row(0), { id: 9007199254740993n, price: 1.5, items: 3 });
  rows.close();
});
