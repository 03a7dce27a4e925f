/**
 * Tags of a sample: `{ region: "eu", plan: "free" }`, by which the rows of the statistics can be split. They say what a
 * sample belongs to; the tags of tasks (`@tag`), which pick what is run, have nothing to do with them. Pure.
 */
import { describeKind } from "./given_text.ts";
import { truncate } from "./text/text.ts";

/** Names and values; one that is null or undefined is not set. */
export type SampleTags = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** The tag that users of a scenario have by themselves. */
export const SCENARIO_TAG = "scenario";

/** Longer names and values are cut: they travel in each delta. */
const MAX_TAG_LENGTH = 100;

/** Stands for a value that is no text, number or boolean, so that its samples are still seen. */
const INVALID_VALUE = "(invalid)";

/** The tags of one sample: its own over those of its user. Allocates only where there are both. */
export function mergeTags(ofUser: SampleTags | undefined, own: SampleTags | undefined): SampleTags | undefined {
  if (own === undefined) return ofUser;
  return ofUser === undefined ? own : { ...ofUser, ...own };
}

/** The tags of what a user counts: a user of a scenario always has its name, whatever the locustfile sets. */
export function tagsOfUser(
  ofUser: SampleTags | null | undefined,
  own: SampleTags | undefined,
  scenario: string | undefined,
): SampleTags | undefined {
  const tags = mergeTags(ofUser ?? undefined, own);
  return scenario === undefined || tags?.[SCENARIO_TAG] === scenario ? tags : { ...tags, [SCENARIO_TAG]: scenario };
}

/** A name as it is counted. */
export function tagName(name: string): string {
  return truncate(name, MAX_TAG_LENGTH);
}

/** A value as it is counted; undefined: the tag is not set. */
export function tagValue(value: unknown): string | undefined {
  if (typeof value === "string") return truncate(value, MAX_TAG_LENGTH);
  if (value === undefined || value === null) return undefined;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : INVALID_VALUE;
}

/** What keeps a value from being tags, in words; undefined: they can be counted. */
export function findWrongTags(tags: unknown): string | undefined {
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) return describeKind(tags);
  for (const [name, value] of Object.entries(tags)) {
    if (name === "") return "a tag without a name";
    if (value === undefined || value === null || ["string", "number", "boolean"].includes(typeof value)) continue;
    return `${describeKind(value)} for "${name}"`;
  }
  return undefined;
}

/** What tags must be, for messages. */
export const TAGS_ADVICE = 'give an object of texts, numbers or booleans, as in { region: "eu" }';
