import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { after, test } from "node:test";
import { openSqliteRows } from "../../../src/user/feed/sqlite_rows.ts";

const folder = mkdtempSync(join(tmpdir(), "locust-ts-sqlite-"));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Writable {
  run?(sql: string): void;
  exec?(sql: string): void;
  close(): void;
}

/** A database, written with what the runtime has. */
function writeDatabase(statements: readonly string[]): string {
  const path = join(folder, "shop.db");
  const builtin = process.getBuiltinModule as (name: string) => Record<string, new (path: string) => Writable>;
  const type = "Deno" in globalThis ? builtin("node:sqlite")["DatabaseSync"] : builtin("bun:sqlite")["Database"];
  assert.ok(type !== undefined);
  const database = new type(path);
  for (const statement of statements) (database.run ?? database.exec)?.call(database, statement);
  database.close();
  return path;
}

test("openSqliteRows() has the rows of a query in its order, by number", () => {
  const inserts = Array.from({ length: 300 }, (_, index) => `INSERT INTO users VALUES (${index}, 'user ${index}')`);
  const path = writeDatabase(["CREATE TABLE users (id INTEGER, name TEXT)", ...inserts]);
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
