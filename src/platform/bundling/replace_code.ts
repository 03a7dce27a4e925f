/** Replaces parts of a program's text, but not of the texts in it. Pure. */
import { blankLiterals } from "../../base/javascript_syntax.ts";

/**
 * Replaces what begins as code, not within strings, comments and regular expressions; everywhere if these cannot be told apart
 * (JSX). A replacement that is undefined leaves the text.
 */
export function replaceCode(
  source: string,
  pattern: RegExp,
  replacement: (...groups: (string | undefined)[]) => string | undefined,
): string {
  if (source.search(pattern) < 0) return source;
  const code = blankLiterals(source);
  return source.replace(pattern, (whole, ...rest) => {
    const at = rest.findLast((each): each is number => typeof each === "number") as number;
    const isCode = code === undefined || code.startsWith(whole.slice(0, 3), at);
    return (isCode ? replacement(...rest) : undefined) ?? whole;
  });
}
