/** The line of the live view that says how far the rows of feeds are used. Pure. */
import { displayWidth, fitText } from "../../base/text/display_width.ts";
import { escapeControls } from "../../base/text/text.ts";
import { describeFeed, describeFeedShortly } from "../summary/describe_feeds.ts";
import type { SummaryFeed } from "../summary/load_summary.ts";

/** Fewer cells of a name tell two feeds hardly apart. */
const SHORTEST_NAME = 8;
const GAP = "  ";

/**
 * No line without feeds, else one: in whole sentences where all of them fit, else as `users.csv 412/1000`, with names
 * cut where they must be. Of feeds for which even that leaves no room the number is said.
 */
export function renderLiveFeeds(feeds: readonly SummaryFeed[], columns: number): string[] {
  if (feeds.length === 0) return [];
  const forms = [describeFeed, describeFeedShortly].map((describe) => joinAll(feeds, describe));
  return [forms.find((line) => displayWidth(line) <= columns) ?? joinCut(feeds, columns)];
}

function joinAll(feeds: readonly SummaryFeed[], describe: (feed: SummaryFeed) => string): string {
  return feeds.map((each) => escapeControls(describe(each))).join(GAP);
}

function joinCut(feeds: readonly SummaryFeed[], columns: number): string {
  for (let count = feeds.length; count > 0; count--) {
    const shown = feeds.slice(0, count);
    const more = count < feeds.length ? `${GAP}+${feeds.length - count}` : "";
    const figures = joinAll(shown.map((each) => ({ ...each, name: "" })), describeFeedShortly);
    const cells = columns - displayWidth(figures) - displayWidth(more);
    const longest = longestThatFits(shown.map(({ name }) => displayWidth(escapeControls(name))), cells);
    if (longest < SHORTEST_NAME && count > 1) continue;
    const cut = shown.map((each) => ({ ...each, name: fitText(escapeControls(each.name), longest) }));
    return fitText(joinAll(cut, describeFeedShortly) + more, columns);
  }
  return "";
}

/** The largest width down to which names must be cut for all to fit in so many cells: short names are left whole. */
function longestThatFits(widths: readonly number[], cells: number): number {
  let left = Math.max(0, cells);
  let longest = 0;
  [...widths].sort((a, b) => a - b).forEach((width, i, all) => {
    longest = Math.min(width, Math.floor(left / (all.length - i)));
    left -= longest;
  });
  return longest;
}
