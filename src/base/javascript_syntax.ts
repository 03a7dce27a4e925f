/**
 * Reads JavaScript by the parser acorn: expressions and classes as trees, and any text (TypeScript with decorators too)
 * with its literals blanked. What cannot be read is undefined: the caller then knows nothing about it. Pure.
 */
import { type AnyNode, type Node, type Options, Parser, type TokenType, tokTypes } from "acorn";

export type { AnyNode, Class, Expression, Function as FunctionNode, PropertyDefinition } from "acorn";

const OPTIONS: Options = {
  ecmaVersion: "latest",
  sourceType: "module",
  checkPrivateFields: false, // a part of a class may use the private names of the whole
};

/** A tree and the text that its positions refer to. */
export interface ParsedExpression {
  readonly text: string;
  readonly node: AnyNode;
}

/** An expression as it may stand in a class field: with `this`, `super` and private names. */
export function parseFieldValue(text: string): ParsedExpression | undefined {
  const before = "class A extends Object { x = (";
  const program = parse(`${before}${text}\n) }`);
  const [statement, ...others] = program?.type === "Program" ? program.body : [];
  const [member, ...more] = statement?.type === "ClassDeclaration" ? statement.body.body : [];
  if (member?.type !== "PropertyDefinition" || !member.value || others.length + more.length > 0) return undefined;
  return { text: `${before}${text}`, node: member.value };
}

/** A function or class from its `toString()`, which shows a method without the object around it. */
export function parseDefinition(text: string): ParsedExpression | undefined {
  const whole = parseFieldValue(text);
  if (whole !== undefined) return whole;
  const object = parseFieldValue(`{ ${text} }`);
  const [property] = object?.node.type === "ObjectExpression" ? object.node.properties : [];
  return object === undefined || property?.type !== "Property"
    ? undefined
    : { text: object.text, node: property.value };
}

/** The nodes directly below a node, in the order of the text. */
export function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node).flat().filter((value): value is AnyNode => isNode(value));
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}

function parse(text: string): AnyNode | undefined {
  try {
    return Parser.parse(text, OPTIONS);
  } catch {
    return undefined; // newer than the parser, or no JavaScript at all
  }
}

const AT_SIGN = "@".charCodeAt(0);

/** What the tokenizer of acorn has and its types do not show. */
interface TokenizerInside {
  pos: number;
  finishToken(type: TokenType): void;
  getTokenFromCode(code: number): unknown;
}

/** A tokenizer that knows the sign of decorators. */
const DecoratorParser = Parser.extend((base) => {
  const Inside = base as unknown as new (...parameters: never[]) => TokenizerInside;
  class WithDecorators extends Inside {
    override getTokenFromCode(code: number): unknown {
      if (code !== AT_SIGN) return super.getTokenFromCode(code);
      this.pos++;
      return this.finishToken(tokTypes.prefix); // like a prefix: a value follows
    }
  }
  return WithDecorators as unknown as typeof Parser;
});

/**
 * The text at the same length, with strings, templates (not the code in them), comments and regular expressions
 * blanked; lines stay lines. Undefined for a text that has no such tokens.
 */
export function blankLiterals(text: string): string | undefined {
  const ranges: (readonly [from: number, to: number])[] = [];
  const onComment = (_isBlock: boolean, _text: string, from: number, to: number) => void ranges.push([from, to]);
  const braces: ("template" | "block")[] = [];
  try {
    for (const { type, start, end } of DecoratorParser.tokenizer(text, { ...OPTIONS, onComment })) {
      if (type === tokTypes.dollarBraceL) braces.push("template");
      else if (type === tokTypes.braceL) braces.push("block");
      const closes = type === tokTypes.braceR && braces.pop() === "template";
      if (closes || LITERALS.has(type)) ranges.push([start, end]);
    }
  } catch {
    return undefined;
  }
  const masked = text.split("");
  for (const [from, to] of ranges) for (let at = from; at < to; at++) if (masked[at] !== "\n") masked[at] = " ";
  return masked.join("");
}

const LITERALS: ReadonlySet<TokenType> = new Set([
  tokTypes.string,
  tokTypes.regexp,
  tokTypes.template,
  tokTypes.invalidTemplate,
  tokTypes.backQuote,
  tokTypes.dollarBraceL,
]);
