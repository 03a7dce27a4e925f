/** Tags of a StatsD line, in the form of DogStatsD. Pure. */

/** Longest value of a tag; Datadog cuts there too. */
const MAX_TAG_LENGTH = 200;

/** `|#method:GET,name:/items`. There is no escape in this protocol: what would end a tag becomes `_`. */
export function formatTags(tags: Readonly<Record<string, string>>): string {
  const written = Object.entries(tags).filter(([, value]) => value !== "").map(([name, value]) =>
    `${name}:${cutTo(value, MAX_TAG_LENGTH).replace(/[|,#\p{Cc}\p{Zl}\p{Zp}]/gu, "_")}`
  );
  return written.length === 0 ? "" : `|#${written.join(",")}`;
}

/** Whole characters. */
function cutTo(text: string, max: number): string {
  return text.length <= max ? text : [...text.slice(0, max)].join("").replace(/[\ud800-\udbff]$/, "");
}
