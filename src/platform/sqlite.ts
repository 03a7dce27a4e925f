/** SQLite, as Bun (`bun:sqlite`) and Deno (`node:sqlite`) have it. */
import process from "node:process";
import { LocustError } from "../base/errors.ts";

export interface SqliteStatement {
  /** A row by its columns; integers are `bigint`. */
  get(...values: readonly unknown[]): unknown;
}

export interface SqliteDatabase {
  run(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

interface BunSqlite {
  readonly Database: new (path: string, options: { readonly readonly: boolean; readonly safeIntegers: boolean }) => {
    run(sql: string): void;
    query(sql: string): SqliteStatement;
    close(): void;
  };
}

interface NodeSqlite {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly: boolean }) => {
    exec(sql: string): void;
    prepare(sql: string): SqliteStatement & { setReadBigInts(enabled: boolean): void };
    close(): void;
  };
}

/** Opens a file for reading. @throws what the runtime throws where the file is none, or a `LocustError` where it has no SQLite */
export function openSqlite(path: string): SqliteDatabase {
  const builtin = process.getBuiltinModule as (name: string) => unknown;
  const bun = tryBuiltin(builtin, "bun:sqlite") as BunSqlite | undefined;
  if (bun !== undefined) {
    const database = new bun.Database(path, { readonly: true, safeIntegers: true });
    return {
      run: (sql) => void database.run(sql),
      prepare: (sql) => database.query(sql),
      close: () => database.close(),
    };
  }
  const node = tryBuiltin(builtin, "node:sqlite") as NodeSqlite | undefined;
  if (node === undefined) {
    throw new LocustError(
      `Cannot read rows of "${path}": this runtime has no SQLite; use the executable, Bun, or Deno 2.2 or later`,
      {
        code: "feed",
      },
    );
  }
  const database = new node.DatabaseSync(path, { readOnly: true });
  return {
    run: (sql) => database.exec(sql),
    prepare: (sql) => {
      const statement = database.prepare(sql);
      statement.setReadBigInts(true);
      return statement;
    },
    close: () => database.close(),
  };
}

function tryBuiltin(builtin: (name: string) => unknown, name: string): unknown {
  try {
    return builtin.call(process, name);
  } catch {
    return undefined; // another runtime's module
  }
}
