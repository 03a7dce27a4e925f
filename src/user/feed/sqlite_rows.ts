/**
 * The rows of a query to a SQLite file. The result is written once to a temporary table on the disk, in the order of
 * the query, and a row is read by its number there: neither the result nor the file is held in memory.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { LocustError } from "../../base/errors.ts";
import { openSqlite, type SqliteDatabase } from "../../platform/sqlite.ts";
import { findDataFile } from "./data_folder.ts";
import { unreadable } from "./file_rows.ts";
import type { OpenRows } from "./row_source.ts";

/** @throws LocustError for a file or a query that cannot be read */
export function openSqliteRows<Row>(name: string, at: "master" | "worker", query: string): OpenRows<Row> {
  const path = findDataFile(name, at);
  tryToRead(name, path, at);
  let database: SqliteDatabase | undefined;
  try {
    database = openSqlite(path);
    database.run("PRAGMA temp_store = FILE");
    database.run(`CREATE TEMP TABLE locust_rows AS ${query}`);
    const counted = database.prepare("SELECT count(*) AS size FROM locust_rows").get() as { readonly size: number };
    const size = Number(counted.size);
    if (size === 0) {
      throw new Error(`the query gives no row${hasParameter(query) ? ", and a parameter in it has no value" : ""}`);
    }
    const opened = database;
    const statement = database.prepare(`SELECT * FROM locust_rows WHERE ${findRowId(database)} = ?`);
    return {
      size,
      row: (number) => readRow(statement.get(number + 1) as object) as Row,
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

/** SQLite says nothing of a file that is not there, or of a folder. @throws LocustError */
function tryToRead(name: string, path: string, at: "master" | "worker"): void {
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, new Uint8Array(1));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw unreadable(name, at, error);
  }
}

/** `?`, `:name`, `@name` or `$name` outside of texts and comments. */
function hasParameter(query: string): boolean {
  const bare = query.replaceAll(/'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*[^]*?\*\//g, " ");
  return /\?|[:@$]\w/.test(bare);
}

/** SQLite's names of the number of a row. A column of the result that has one of them hides it. */
const ROW_IDS = ["rowid", "_rowid_", "oid"] as const;

function findRowId(database: SqliteDatabase): string {
  const first = database.prepare("SELECT * FROM locust_rows LIMIT 1").get() as object;
  const columns = Object.keys(first).map((column) => column.toLowerCase());
  const free = ROW_IDS.find((name) => !columns.includes(name));
  if (free !== undefined) return free;
  throw new Error(`the result has the columns ${ROW_IDS.join(", ")}, which are SQLite's own; rename one with AS`);
}

/** Integers are numbers where a number holds them, as every tool expects, and a `bigint` beyond: no digit of an id is lost. */
function readRow(row: object): object {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, fitNumber(value)]));
}

function fitNumber(value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
