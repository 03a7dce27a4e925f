/**
 * Turns a page of `docs` into one of the site: links to files that are not pages lead to copies of them, and comments, which say how tests
 * try the code below them, are left out. Pure.
 */

/** Folders beside `docs` whose files the site holds too. */
const COPIED = /^(?:\.\.\/)?(examples\/[\w.-]+)$/;
/** Pages of `docs`, from the root of the repository. */
const DOCS_PAGE = /^(?:\.\/)?docs\/(.+)$/;
/** What lies in the repository only. */
const ELSEWHERE =
  /^(?:\.\.\/(?!CHANGELOG\.md|SECURITY\.md|CONTRIBUTING\.md)|(?:src|web|tests|scripts|deploy|LICENSE)\b)/;
const ROOT_PAGE = /^\.\.\/((?:CHANGELOG|SECURITY|CONTRIBUTING)\.md(?:#.*)?)$/;
const LINK = /\[((?:[^\][]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g;
const FENCE = /^ *(```|~~~)/;
const COMMENT = /^ *<!--.*-->$/;

export function toSitePage(markdown: string): string {
  let inFence = false;
  return markdown.split("\n").flatMap((line) => {
    if (FENCE.test(line)) inFence = !inFence;
    if (inFence) return [line];
    if (COMMENT.test(line)) return [];
    return [line.replace(LINK, (whole, text: string, target: string) => rewrite(whole, text, target))];
  }).join("\n");
}

function rewrite(whole: string, text: string, target: string): string {
  const copied = COPIED.exec(target)?.[1];
  if (copied !== undefined) return `[${text}](/${copied}.txt){target="_self"}`;
  const page = ROOT_PAGE.exec(target)?.[1] ?? DOCS_PAGE.exec(target)?.[1];
  if (page !== undefined) return `[${text}](./${page})`;
  return ELSEWHERE.test(target) ? text : whole;
}

/** The text of the first heading. */
export function titleOf(markdown: string): string | undefined {
  return /^# (.+)$/m.exec(markdown)?.[1]?.replaceAll("`", "");
}
