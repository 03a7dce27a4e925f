/**
 * The rows of a query to a SQLite file. The result is written once to a temporary table on the disk, in the order of the query, and a row is
 * read by its number there: neither the result nor the file is held in memory.
 */
import { LocustError } from "../../base/errors.ts";
import { openSqlite, type SqliteDatabase } from "../../platform/sqlite.ts";
import { findDataFile } from "./data_folder.ts";
import type { OpenRows } from "./row_source.ts";

/** @throws LocustError for a file or a query that cannot be read */
export function openSqliteRows<Row>(name: string, at: "master" | "worker", query: string): OpenRows<Row> {
  let database: SqliteDatabase | undefined;
  try {
    database = openSqlite(findDataFile(name, at));
    database.run("PRAGMA temp_store = FILE");
    database.run(`CREATE TEMP TABLE locust_rows AS ${query}`);
    const counted = database.prepare("SELECT count(*) AS size FROM locust_rows").get() as { readonly size: number };
    const size = Number(counted.size);
    if (size === 0) throw new Error("the query gives no row");
    const opened = database;
    const statement = database.prepare("SELECT * FROM locust_rows WHERE rowid = ?");
    return {
      size,
      row: (number) => ({ ...statement.get(number + 1) as object }) as Row,
      close: () => opened.close(),
    };
  } catch (error) {
    database?.close();
    if (error instanceof LocustError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new LocustError(`Cannot read rows of "${name}": ${reason}; check the path and the query`, {
      code: "feed",
      cause: error,
    });
  }
}
