/**
 * Advice on members that `feed`, `metrics`, `cluster` and users do not have and other tools have, or that are mistyped.
 * Reads what the engines say of a call of something that is no function; of objects with other names it says nothing.
 */
import { FOREIGN_NAMES } from "./foreign_names.ts";
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

const RANDOM: Members = {
  has: ["float", "integer", "choice", "shuffle", "string"],
  words: {
    float: ["random", "uniform", "next", "number"],
    integer: ["randint", "randrange", "int", "between", "range"],
    choice: ["choices", "sample", "pick", "item"],
    shuffle: [],
    string: ["text", "chars"],
  },
};

const REQUESTS = ["get", "post", "put", "patch", "delete", "head", "options", "request", "fetch", "rest"];
const BLOCKS = ["group", "startTransaction", "startGroup", "withTransaction", "step"];
const PAUSES = ["pause", "think", "delay"];

/** What a user is asked for that it does not have. */
const OF_USERS: Readonly<Record<string, string>> = {
  checks: 'write checks(res, { … }), with "checks" from "locust-ts"',
  expect: "write this.check(name, condition)",
  assert: "write this.check(name, condition)",
  ...Object.fromEntries(BLOCKS.map((word) => [word, "write await this.transaction(name, async () => { … })"])),
  ...Object.fromEntries(PAUSES.map((word) => [word, "write await this.sleep(1)"])),
  exec: 'a step is a statement, as "await this.client.get(…)"',
  ...Object.fromEntries(REQUESTS.map((word) => [word, `requests are made by the client: "this.client.${word}"`])),
};

/** An engine's `a.b is not a function`, `a.b is not a constructor`; Bun's of `new`: `(evaluating 'new a.b(…)')`. */
const CALLED = /(?:^|evaluating '(?:new )?)([\w$]+)\.([\w$]+)(?: is not a (?:function|constructor)|\()/;
/** `this.random.randint(…)`. */
const OF_RANDOM = /^this\.random\.([\w$]+) is not a function/;
/** `events.emit("counter", …)` of Artillery. */
const EMITTED = /^events\.(?:emit|on|once|addListener) is not a function/;
/** `this.client.get(…).json()`, also where the promise has a name: Bun writes what it was made by. */
const OF_REQUEST = /^this\.client\.(?:get|post|put|patch|delete|head|options|request)\(.*\)\.[\w$]+ is not a function/s;
/** `this.metrics.trend(…)`: there is no such member of a user. */
const OF_THIS = /evaluating '(?:new )?this\.(feed|metrics|cluster|events)\b/;
/** `this.http.get(…)`, `this.session.set(…)`: fields of other tools. */
const FIELD_OF_THIS = /evaluating '(?:new )?this\.(http|session|vars)\b/;

/** `res.body.includes("x")`: in k6 and others a body is a text. */
const OF_BODY =
  /(?:^|[\s.])body\.(includes|match|matchAll|indexOf|startsWith|endsWith|split|slice|substring|substr|replace|trim|search|toLowerCase|charAt) is not a function/;
/** `JSON.parse(res.body)`: what engines say of the text of an object. */
const PARSED_OBJECT = /^JSON Parse error: Unexpected identifier "object"$|(?:^|, )"\[object .*is not valid JSON/;

/** Of a text that `JSON.parse` could not read. */
export function hintAtJson(message: string): string | undefined {
  return PARSED_OBJECT.test(message)
    ? "an object was taken for a text; the body of a response is await res.json()"
    : undefined;
}

/** `metrics.histogram is not there: write metrics.trend`, or undefined if the text speaks of nothing that is known. */
export function hintAtMember(message: string): string | undefined {
  const imported = OF_THIS.exec(message)?.[1];
  if (imported !== undefined) return `"${imported}" is no member of a user; import it from "locust-ts"`;
  if (OF_REQUEST.test(message)) return "write await before the request, as in const res = await this.client.get(…)";
  if (EMITTED.test(message)) {
    return 'values are added to metrics, as metrics.counter("orders").add(); listeners to an event, as events.request.addListener(…)';
  }
  const ofBody = OF_BODY.exec(message)?.[1];
  if (ofBody !== undefined) return `a body is a stream; write (await res.text()).${ofBody}`;
  const ofRandom = OF_RANDOM.exec(message)?.[1];
  if (ofRandom !== undefined) return hintAt("this.random", RANDOM, ofRandom);
  const field = FIELD_OF_THIS.exec(message)?.[1];
  if (field !== undefined) return FOREIGN_NAMES[field];
  if (/^feed is not a function/.test(message)) return 'write feed.csv("users.csv"), and await its next(this)';
  const [, object = "", member = ""] = CALLED.exec(message) ?? [];
  if (object === "this") return Object.hasOwn(OF_USERS, member) ? OF_USERS[member] : undefined;
  return Object.hasOwn(OBJECTS, object) ? hintAt(object, OBJECTS[object] as Members, member) : undefined;
}

function hintAt(object: string, { has, words }: Members, member: string): string | undefined {
  if (has.includes(member)) return undefined;
  const meant = Object.keys(words).find((ours) => words[ours]?.includes(member)) ?? nearest(member, has);
  return meant === undefined ? `${object} has ${has.join(", ")}` : `write ${object}.${meant}`;
}
