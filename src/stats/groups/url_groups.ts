/** Says that URLs were grouped: one wording for log, tables, summary and pages. Pure. */
import type { UrlGroup } from "../../protocol/snapshot_message.ts";

/** So many rows are named. */
const MAX_NAMED = 3;

/** A sentence, where there are such rows. */
export function describeUrlGroups(groups: readonly UrlGroup[]): readonly string[] {
  const [first] = groups;
  if (first === undefined) return [];
  const named = groups.slice(0, MAX_NAMED).map(({ method, name }) => `${method} ${name}`);
  const more = groups.length - named.length;
  const rows = `${named.join(", ")}${more > 0 ? ` and ${more} more rows` : ""}`;
  const example = first.examples.length === 0 ? "" : ` (such as ${first.examples[0]})`;
  const each = groups.length === 1 ? "stands" : "each stand";
  return [
    `${rows} ${each} for more than 20 URLs that differ only in ids or query values${example}; ` +
    "give requests a name to choose the rows yourself, or keep all apart with --url-grouping off",
  ];
}
