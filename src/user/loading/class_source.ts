/**
 * Reads the text of a class or function as the engine shows it (`toString()`): which instance fields a class has,
 * whether making one would run code of the user's, and whether a function depends on nothing but its own text. Pure,
 * and cautious: what cannot be parsed is unknown, and the caller leaves the class alone.
 */
import {
  type AnyNode,
  childrenOf,
  parseDefinition,
  type ParsedExpression,
  parseFieldValue,
} from "../../base/javascript_syntax.ts";

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
  const parsed = parseDefinition(text);
  if (parsed?.node.type !== "ClassExpression") return undefined;
  const fields: InstanceField[] = [];
  let constructed: ClassSource["constructed"] = "plainly";
  for (const member of parsed.node.body.body) {
    if (member.type === "MethodDefinition" && member.kind === "constructor") constructed = "own";
    if (member.type !== "PropertyDefinition" || member.static) continue;
    const name = nameOf(member.key, member.computed);
    if (name === undefined) continue;
    const value = member.value ? unwrap(member.value) : undefined;
    fields.push({ name, initializer: value === undefined ? "" : parsed.text.slice(value.start, value.end) });
  }
  return { fields, constructed };
}

function nameOf(key: AnyNode, isComputed: boolean): string | undefined {
  if (key.type === "PrivateIdentifier") return `#${key.name}`;
  if (key.type === "Literal") return String(key.value);
  return key.type === "Identifier" && !isComputed ? key.name : undefined;
}

/** Compilers hide an initializer in a comma expression (for decorators) and in an object (to give a function its name). */
function unwrap(node: AnyNode): AnyNode {
  if (node.type === "ParenthesizedExpression") return unwrap(node.expression);
  if (node.type === "SequenceExpression") {
    const [first, last] = node.expressions;
    const isDecoration = first?.type === "CallExpression" && first.callee.type === "Identifier" &&
      /^(?:__runInitializers|_init)/.test(first.callee.name);
    return isDecoration && last !== undefined && node.expressions.length === 2 ? unwrap(last) : node;
  }
  if (node.type !== "MemberExpression" || node.object.type !== "ObjectExpression") return node;
  const [property] = node.object.properties;
  return node.property.type === "Literal" && property?.type === "Property" ? unwrap(property.value) : node;
}

/** What may be called without effect: with `new`, and as a function. */
const INERT_CLASSES = new Set(
  ["Map", "Set", "WeakMap", "WeakSet", "Array", "Date", "URLSearchParams", "Headers", "AbortController"],
);
const INERT_FUNCTIONS = new Set(
  ("Number String Boolean BigInt parseInt parseFloat Array.from between constant constantPacing constantThroughput poisson")
    .split(" "),
);

const ACTIONS: ReadonlySet<string> = new Set([
  "AssignmentExpression",
  "AwaitExpression",
  "ClassExpression",
  "ImportExpression",
  "TaggedTemplateExpression",
  "TemplateLiteral", // it may call toString()
  "UpdateExpression",
  "YieldExpression",
]);

/** Whether evaluating an initializer does nothing but make a value. */
export function isInert(initializer: string): boolean {
  if (initializer.trim() === "") return true;
  const parsed = parseFieldValue(initializer);
  return parsed !== undefined && makesValue(parsed.node, parsed);
}

function makesValue(node: AnyNode, parsed: ParsedExpression): boolean {
  if (isFunction(node)) return true;
  if (ACTIONS.has(node.type) || (node.type === "UnaryExpression" && node.operator === "delete")) return false;
  if (node.type === "CallExpression" || node.type === "NewExpression") {
    const name = parsed.text.slice(node.callee.start, node.callee.end);
    const isKnown = node.type === "NewExpression"
      ? INERT_CLASSES.has(name)
      : INERT_FUNCTIONS.has(name) || /^Math\.\w+$/.test(name);
    if (!isKnown) return false;
  }
  return childrenOf(node).every((child) => makesValue(child, parsed));
}

function isFunction(node: AnyNode): boolean {
  return node.type === "ArrowFunctionExpression" || node.type === "FunctionExpression";
}

/** Names that mean the same whenever they are evaluated. */
const CLOSED_NAMES = new Set(
  "undefined NaN Infinity Math Number String Boolean parseInt parseFloat isNaN isFinite".split(" "),
);

const LOOPS = /^(?:For|While|DoWhile)\w*Statement$/;

/**
 * Whether what a function returns follows from its text alone (and from the given members of `this`), so that it may be
 * called at any time and answers as it would in a run. `name` is the member it was written as.
 */
export function isClosedFunction(text: string, name: string, members: readonly string[] = []): boolean {
  const parsed = parseDefinition(text);
  if (parsed === undefined || !isFunction(parsed.node)) return false;
  const locals = new Set([name]);
  visit(parsed.node, (node) => {
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier") locals.add(node.id.name);
    return true;
  });
  return visit(parsed.node, (node) => isClosed(node, locals, members));
}

function isClosed(node: AnyNode, locals: ReadonlySet<string>, members: readonly string[]): boolean {
  if (LOOPS.test(node.type) || node.type === "NewExpression" || ACTIONS.has(node.type)) return false;
  if (node.type === "Identifier") return locals.has(node.name) || CLOSED_NAMES.has(node.name);
  if (node.type === "Super" || node.type === "ThisExpression") return false;
  if (node.type !== "MemberExpression" || node.object.type !== "ThisExpression") return true;
  return !node.computed && node.property.type === "Identifier" && members.includes(node.property.name);
}

/** Asks about each node that is evaluated, not about names of members; false as soon as one answer is. */
function visit(node: AnyNode, judge: (node: AnyNode) => boolean): boolean {
  return judge(node) && evaluatedIn(node).every((child) => visit(child, judge));
}

function evaluatedIn(node: AnyNode): AnyNode[] {
  if (node.type === "MemberExpression" && !node.computed) {
    return node.object.type === "ThisExpression" ? [] : [node.object];
  }
  if (node.type === "Property" && !node.computed) return [node.value];
  return childrenOf(node);
}
