/**
 * Words that other tools call on a feed or a list of rows, and that are no members of a feed here: each throws the
 * sentence with ours. They are not in the types, so that an editor marks them too.
 */
import { LocustError } from "../../base/errors.ts";

const AS_NEEDED = "rows are read as they are needed; leave it out";
const NO_LIST = "a feed is no list, and each call gives one row; write await rows.next(this)";
const AT_RANDOM = 'a feed is no list; write await rows.next(this), and { order: "random" } for any row each time';

/** By the member: what is the case, and what to do. */
const CALLS: Readonly<Record<string, string>> = {
  // Gatling
  queue: 'what comes after the last row is an option; write { onEnd: "stopTest" }, or "stopUser", after the path',
  circular: "rows begin again when all are used, unless an option says otherwise; leave it out",
  random: 'the order of rows is an option; write { order: "random" } after the path',
  shuffle: 'the order of rows is an option; write { order: "shuffle" } after the path',
  shard: "a part of the rows for each worker is an option; write { shard: true } after the path",
  eager: AS_NEEDED,
  batch: AS_NEEDED,
  unzip: "files are read as they are; unpack it before the run",
  transform: "rows come as they are in the file; change them after await rows.next(this)",
  convert: "rows come as they are in the file; change them after await rows.next(this)",
  readRecords: NO_LIST,
  // k6, lists, readers of files
  get: NO_LIST,
  read: NO_LIST,
  row: NO_LIST,
  take: NO_LIST,
  pop: NO_LIST,
  shift: NO_LIST,
  at: AT_RANDOM,
  choice: AT_RANDOM,
  sample: AT_RANDOM,
  map: NO_LIST,
  filter: NO_LIST,
  find: NO_LIST,
  forEach: NO_LIST,
};

/** Read, not called: a list has it, and `undefined` would become `rows[NaN]`. */
const READS: Readonly<Record<string, string>> = { length: AT_RANDOM };

function refusal(name: unknown, member: string, why: string): LocustError {
  return new LocustError(`Cannot use ${member} of the feed "${String(name)}": ${why}`, { code: "feed" });
}

/** The prototype of feeds. */
export const FEED_WORDS: object = Object.create(Object.prototype, {
  ...describeMembers(CALLS, (member, why) => ({
    value(this: { readonly name: unknown }): never {
      throw refusal(this.name, `${member}()`, why);
    },
  })),
  ...describeMembers(READS, (member, why) => ({
    get(this: { readonly name: unknown }): never {
      throw refusal(this.name, member, why);
    },
  })),
  [Symbol.iterator]: { value: refuseLoop },
  [Symbol.asyncIterator]: { value: refuseLoop },
});

function refuseLoop(this: { readonly name: unknown }): never {
  throw new LocustError(`Cannot go through the rows of the feed "${String(this.name)}": ${NO_LIST}`, { code: "feed" });
}

function describeMembers(
  words: Readonly<Record<string, string>>,
  describe: (member: string, why: string) => PropertyDescriptor,
): PropertyDescriptorMap {
  return Object.fromEntries(Object.entries(words).map(([member, why]) => [member, describe(member, why)]));
}
