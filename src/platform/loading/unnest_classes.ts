/**
 * Rewrites class expressions inside classes as declarations in a function of their own, line by line in place:
 * `static Browse = class extends TaskSet { … };` becomes
 * `static Browse = (() => { class Browse extends TaskSet { … } return Browse; })();`, which means the same. Pure.
 */
import { blankLiterals } from "../../base/javascript_syntax.ts";

/** The rewritten text; undefined if there is nothing to rewrite. */
export function unnestClasses(source: string): string | undefined {
  const code = blankLiterals(source);
  if (code === undefined) return undefined; // Deno says in its own words what is wrong with it
  const classes = [...code.matchAll(/(?<![\w$.])class(?![\w$])/g)]
    .map((match) => readClass(code, match.index))
    .filter((found) => found !== undefined);
  const inserts: { readonly at: number; readonly skip: number; readonly text: string }[] = [];
  for (const found of classes) {
    const isNested = classes.some((outer) => outer.bodyStart <= found.at && found.at < outer.bodyEnd);
    if (!isNested || !isExpression(code, found.at)) continue;
    const heritage = code.slice(found.nameEnd, found.bodyStart - 1);
    if (/\b(?:await|yield)\b/.test(heritage)) continue;
    const wanted = found.name ?? nameFromContext(code.slice(0, found.at)) ?? "Anonymous";
    const name = new RegExp(`(?<![\\w$])${wanted.replaceAll("$", "\\$")}(?![\\w$])`).test(heritage)
      ? `${wanted}$`
      : wanted;
    inserts.push({ at: found.at, skip: found.nameEnd - found.at, text: `(() => { class ${name}` });
    inserts.push({ at: found.bodyEnd, skip: 0, text: ` return ${name}; })()` });
  }
  if (inserts.length === 0) return undefined;
  let rewritten = "";
  let from = 0;
  for (const { at, skip, text } of inserts.toSorted((a, b) => a.at - b.at)) {
    rewritten += source.slice(from, at) + text;
    from = at + skip;
  }
  return rewritten + source.slice(from);
}

interface FoundClass {
  readonly at: number;
  readonly name: string | undefined;
  /** Behind the name, or behind `class` if it has none. */
  readonly nameEnd: number;
  /** Behind the opening brace. */
  readonly bodyStart: number;
  /** Behind the closing brace. */
  readonly bodyEnd: number;
}

function readClass(code: string, at: number): FoundClass | undefined {
  const [head = "", name] = /^class(?:\s+(?!extends\b|implements\b)([A-Za-z_$][\w$]*))?/.exec(code.slice(at)) ?? [];
  const nameEnd = at + head.length;
  const brace = findBrace(code, nameEnd);
  if (brace === undefined || /[;:]/.test(code.slice(nameEnd, nameEnd + 1))) return undefined; // a member called "class"
  let depth = 0;
  for (let end = brace; end < code.length; end++) {
    if (code[end] === "{") depth++;
    else if (code[end] === "}" && --depth === 0) return { at, name, nameEnd, bodyStart: brace + 1, bodyEnd: end + 1 };
  }
  return undefined;
}

/** The brace of the body: not one of a type argument or of a call in the heritage. */
function findBrace(code: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    const sign = code[at] ?? "";
    if ("([".includes(sign) || (sign === "<" && /[\w$]/.test(code[at - 1] ?? ""))) depth++;
    else if (")]".includes(sign) || (sign === ">" && code[at - 1] !== "=" && depth > 0)) depth--;
    else if (sign === "{" && depth === 0) return at;
    else if (sign === ";" && depth === 0) return undefined;
  }
  return undefined;
}

function isExpression(code: string, at: number): boolean {
  return /(?:[=(,[?:&|]|=>|\breturn)\s*$/.test(code.slice(0, at));
}

/** `static Browse = `, `Browse: Type = `, `Browse = task(2)(`. */
function nameFromContext(before: string): string | undefined {
  return /(?<![\w$.])([A-Za-z_$][\w$]*)\s*(?::[^=;{}]*)?=\s*(?:[\w$.]+(?:\([^()]*\))?\(\s*)?$/.exec(before)?.[1];
}
