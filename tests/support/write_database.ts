/** Writes a SQLite file with what the runtime of the test has. */
import assert from "node:assert/strict";
import process from "node:process";

interface Writable {
  run?(sql: string): void;
  exec?(sql: string): void;
  close(): void;
}

export function writeDatabase(path: string, statements: readonly string[]): string {
  const builtin = process.getBuiltinModule as (name: string) => Record<string, new (path: string) => Writable>;
  const type = "Deno" in globalThis ? builtin("node:sqlite")["DatabaseSync"] : builtin("bun:sqlite")["Database"];
  assert.ok(type !== undefined);
  const database = new type(path);
  for (const statement of statements) (database.run ?? database.exec)?.call(database, statement);
  database.close();
  return path;
}
