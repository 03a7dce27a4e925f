/**
 * `feed`: rows of test data for users, as a locustfile names them. Feeds that a thread has made are known by their
 * names, so that one in a field of a user is the same for all users.
 */
import { LocustError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";
import { lateValues, type MarkLate } from "../../base/late_value.ts";
import { type Waiter, waiterOf } from "../cluster/user_wait.ts";
import { lifecycleInConstruction } from "../lifecycle/create_user.ts";
import type { UserLifecycle } from "../lifecycle/user_lifecycle.ts";
import type { User } from "../user.ts";
import { csvFormat, type CsvOptions, jsonLinesFormat, jsonListFormat } from "./file_formats.ts";
import {
  checkCsvOptions,
  type FeedKind,
  type FeedOptions,
  type FeedRules,
  readName,
  readPath,
  readRules,
  refusal,
} from "./feed_options.ts";
import { FEED_WORDS } from "./feed_words.ts";
import { type FileFormat, openFileRows } from "./file_rows.ts";
import { generatedRows, listRows, type RowSource } from "./row_source.ts";
import { SharedFeed } from "./shared_feed.ts";
import { openSqliteRows } from "./sqlite_rows.ts";

/** Rows of data, one for each call of `next`. Make it with `feed.csv` and the like. */
export interface Feed<Row> {
  /** Its path, or the name that it was given. */
  readonly name: string;
  /**
   * The next row. `user`: the one that waits for it, or a task set of it, whose stop ends the wait; a feed in a field
   * of a user knows it.
   *
   * @throws StopUser, StopTest where all rows are used up and `onEnd` says so
   * @throws LocustError if the file cannot be read, or the master does not answer where rows are unique
   */
  next(user?: User | { readonly user: User }): Promise<Row>;
}

/** Options of `feed.generate`. */
export interface GenerateOptions extends Omit<FeedOptions, "at"> {
  /** How many rows there are; without end if absent. */
  readonly size?: number;
}

interface Known {
  readonly key: string;
  readonly shared: SharedFeed<unknown>;
  readonly markRow: MarkLate;
}

const known = new Map<string, Known>();
let unnamed = 0;

/** Opens the feeds that modules and classes have made. @throws LocustError that names file and line */
export async function openFeeds(): Promise<void> {
  for (const { shared } of known.values()) await shared.open();
}

/**
 * Makes feeds: rows of data that users draw one after the other. Make them in a constant of the module, in a static
 * field, or in a field.
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
   * Rows of a CSV file: objects by the names in its first row. Every cell is a text. Quotes, line breaks in quotes, a
   * byte order mark and the separators `,` `;` tab and `|` are understood; a row with more or fewer cells than the
   * first is an error with its line.
   */
  csv<Row = Record<string, string>>(path: string, options: FeedOptions & CsvOptions = {}): Feed<Row> {
    return makeFeed("csv", path, options, (rules) => {
      checkCsvOptions(path, options);
      return fileRows(path, rules, csvFormat<Row>(options));
    });
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
    const given = nameUnnamed("list", options);
    if (!Array.isArray(items)) {
      throw refusal(given, `it is of ${describeKind(items)}; pass a list, as in feed.list(["ada", "grace"])`);
    }
    if (items.length === 0) throw refusal(given, "the list is empty; a feed needs one row at least");
    const hole = items.findIndex((item) => item === undefined); // also one of [1, , 3]
    if (hole >= 0) throw refusal(given, `item ${hole} of its list is undefined; leave it out`);
    return makeFeed("list", given, options, () => listRows(given, items));
  },

  /**
   * What a function makes of the number of a row: 0, 1, 2 … Each number is used once in the whole run, unless `unique`
   * is `none`. Not in a field of a user.
   */
  generate<Row>(make: (number: number) => Row, options: GenerateOptions = {}): Feed<Row> {
    const given = nameUnnamed("generated", options);
    if (typeof make !== "function") {
      const what = describeKind(make);
      throw refusal(given, `it is of ${what}; pass a function of a number, as in feed.generate((number) => number)`);
    }
    if (GENERATORS.has(Object.getPrototypeOf(make))) {
      throw refusal(
        given,
        "its function is a generator (function*); pass one that returns a row, as in (number) => ({ id: number })",
      );
    }
    const { size, unique, onEnd, order } = options ?? {};
    if (size !== undefined && !(Number.isSafeInteger(size) && size > 0)) {
      throw refusal(given, `size is ${describeKind(size)}; it is a whole number from 1 on`);
    }
    if (size === undefined && (order === "random" || order === "shuffle")) {
      throw refusal(given, `rows without an end have no random order; write size beside order: "${order}"`);
    }
    const rules = isObject(options)
      ? { ...options, unique: unique ?? (onEnd === "recycle" ? "none" : "run") } as const
      : options;
    return makeFeed("generate", given, rules, () => generatedRows(given, make, size));
  },

  /** The rows of a query to a SQLite file, objects by the names of its columns. The file is opened for reading alone. */
  sqlite<Row = Record<string, unknown>>(path: string, query: string, options: FeedOptions = {}): Feed<Row> {
    return makeFeed("sqlite", path, options, (rules) => {
      if (typeof query !== "string" || query.trim() === "") {
        throw refusal(path, `its query is ${describeKind(query)}; write SQL, as in "SELECT name, password FROM users"`);
      }
      return {
        name: path,
        key: path,
        open: () => new Promise((resolve) => resolve(openSqliteRows<Row>(path, rules.at, query))),
      };
    }, query);
  },
};

