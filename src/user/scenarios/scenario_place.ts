/**
 * Finds the line of a scenario, or of a key of it, in the text of a locustfile. A guess: it gives no line rather than a
 * wrong one. Pure.
 */

/** The line of a key of the scenario, else of the scenario, else of the list. */
export function findScenarioLine(source: string, scenario: string, key?: string): number | undefined {
  const list = /\bscenarios\b[^=\n]*=/.exec(source);
  if (list === null) return undefined;
  const from = list.index + list[0].length;
  const found = keyPattern(scenario).exec(source.slice(from));
  if (found === null) return lineAt(source, list.index);
  const at = from + found.index + found[0].search(/["'\p{L}_]/u);
  const end = endOfObject(source, from + found.index + found[0].length);
  const member = key === undefined ? null : keyPattern(key).exec(source.slice(at + 1, end));
  if (member === null) return lineAt(source, at);
  return lineAt(source, at + 1 + member.index + member[0].search(/["'\p{L}_]/u));
}

/** The key where it begins an entry of an object. */
function keyPattern(key: string): RegExp {
  return new RegExp(`[{,\\n]\\s*["']?${key.replace(/[.*+?^\${}()|[\]\\]/g, "\\$&")}["']?\\s*:`, "u");
}

/** Where the object that begins behind `from` ends, as far as brackets tell. */
function endOfObject(source: string, from: number): number {
  let depth = 0;
  for (let at = from; at < source.length; at++) {
    if (source[at] === "{") depth++;
    else if (source[at] === "}" && --depth <= 0) return at;
  }
  return source.length;
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split("\n").length;
}
