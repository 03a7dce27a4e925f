/**
 * Reads the text of a class or function as the engine shows it (`toString()`): which instance fields a class has, whether making
 * one would run code of the user's, and whether a function stands on nothing but its own text. Pure, and cautious: what it
 * cannot read it calls unknown, and whoever asked then leaves the class alone.
 */

export interface InstanceField {
  readonly name: string;
  /** The initializer; empty if the field has none. */
  readonly initializer: string;
}

export interface ClassSource {
  /** In the order of their evaluation. */
  readonly fields: readonly InstanceField[];
  /** `own`: it has a constructor of its own. */
  readonly constructed: "plainly" | "own";
}

/** The instance fields of a class; undefined for what is no class or cannot be read. */
export function readClassSource(text: string): ClassSource | undefined {
  if (!/^class\b/.test(text)) return undefined;
  const code = maskLiterals(text);
  const start = bodyStart(code);
  if (start === undefined) return undefined;
  const fields: InstanceField[] = [];
  let constructed: ClassSource["constructed"] = "plainly";
  for (const [from, to] of memberRanges(code, start)) {
    const blank = code.slice(from, to).search(/\S/); // comments are blank in the mask
    const member = blank < 0 ? "" : text.slice(from + blank, to).trim();
    if (/^constructor\s*\(/.test(member)) constructed = "own";
    if (member === "" || /^static\b/.test(member)) continue;
    const bare = /^([\w$#]+)$/.exec(member);
    const field = /^([\w$#]+)\s*=(?![=>])\s*([\s\S]*)$/.exec(member);
    if (bare !== null) fields.push({ name: bare[1] ?? "", initializer: "" });
    else if (field !== null) fields.push({ name: field[1] ?? "", initializer: unwrap((field[2] ?? "").trim()) });
  }
  return { fields, constructed };
}

/** What may be called without anybody noticing. */
const INERT_CALLS =
  /\bnew\s+(?:Map|Set|WeakMap|WeakSet|Array|Date|URLSearchParams|Headers|AbortController)\b|\b(?:async|return|typeof|void|Math\.\w+|Number|String|Boolean|BigInt|parseInt|parseFloat|Array\.from|between|constant|constantPacing|constantThroughput|poisson)\s*(?=\()/g;

/** Whether evaluating an initializer does nothing but make a value. */
export function isInert(initializer: string): boolean {
  const code = maskLiterals(initializer);
  if (isFunctionText(code)) return true;
  const rest = code.replace(INERT_CALLS, "");
  const calls = /[\w$)\]?.]\s*\(|`/.test(rest);
  const acts = /\b(?:new|await|yield|import|delete|class)\b|\+\+|--|[^=!<>]=(?![=>])/.test(rest);
  return !calls && !acts;
}

/** Words that mean the same to everybody, whenever they are evaluated. */
const CLOSED_WORDS = new Set(
  ("return if else const let var function async typeof void switch case default break true false null undefined NaN Infinity " +
    "Math Number String Boolean parseInt parseFloat isNaN isFinite").split(" "),
);

/**
 * Whether what a function returns follows from its text alone (and from the given members of `this`), so that it may be called at
 * any time and answers as it would in a run. `name` is the member it was written as.
 */
export function isClosedFunction(text: string, name: string, members: readonly string[] = []): boolean {
  const code = maskLiterals(text);
  if (/`|\[native code\]|\b(?:for|while|do)\b/.test(code)) return false;
  const locals = new Set([...code.matchAll(/\b(?:const|let|var)\s+([\w$]+)/g)].map((match) => match[1]));
  for (const match of code.matchAll(/(?<![\w$])[A-Za-z_$][\w$]*/g)) {
    const [word] = match;
    const isProperty = /(?<!\.)\.\s*$/.test(code.slice(0, match.index));
    if (isProperty || word === name || CLOSED_WORDS.has(word) || locals.has(word)) continue;
    const member = /^\s*\.\s*([\w$]+)/.exec(code.slice(match.index + word.length))?.[1];
    if (word !== "this" || member === undefined || !members.includes(member)) return false;
  }
  return true;
}

function isFunctionText(code: string): boolean {
  return /^(?:async\s*)?(?:\([^()]*\)|[\w$]+)\s*=>/.test(code) || /^(?:async\s+)?function\b[\s\S]*\}$/.test(code);
}

/** Compilers hide an initializer in a comma expression (for decorators) and in an object (to give a function its name). */
function unwrap(initializer: string): string {
  const decorated = /^\((?:__runInitializers\w*|_init\w*)\([^()]*\),\s*([\s\S]*)\)$/.exec(initializer);
  const inner = withoutParentheses(decorated?.[1] ?? initializer);
  return /^\{\s*\w+:\s*([\s\S]*?)\s*\}\["\w+"\]$/.exec(inner)?.[1] ?? inner;
}

/** `(async () => 5)` without the outer pair, if it is one. */
function withoutParentheses(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  const code = maskLiterals(text);
  let depth = 0;
  for (let at = 0; at < code.length; at++) {
    if (code[at] === "(") depth++;
    else if (code[at] === ")" && --depth === 0 && at < code.length - 1) return text;
  }
  return text.slice(1, -1).trim();
}

/** The text with the insides of strings, comments and regular expressions blanked, at the same length. */
function maskLiterals(text: string): string {
  const literals =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|(?<=(?:^|[(,=:[!&|?{};+\-*%~^<>]|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/\w*/g;
  return text.replace(literals, (literal) => {
    const quote = /^["']/.test(literal) ? '"' : " ";
    return literal.length < 2 ? literal : quote + " ".repeat(literal.length - 2) + quote;
  });
}

function bodyStart(code: string): number | undefined {
  let depth = 0;
  for (let at = 0; at < code.length; at++) {
    const sign = code[at];
    if (sign === "(" || sign === "[") depth++;
    else if (sign === ")" || sign === "]") depth--;
    else if (sign === "{" && depth === 0) return at + 1;
  }
  return undefined;
}

/** From and to of each member: a field goes to its semicolon, everything else to the end of its block. */
function* memberRanges(code: string, start: number): Generator<readonly [number, number]> {
  let depth = 0;
  let from = start;
  let isField = false;
  for (let at = start; at < code.length; at++) {
    const sign = code[at] ?? "";
    if ("([{".includes(sign)) depth++;
    else if (")]}".includes(sign)) depth--;
    if (depth < 0) return yield [from, at];
    if (depth === 0 && sign === "=" && code[at + 1] !== ">") isField = true;
    const ends = depth === 0 && (sign === ";" || (sign === "}" && !isField));
    if (!ends) continue;
    yield [from, sign === ";" ? at : at + 1];
    from = at + 1;
    isField = false;
  }
}
