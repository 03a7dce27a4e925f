/**
 * Advice on members that `feed`, `metrics`, `cluster` and users do not have and other tools have, or that are mistyped. Reads what the engines say of
 * a call of something that is no function; of objects with other names it says nothing.
 */
import { nearest } from "./near_miss.ts";

interface Members {
  readonly has: readonly string[];
  /** Words of other tools by ours. */
  readonly words: Readonly<Record<string, readonly string[]>>;
}

const OBJECTS: Readonly<Record<string, Members>> = {
  feed: {
    has: ["csv", "jsonl", "json", "list", "generate", "sqlite"],
    words: {
      csv: ["tsv", "ssv", "separatedValues", "xlsx", "excel", "file", "text", "lines"],
      jsonl: ["ndjson", "jsonLines", "jsonlines", "lines"],
      json: ["jsonFile", "jsonUrl", "sharedArray", "SharedArray"],
      list: ["array", "of", "from", "items", "values", "rows"],
      generate: ["range", "counter", "sequence", "function", "iterator", "random", "fn"],
      sqlite: ["sql", "jdbc", "db", "database", "query"],
    },
  },
  metrics: {
    has: ["trend", "counter", "rate", "gauge"],
    words: {
      trend: ["histogram", "timer", "summary", "distribution", "time", "timing"],
      counter: ["count", "sum", "increment", "inc"],
      rate: ["ratio", "share", "percentage"],
      gauge: ["value", "level", "meter"],
    },
  },
  cluster: {
    has: ["counter", "barrier", "once", "get", "set"],
    words: {
      counter: ["increment", "incr", "inc", "add", "count"],
      barrier: ["rendezVous", "rendezvous", "wait", "sync", "synchronize", "meet"],
      once: ["lock", "mutex", "run", "single", "leader"],
      get: ["value", "read"],
      set: ["put", "share", "write"],
    },
  },
};

const REQUESTS = ["get", "post", "put", "patch", "delete", "head", "options", "request", "fetch", "rest"];
const BLOCKS = ["group", "startTransaction", "startGroup", "withTransaction", "step"];

/** What a user is asked for that it does not have. */
const OF_USERS: Readonly<Record<string, string>> = {
  checks: 'write checks(res, { … }), with "checks" from "locust-ts"',
  expect: "write this.check(name, condition)",
  assert: "write this.check(name, condition)",
  ...Object.fromEntries(BLOCKS.map((word) => [word, "write await this.transaction(name, async () => { … })"])),
  ...Object.fromEntries(REQUESTS.map((word) => [word, `requests are made by the client: "this.client.${word}"`])),
};

/** An engine's `a.b is not a function`, `a.b is not a constructor`; Bun's of `new`: `(evaluating 'new a.b(…)')`. */
const CALLED = /(?:^|evaluating '(?:new )?)([\w$]+)\.([\w$]+)(?: is not a (?:function|constructor)|\()/;
/** `this.metrics.trend(…)`: there is no such member of a user. */
const OF_THIS = /evaluating '(?:new )?this\.(feed|metrics|cluster|events)\b/;

/** `metrics.histogram is not there: write metrics.trend`, or undefined if the text speaks of nothing that is known. */
export function hintAtMember(message: string): string | undefined {
  const imported = OF_THIS.exec(message)?.[1];
  if (imported !== undefined) return `"${imported}" is no member of a user; import it from "locust-ts"`;
  if (/^feed is not a function/.test(message)) return 'write feed.csv("users.csv"), and await its next(this)';
  const [, object = "", member = ""] = CALLED.exec(message) ?? [];
  if (object === "this") return Object.hasOwn(OF_USERS, member) ? OF_USERS[member] : undefined;
  return Object.hasOwn(OBJECTS, object) ? hintAt(object, member) : undefined;
}

function hintAt(object: string, member: string): string | undefined {
  const { has, words } = OBJECTS[object] as Members;
  if (has.includes(member)) return undefined;
  const meant = Object.keys(words).find((ours) => words[ours]?.includes(member)) ?? nearest(member, has);
  return meant === undefined ? `${object} has ${has.join(", ")}` : `write ${object}.${meant}`;
}
