/** Compares the user classes of a worker's own locustfile with the master's. Pure; the code of the classes is not compared. */
import type { ShippedLocustfile } from "../master_options.ts";

const ADVICE = "give it the master's, or start it without -f";

/** Why a worker with these user classes cannot join, as a sentence; undefined if it can. */
export function describeDifference(
  { userClasses, knownClasses }: Pick<ShippedLocustfile, "userClasses" | "knownClasses">,
  own: readonly string[],
): string | undefined {
  const missing = userClasses.filter((name) => !own.includes(name));
  if (missing.length > 0) {
    return `Cannot join: the worker's own locustfile has no user class ${quote(missing)}; ${ADVICE}`;
  }
  const strange = knownClasses === undefined ? [] : own.filter((name) => !knownClasses.includes(name));
  if (strange.length === 0) return undefined;
  return `Cannot join: the worker's own locustfile has user classes that the master's does not have: ${
    quote(strange)
  }; ${ADVICE}`;
}

function quote(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}
