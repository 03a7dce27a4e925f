/**
 * `feed`: rows of test data for users, as a locustfile names them. Feeds that a thread has made are known by their names, so that one in a
 * field of a user is the same for all users.
 */
import { LocustError } from "../../base/errors.ts";
import { lifecycleInConstruction } from "../running/create_user.ts";
import { LIFECYCLE, type UserLifecycle } from "../running/user_lifecycle.ts";
import type { User } from "../user.ts";
import { csvFormat, type CsvOptions, jsonLinesFormat, jsonListFormat } from "./file_formats.ts";
import { type FeedOptions, type FeedRules, readRules } from "./feed_options.ts";
import { type FileFormat, openFileRows } from "./file_rows.ts";
import { generatedRows, listRows, type RowSource } from "./row_source.ts";
import { SharedFeed } from "./shared_feed.ts";
import { openSqliteRows } from "./sqlite_rows.ts";

/** Rows of data, one for each call of `next`. Make it with `feed.csv` and the like. */
export interface Feed<Row> {
  /** Its path, or the name that it was given. */
  readonly name: string;
  /**
   * The next row. `user`: the one that waits for it, whose stop ends the wait; a feed in a field of a user knows it.
   *
   * @throws StopUser, StopTest where all rows are used up and `onEnd` says so
   * @throws LocustError if the file cannot be read, or the master does not answer where rows are unique
   */
  next(user?: User): Promise<Row>;
}

/** Options of `feed.generate`. */
export interface GenerateOptions extends Omit<FeedOptions, "at"> {
  /** How many rows there are; without end if absent. */
  readonly size?: number;
}

interface Known {
  readonly key: string;
  readonly shared: SharedFeed<unknown>;
}

const known = new Map<string, Known>();
let unnamed = 0;

/** Opens the feeds that modules and classes have made. @throws LocustError that names file and line */
export async function openFeeds(): Promise<void> {
  for (const { shared } of known.values()) await shared.open();
}

/**
 * Makes feeds: rows of data that users draw one after the other. Make them in a constant of the module, in a static field, or in a field.
 *
 * @example
 * ```ts
 * const accounts = feed.csv<{ name: string; password: string }>("accounts.csv", { unique: "run" });
 *
 * export class Visitor extends HttpUser {
 *   @task
 *   async login() {
 *     const { name, password } = await accounts.next(this);
 *     await this.client.post("/login", { form: { name, password } });
 *   }
 * }
 * ```
 */
export const feed = {
  /**
   * Rows of a CSV file: objects by the names in its first row. Every cell is a text. Quotes, line breaks in quotes, a byte order mark and
   * the separators `,` `;` tab and `|` are understood; a row with more or fewer cells than the first is an error with its line.
   */
  csv<Row = Record<string, string>>(path: string, options: FeedOptions & CsvOptions = {}): Feed<Row> {
    const { separator } = options;
    if (separator !== undefined && (separator.length !== 1 || separator.charCodeAt(0) > 127 || separator === '"')) {
      throw new LocustError(
        `Cannot make the feed "${path}": separator is "${separator}"; it is one character, as in ";" or "\\t"`,
        { code: "feed" },
      );
    }
    return makeFeed("csv", path, options, (rules) => fileRows(path, rules, csvFormat<Row>(options)));
  },

  /** Rows of a file with a JSON value per line. */
  jsonl<Row = unknown>(path: string, options: FeedOptions = {}): Feed<Row> {
    return makeFeed("jsonl", path, options, (rules) => fileRows(path, rules, jsonLinesFormat<Row>()));
  },

  /** The elements of a JSON file that holds one list. */
  json<Row = unknown>(path: string, options: FeedOptions = {}): Feed<Row> {
    return makeFeed("json", path, options, (rules) => fileRows(path, rules, jsonListFormat<Row>()));
  },

  /** The items of a list. Not in a field of a user: each would have a list of its own. */
  list<Row>(items: readonly Row[], options: Omit<FeedOptions, "at"> = {}): Feed<Row> {
    const name = options.name ?? nameUnnamed("list");
    if (items.length === 0) {
      throw new LocustError(`Cannot make the feed "${name}": the list is empty; a feed needs one row at least`, {
        code: "feed",
      });
    }
    return makeFeed("list", name, options, () => listRows(name, items));
  },

  /**
   * What a function makes of the number of a row: 0, 1, 2 … Each number is used once in the whole run, unless `unique` is `none`.
   * Not in a field of a user.
   */
  generate<Row>(make: (number: number) => Row, options: GenerateOptions = {}): Feed<Row> {
    const name = options.name ?? nameUnnamed("generated");
    const rules = { ...options, unique: options.unique ?? (options.onEnd === "recycle" ? "none" : "run") } as const;
    return makeFeed("generate", name, rules, () => generatedRows(name, make, options.size));
  },

  /** The rows of a query to a SQLite file, objects by the names of its columns. The file is opened for reading alone. */
  sqlite<Row = Record<string, unknown>>(path: string, query: string, options: FeedOptions = {}): Feed<Row> {
    return makeFeed("sqlite", path, options, (rules) => ({
      name: path,
      key: path,
      open: () => new Promise((resolve) => resolve(openSqliteRows<Row>(path, rules.at, query))),
    }), query);
  },
};

function makeFeed<Row>(
  kind: string,
  path: string,
  options: FeedOptions,
  source: (rules: FeedRules) => RowSource<Row>,
  more = "",
): Feed<Row> {
  const name = options.name ?? path;
  const user = lifecycleInConstruction();
  const key = JSON.stringify([kind, path, options, more]);
  let entry = known.get(name);
  if (entry === undefined || kind === "list" || kind === "generate") {
    const rules = readRules(name, options);
    if (user !== undefined && (kind === "list" || kind === "generate")) {
      throw new LocustError(
        `Cannot make the feed "${name}" in a field: each user would have its own; make it static, or a constant of the module`,
        { code: "feed" },
      );
    }
    if (entry !== undefined) throw sameName(name);
    entry = { key, shared: new SharedFeed<unknown>(name, source(rules), rules) };
    known.set(name, entry);
  } else if (entry.key !== key) throw sameName(name);
  return bind(entry.shared as SharedFeed<Row>, user);
}

function bind<Row>(shared: SharedFeed<Row>, owner: UserLifecycle | undefined): Feed<Row> {
  return { name: shared.name, next: (user) => shared.next(user?.[LIFECYCLE] ?? owner) };
}

function fileRows<Row>(path: string, rules: FeedRules, format: FileFormat<Row>): RowSource<Row> {
  return { name: path, key: path, open: () => openFileRows(path, rules.at, format) };
}

function nameUnnamed(kind: string): string {
  return `${kind} ${++unnamed}`;
}

function sameName(name: string): LocustError {
  return new LocustError(
    `Cannot make another feed "${name}" that reads otherwise: users of both would share one place in it; give one a name, as in { name: "…" }`,
    { code: "feed" },
  );
}
