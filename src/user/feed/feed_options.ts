/** The options of feeds, what they mean together, and the refusal of those that contradict each other. Pure. */
import { LocustError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";
import { nearest } from "../../base/hints/near_miss.ts";
import type { CsvOptions } from "./file_formats.ts";

export interface FeedOptions {
  /** In messages and tables; the path if absent. Feeds with one name are one feed. */
  readonly name?: string;
  /**
   * `sequence`: row after row. `random`: each time any row. `shuffle`: all rows in an order by chance, another one in
   * each pass. `--seed` makes it the same again. `sequence` if absent.
   */
  readonly order?: "sequence" | "random" | "shuffle";
  /**
   * `run`: each row is used once in the whole run, over all threads and machines. `none`: each machine goes through the
   * rows by itself, its threads taking turns. `none` if absent, `run` where `onEnd` is not `recycle`.
   */
  readonly unique?: "none" | "run";
  /**
   * When all rows are used: `recycle` begins again, `stopUser` ends each user that asks for another row, `stopTest`
   * ends the test, `wait` lets users wait for the end of the run. `recycle` if absent, `stopUser` where rows are
   * unique.
   */
  readonly onEnd?: "recycle" | "stopUser" | "stopTest" | "wait";
  /** `worker`: the file is read where it lies on each worker, and not among those that the master ships. `master` if absent. */
  readonly at?: "master" | "worker";
  /** Each worker has its own part of the rows, as many parts as there were workers when the first asked. False if absent. */
  readonly shard?: boolean;
}

export interface FeedRules {
  readonly order: NonNullable<FeedOptions["order"]>;
  readonly unique: NonNullable<FeedOptions["unique"]>;
  readonly onEnd: NonNullable<FeedOptions["onEnd"]>;
  readonly at: NonNullable<FeedOptions["at"]>;
  readonly shard: boolean;
}

const WORDS = {
  order: ["sequence", "random", "shuffle"],
  unique: ["none", "run"],
  onEnd: ["recycle", "stopUser", "stopTest", "wait"],
  at: ["master", "worker"],
} as const;

const OF_ALL = ["name", "order", "unique", "onEnd", "shard"];

/** By kind. */
const KNOWN: Readonly<Record<FeedKind, readonly string[]>> = {
  csv: [...OF_ALL, "at", "separator", "header"],
  jsonl: [...OF_ALL, "at"],
  json: [...OF_ALL, "at"],
  sqlite: [...OF_ALL, "at"],
  list: OF_ALL,
  generate: [...OF_ALL, "size"],
};

export type FeedKind = "csv" | "jsonl" | "json" | "sqlite" | "list" | "generate";

/** Words of other tools, and what they mean here. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  strategy: 'write order: "random" or "shuffle", and onEnd for what comes after the last row',
  random: 'write order: "random"',
  shuffle: 'write order: "shuffle"',
  circular: "rows begin again when all are used; leave it out",
  queue: 'write onEnd: "stopTest", or "stopUser"',
  recycle: 'write onEnd: "recycle", "stopUser", "stopTest" or "wait"',
  stopThread: 'write onEnd: "stopUser"',
  sharing: 'write unique: "run" for rows that are used once, or shard: true for a part of them for each worker',
  shared:
    'write unique: "run" for rows that are used once; rows that may repeat come one after the other on each machine',
  shareMode: 'write unique: "run" for rows that are used once, or shard: true for a part of them for each worker',
  delimiter: 'write separator: ";"',
  columns: 'write header: ["name", "password"]',
  fields: 'write header: ["name", "password"]',
  names: 'write header: ["name", "password"]',
  skipHeader: "the first row names the columns, unless header says otherwise; leave it out",
  loadAll: "rows are read as they are needed; leave it out",
  cache: "rows are read as they are needed; leave it out",
  encoding: "files are read as UTF-8; leave it out",
  path: "the path is the first argument; leave it out",
  file: "the path is the first argument; leave it out",
  count: "write size",
  mode: 'write order: "random" or "shuffle", and onEnd for what comes after the last row',
  loop: 'write onEnd: "recycle", "stopUser", "stopTest" or "wait"',
  recycleOnEof: 'write onEnd: "recycle"',
  stopThreadOnEof: 'write onEnd: "stopUser"',
  sharingMode: 'write unique: "run" for rows that are used once, or shard: true for a part of them for each worker',
  variableNames: 'write header: ["name", "password"]',
  ...wordsOf(
    "the first row names the columns, unless header says otherwise; leave it out",
    "skipFirstLine ignoreFirstLine",
  ),
  ...wordsOf("cells in quotes are understood; leave it out", "quote quotedData quoteChar allowQuotedData"),
  ...wordsOf("cells of CSV are texts; write Number(row.name) where it is used", "typed types cast dynamicTyping"),
  ...wordsOf("rows are read as they are needed; leave it out", "batchSize bufferSize"),
  seed: "orders by chance follow from --seed; leave it out",
};

/** Values of other tools for options of ours, and what they are here. */
const OTHER_VALUES: Readonly<Record<string, string>> = {
  "order circular": "rows begin again when all are used; leave it out",
  "order queue": 'write onEnd: "stopTest", or "stopUser"',
  "order unique": 'write unique: "run"',
  "unique true": 'write unique: "run"',
  "unique once": 'write unique: "run"',
  "unique false": "rows may repeat, unless unique says otherwise; leave it out",
  "onEnd stop": 'write onEnd: "stopUser" or "stopTest"',
  "onEnd circular": 'write onEnd: "recycle"',
};

function wordsOf(advice: string, names: string): Record<string, string> {
  return Object.fromEntries(names.split(" ").map((name) => [name, advice]));
}

/** @throws LocustError for options and words that there are not, and for options that contradict each other */
export function readRules(kind: FeedKind, name: string, options: FeedOptions): FeedRules {
  const stray = Object.keys(options).find((option) => !KNOWN[kind].includes(option));
  if (stray !== undefined) throw refusal(name, describeStray(kind, stray));
  for (const [option, words] of Object.entries(WORDS)) {
    const value = options[option as keyof typeof WORDS];
    if (value === undefined || (words as readonly string[]).includes(value)) continue;
    const key = `${option} ${String(value)}`;
    const advice = Object.hasOwn(OTHER_VALUES, key)
      ? OTHER_VALUES[key]
      : `it can be ${words.map((word) => `"${word}"`).join(", ")}`;
    throw refusal(name, `${option} is ${describeKind(value)}; ${advice}`);
  }
  const { order = "sequence", at = "master", shard = false } = options;
  if (typeof shard !== "boolean") throw refusal(name, `shard is ${describeKind(shard)}; it can be true or false`);
  const onEnd = options.onEnd ?? (options.unique === "run" ? "stopUser" : "recycle");
  const unique = options.unique ?? (onEnd === "recycle" ? "none" : "run");
  if (unique === "run" && onEnd === "recycle") {
    throw refusal(name, "rows that are unique cannot be recycled; leave out onEnd or unique");
  }
  if (unique === "none" && onEnd !== "recycle") {
    throw refusal(
      name,
      `rows that are not unique have no end, so that onEnd "${onEnd}" never comes; leave out one of both`,
    );
  }
  return { order, unique, onEnd, at, shard };
}

function describeStray(kind: FeedKind, stray: string): string {
  const other = Object.values(KNOWN).some((options) => options.includes(stray));
  const known = KNOWN[kind];
  if (other) return `feed.${kind} has no option "${stray}"; its options are ${known.join(", ")}`;
  const meant = nearest(stray, known);
  const advice = Object.hasOwn(OTHER_WORDS, stray)
    ? OTHER_WORDS[stray]
    : meant !== undefined
    ? `did you mean "${meant}"?`
    : `they are ${known.join(", ")}`;
  return `there is no option "${stray}"; ${advice}`;
}

/** @throws LocustError for a name that is no text, or for options that are no object */
export function readName(given: string, options: FeedOptions): string {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw refusal(given, `its options are ${describeKind(options)}; write an object, as in { order: "random" }`);
  }
  const { name } = options;
  if (name === undefined) return given;
  if (typeof name === "string" && name !== "") return name;
  throw refusal(given, `its name is ${describeKind(name)}; write a text, as in { name: "accounts" }`);
}