const GENERATORS: ReadonlySet<unknown> = new Set([
  Object.getPrototypeOf(function* () {}),
  Object.getPrototypeOf(async function* () {}),
]);

function makeFeed<Row>(
  kind: FeedKind,
  given: string,
  options: FeedOptions,
  source: (rules: FeedRules) => RowSource<Row>,
  more = "",
): Feed<Row> {
  const path = readPath(kind, given);
  const name = readName(path, options);
  const user = lifecycleInConstruction();
  const key = JSON.stringify([kind, path, options, more]);
  let entry = known.get(name);
  if (entry === undefined || kind === "list" || kind === "generate") {
    const rules = readRules(kind, name, options);
    if (user !== undefined && (kind === "list" || kind === "generate")) {
      throw new LocustError(
        `Cannot make the feed "${name}" in a field: each user would have its own; make it static, or a constant of the module`,
        { code: "feed" },
      );
    }
    if (entry !== undefined) throw sameName(name);
    const markRow = lateValues(`the next row of "${name}"`, "await rows.next(this)");
    entry = { key, shared: new SharedFeed<unknown>(name, source(rules), rules), markRow };
    known.set(name, entry);
  } else if (entry.key !== key) throw sameName(name);
  return bind(entry.shared as SharedFeed<Row>, entry.markRow, user);
}

function bind<Row>(shared: SharedFeed<Row>, markRow: MarkLate, owner: UserLifecycle | undefined): Feed<Row> {
  const { name } = shared;
  const what = `get the next row of "${name}"`;
  const next = (user?: Waiter) => markRow(shared.next(waiterOf(user, what, "feed") ?? owner));
  return Object.assign(Object.create(FEED_WORDS) as object, { name, next });
}

function fileRows<Row>(path: string, rules: FeedRules, format: FileFormat<Row>): RowSource<Row> {
  return { name: path, key: path, open: () => openFileRows(path, rules.at, format) };
}

/** What a list or a function is called that has no name of its own. */
function nameUnnamed(kind: string, options: { readonly name?: string } | null): string {
  const name = isObject(options) ? options.name : undefined;
  return typeof name === "string" && name !== "" ? name : `${kind} ${++unnamed}`;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function sameName(name: string): LocustError {
  return new LocustError(
    `Cannot make another feed "${name}" with other options: users of both would share one position in it; give one a name, as in { name: "…" }`,
    { code: "feed" },
  );
}
