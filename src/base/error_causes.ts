/**
 * Finds what caused an error: the chain of its `cause`, and the errors of an `AggregateError`. The error that is thrown
 * often says less than they do, as `fetch failed` of Node's clients. Pure.
 */
import { describeThrown } from "./errors.ts";
import { truncate } from "./text/text.ts";

/** So many are told of one error: a chain may be a circle, and a pool may have tried a hundred addresses. */
const MAX_CAUSES = 5;
const MAX_TEXT = 300;

/** The nearest first; without what is told already. */
export function causesOf(thrown: unknown): readonly unknown[] {
  const found: unknown[] = [];
  const waiting = [...directCauses(thrown)];
  for (const cause of waiting) { // also those that are added meanwhile
    if (found.length === MAX_CAUSES) break;
    if (cause === thrown || found.includes(cause)) continue;
    found.push(cause);
    waiting.push(...directCauses(cause));
  }
  return found;
}

/** A line for each, in the words of `describeThrown`. Equal ones are one. */
export function describeCauses(thrown: unknown): readonly string[] {
  const own = describeThrown(thrown);
  const texts = causesOf(thrown).map((cause) => truncate(describeThrown(cause), MAX_TEXT));
  return [...new Set(texts)].filter((text) => text !== own);
}

/** `TypeError: fetch failed; caused by Error: connect ECONNREFUSED 10.0.0.7:443`. */
export function describeWithCauses(thrown: unknown): string {
  return [describeThrown(thrown), ...describeCauses(thrown)].join("; caused by ");
}

function directCauses(thrown: unknown): readonly unknown[] {
  if (!(thrown instanceof Error)) return [];
  try {
    const { cause } = thrown;
    const several: unknown = thrown instanceof AggregateError ? thrown.errors : undefined;
    return [
      ...(cause === undefined || cause === null ? [] : [cause]),
      ...(Array.isArray(several) ? several.slice(0, MAX_CAUSES) : []),
    ];
  } catch {
    return []; // a getter of user code throws: then nothing is known of it
  }
}
