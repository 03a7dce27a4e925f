/**
 * A list of header fields of a session or a request, in the order and spelling of the test, which is how they are sent.
 * Names compare without case. Values are checked here, so that nothing can smuggle a line into a request.
 * `version` changes with every change: caches of encoded heads compare it.
 */
import { UsageError } from "../../base/errors.ts";
import { describeKind } from "../../base/given_text.ts";

/** Several fields: a plain object, pairs, a `Map`, or a `Headers`. */
export type HeaderFields =
  | Readonly<Record<string, string | number | boolean>>
  | Iterable<readonly [string, string | number | boolean]>;

type HeaderValue = string | number | boolean;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// Anything but control characters; `toByteString` decides how characters beyond ASCII are sent.
// deno-lint-ignore no-control-regex
const FORBIDDEN_IN_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;

export class HeaderList implements Iterable<readonly [string, string]> {
  #keys: string[] = []; // lower case, for comparing
  #names: string[] = []; // as given
  #values: string[] = [];
  #version = 0;

  constructor(fields?: HeaderFields) {
    if (fields !== undefined) this.assign(fields);
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#names.length;
  }

  /** The value, several of one name joined with `, `; null if there is none, as `Headers` has it. */
  get(name: string): string | null {
    const key = name.toLowerCase();
    let found: string | null = null;
    for (let i = 0; i < this.#keys.length; i++) {
      if (this.#keys[i] === key) found = found === null ? this.#values[i]! : `${found}, ${this.#values[i]}`;
    }
    return found;
  }

  has(name: string): boolean {
    return this.#keys.includes(name.toLowerCase());
  }

  /** Replaces every field of that name. */
  set(name: string, value: HeaderValue): void {
    const checked = checkField(name, value);
    const key = name.toLowerCase();
    const at = this.#keys.indexOf(key);
    if (at === -1) return this.#push(key, name, checked);
    this.#values[at] = checked;
    this.#names[at] = name;
    for (let i = this.#keys.length - 1; i > at; i--) if (this.#keys[i] === key) this.#removeAt(i);
    this.#version++;
  }

  /** Adds a field beside those that have the same name. */
  append(name: string, value: HeaderValue): void {
    this.#push(name.toLowerCase(), name, checkField(name, value));
  }

  delete(name: string): void {
    const key = name.toLowerCase();
    for (let i = this.#keys.length - 1; i >= 0; i--) if (this.#keys[i] === key) this.#removeAt(i);
    this.#version++;
  }

  clear(): void {
    this.#keys = [];
    this.#names = [];
    this.#values = [];
    this.#version++;
  }

  /** The same by the name that it has in Python. */
  update(fields: HeaderFields): void {
    this.assign(fields);
  }

  /** Sets each of the fields; a name that occurs twice in `fields` is kept twice. */
  assign(fields: HeaderFields): void {
    const seen = new Set<string>();
    for (const [name, value] of iterateFields(fields)) {
      const key = name.toLowerCase();
      if (seen.has(key)) this.append(name, value);
      else this.set(name, value);
      seen.add(key);
    }
  }

  [Symbol.iterator](): Iterator<readonly [string, string]> {
    return this.entries();
  }

  *entries(): Generator<readonly [string, string]> {
    for (let i = 0; i < this.#names.length; i++) yield [this.#names[i]!, this.#values[i]!];
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const [name, value] of this) visit(value, name);
  }

  /** A list with the same fields that changes on its own. */
  copy(): HeaderList {
    const twin = new HeaderList();
    twin.#keys = [...this.#keys];
    twin.#names = [...this.#names];
    twin.#values = [...this.#values];
    return twin;
  }

  #push(key: string, name: string, value: string): void {
    this.#keys.push(key);
    this.#names.push(name);
    this.#values.push(value);
    this.#version++;
  }

  #removeAt(index: number): void {
    this.#keys.splice(index, 1);
    this.#names.splice(index, 1);
    this.#values.splice(index, 1);
  }
}

/**
 * Python's `headers["X-Key"] = value` would set a property that is never read. The prototype's prototype sees such
 * names only.
 */
const refuseIndex = (_target: object, name: string | symbol): never => {
  throw new UsageError(
    `Cannot use headers["${String(name)}"]: headers are not an object; write headers.set("${
      String(name)
    }", value) or headers.get(…)`,
  );
};

Object.setPrototypeOf(
  HeaderList.prototype,
  new Proxy({}, {
    set: refuseIndex,
    get: (target, name) => isFieldName(name) ? refuseIndex(target, name) : Reflect.get(target, name),
  }),
);

/** Property names that code reads from any object, such as `then`, are in lower case. */
function isFieldName(name: string | symbol): boolean {
  return typeof name === "string" && /^[A-Z]|-/.test(name);
}

function iterateFields(fields: HeaderFields): Iterable<readonly [string, HeaderValue]> {
  if (typeof fields !== "object" || fields === null || ArrayBuffer.isView(fields)) throw badFields(fields);
  if (!(Symbol.iterator in fields)) return Object.entries(fields);
  const pairs = [...fields];
  const wrong = pairs.find((pair) => !Array.isArray(pair) || pair.length !== 2);
  if (wrong !== undefined) throw badFields(wrong);
  return pairs;
}

function badFields(found: unknown): UsageError {
  return new UsageError(
    `Cannot set headers: ${describeKind(found)} is not a field; give an object, a Map, pairs or Headers`,
  );
}

function checkField(name: string, value: HeaderValue): string {
  if (typeof name !== "string" || !TOKEN.test(name)) {
    throw new UsageError(`Cannot set the header "${name}": the name holds characters that no header name may have`);
  }
  if (
    typeof value === "object" || typeof value === "undefined" || typeof value === "function" ||
    typeof value === "symbol"
  ) {
    throw new UsageError(
      `Cannot set the header "${name}": its value is ${
        describeKind(value)
      }; give text or a number, or leave the header out`,
    );
  }
  const text = trimSpace(String(value));
  if (FORBIDDEN_IN_VALUE.test(text)) {
    throw new UsageError(
      `Cannot set the header "${name}": its value holds a line break or control character; encode it first`,
    );
  }
  return text;
}

function trimSpace(value: string): string {
  return value.replace(/^[\t\r\n ]+|[\t\r\n ]+$/g, "");
}