/** @throws LocustError for what is no path */
export function readPath(kind: FeedKind, path: string): string {
  if (typeof path === "string" && path !== "") return path;
  throw new LocustError(
    `Cannot make a feed: its path is ${describeKind(path)}; write that of a file, as in feed.${kind}("${
      EXAMPLES[kind]
    }")`,
    { code: "feed" },
  );
}

const EXAMPLES: Readonly<Record<FeedKind, string>> = {
  csv: "users.csv",
  jsonl: "users.jsonl",
  json: "users.json",
  sqlite: "users.db",
  list: "",
  generate: "",
};

/** @throws LocustError for a separator or header that is none */
export function checkCsvOptions(name: string, { separator, header }: CsvOptions): void {
  const isSeparator = typeof separator === "string" && separator.length === 1 && separator.charCodeAt(0) < 128 &&
    separator !== '"';
  if (separator !== undefined && !isSeparator) {
    throw refusal(name, `separator is ${describeKind(separator)}; it is one character, as in ";" or "\\t"`);
  }
  if (header === undefined || typeof header === "boolean") return;
  const isList = Array.isArray(header) && header.length > 0;
  if (!isList || !header.every((each) => typeof each === "string" && each !== "")) {
    const example = '["name", "password"]';
    throw refusal(
      name,
      `header is ${describeKind(header)}; it can be a list of names, as in ${example}, true or false`,
    );
  }
  const repeated = header.find((each, index) => header.indexOf(each) !== index);
  if (repeated === undefined) return;
  throw refusal(name, `header names the column "${repeated}" twice; give each column a name of its own`);
}

export function refusal(name: string, reason: string): LocustError {
  return new LocustError(`Cannot make the feed "${name}": ${reason}`, { code: "feed" });
}
