/**
 * Finds the line of a class, or of a member of it, by its name in the text of the locustfile, because a class does not
 * know its place. A guess: it gives no line rather than a wrong one. Pure.
 */

/** The line of a class's member, else of the class; undefined if the text has no class of that name, or two of them. */
export function findMember(source: string, className: string, member?: string): number | undefined {
  const name = escapePattern(className);
  const declaration = new RegExp(
    `\\bclass\\s+${name}(?![\\w$])|(?<![\\w$.])${name}\\s*=\\s*(?:[\\w.]+\\(.*?\\)?\\()?class\\b`,
    "g",
  );
  const [place, other] = [...source.matchAll(declaration)];
  if (place === undefined || other !== undefined || className === "") return undefined;
  if (member === undefined) return lineAt(source, place.index);
  const rest = source.slice(place.index + place[0].length);
  const end = /^(?:export\s+)?(?:default\s+)?(?:abstract\s+)?class\s/m.exec(rest)?.index ?? rest.length;
  const words = "(?:static|override|readonly|public|async)\\s+";
  const written = new RegExp(`(?:^|[{;])[ \\t]*(?:${words})*${escapePattern(member)}(?![\\w$])\\s*[=:(]`, "m");
  const found = written.exec(rest.slice(0, end));
  if (found === null) return lineAt(source, place.index);
  return lineAt(source, place.index + place[0].length + found.index + found[0].indexOf(member));
}

function lineAt(source: string, index: number): number {
  return source.slice(0, index).split("\n").length;
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
