/**
 * Advice on names that are spelled as in Python: Locust's names are the same here, in camelCase, and "self" is "this".
 * Reads what the engines say of something that is undefined or no function; another name without an underscore is no
 * business of ours.
 */

/** Each engine's words: `a.b_c is not a function`, `undefined is not an object (evaluating 'a.b_c.d')`, `(reading 'b_c')`. */
const PATTERNS = [
  /'([^']+)' is undefined/,
  /^(.+?) is not a function/,
  /\(evaluating '([^']+)/,
  /Cannot read propert\w+ of undefined \(reading '([\w$]+)'\)/,
];

const SNAKE_CASE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/;

/** `names are in camelCase here: "testStart"`, or undefined if the text speaks of no name of Python's. */
export function hintAtSpelling(message: string): string | undefined {
  const ofSelf = /\(evaluating 'self\.([\w$]+)/.exec(message)?.[1];
  if (ofSelf !== undefined) return `the user is called "this" here: "this.${toCamelCase(ofSelf)}"`;
  for (const pattern of PATTERNS) {
    const name = pattern.exec(message)?.[1]?.split(/[^\w$]+/).find((part) => SNAKE_CASE.test(part));
    if (name !== undefined) return `names are in camelCase here: "${toCamelCase(name)}"`;
  }
  return undefined;
}

/** `wait_time` and `wait-time` become `waitTime`; a constant (`MAX_USERS`) stays. */
export function toCamelCase(name: string): string {
  return name.replace(/(?!^)[-_]+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function isSnakeCase(name: string): boolean {
  return SNAKE_CASE.test(name);
}
