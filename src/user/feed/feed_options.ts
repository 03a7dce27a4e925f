/** The options of feeds, what they mean together, and the refusal of those that contradict each other. Pure. */
import { LocustError } from "../../base/errors.ts";
import { nearest } from "../../base/near_miss.ts";

export interface FeedOptions {
  /** In messages and tables; the path if absent. Feeds with one name are one feed. */
  readonly name?: string;
  /**
   * `sequence`: row after row. `random`: each time any row. `shuffle`: all rows in an order by chance, another one in each pass.
   * `--seed` makes it the same again. `sequence` if absent.
   */
  readonly order?: "sequence" | "random" | "shuffle";
  /**
   * `run`: each row is used once in the whole run, over all threads and machines. `none`: each thread goes through the rows by itself,
   * those of one machine taking turns. `none` if absent, `run` where `onEnd` is not `recycle`.
   */
  readonly unique?: "none" | "run";
  /**
   * When all rows are used: `recycle` begins again, `stopUser` ends each user that asks for another row, `stopTest` ends the test,
   * `wait` lets users wait for the end of the run. `recycle` if absent, `stopUser` where rows are unique.
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

/** Of any feed: those of its format among them. */
const KNOWN = ["name", "order", "unique", "onEnd", "at", "shard", "separator", "header", "size"];

/** @throws LocustError for options and words that there are not, and for options that contradict each other */
export function readRules(name: string, options: FeedOptions): FeedRules {
  const stray = Object.keys(options).find((option) => !KNOWN.includes(option));
  if (stray !== undefined) {
    const meant = nearest(stray, KNOWN);
    throw refusal(
      name,
      `there is no option "${stray}"; ${
        meant === undefined ? `they are ${KNOWN.join(", ")}` : `did you mean "${meant}"?`
      }`,
    );
  }
  for (const [option, words] of Object.entries(WORDS)) {
    const value = options[option as keyof typeof WORDS];
    if (value === undefined || (words as readonly string[]).includes(value)) continue;
    throw refusal(name, `${option} is "${String(value)}"; it can be ${words.map((word) => `"${word}"`).join(", ")}`);
  }
  const { order = "sequence", at = "master", shard = false } = options;
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

function refusal(name: string, reason: string): LocustError {
  return new LocustError(`Cannot make the feed "${name}": ${reason}`, { code: "feed" });
}
