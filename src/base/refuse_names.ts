/**
 * Names that people bring along from Python: reading `undefined`, or writing to a property that nobody reads, would be a wrong test
 * without a word. So they throw, with the name that is meant. They are not in the types: nobody shall be offered them.
 */
import { LocustError } from "./errors.ts";
import { toCamelCase } from "./spelling_hint.ts";

/** Makes names of a prototype throw. `names` says what to write instead. */
export function refuseNames(prototype: object, what: string, names: Readonly<Record<string, string>>): void {
  for (const [name, instead] of Object.entries(names)) {
    const refuse = () => {
      throw new LocustError(`Cannot use ${what}.${name}: there is no such thing; write ${instead}`, {
        code: "unknown_name",
      });
    };
    Object.defineProperty(prototype, name, { get: refuse, set: refuse, configurable: true });
  }
}

/** The same for names that are only spelled otherwise. */
export function refuseSnakeCase(prototype: object, what: string, names: readonly string[]): void {
  refuseNames(prototype, what, Object.fromEntries(names.map((name) => [name, `${what}.${toCamelCase(name)}`])));
}
