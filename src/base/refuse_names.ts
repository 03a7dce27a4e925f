/**
 * Refuses names of Locust in Python: to read `undefined`, or to write a property without effect, would make the test
 * wrong without a message. So they throw, with the right name. They are not in the types, so that no editor offers
 * them.
 */
import { LocustError } from "./errors.ts";
import { toCamelCase } from "./hints/spelling_hint.ts";

/** Makes names of a prototype throw. `names` says what to write instead. */
export function refuseNames(prototype: object, what: string, names: Readonly<Record<string, string>>): void {
  for (const [name, instead] of Object.entries(names)) {
    const refuse = () => {
      throw new LocustError(`Cannot use ${what}.${name}: there is no such member; write ${instead}`, {
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
