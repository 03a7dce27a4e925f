/**
 * Promises of values that come from elsewhere (a row, the sum of a counter, a body), made so that code which forgot its
 * `await` is told: who reads a field of one, spells it as a text or sends it as JSON gets a sentence, where `undefined`
 * would go on its way. Awaited they are promises like any other.
 */
import { LocustError } from "./errors.ts";

/** The same promise, marked. */
export type MarkLate = <T>(promise: Promise<T>) => Promise<T>;

/** `what`: whose fields they are; `call`: as it is written right. */
export function lateValues(what: string, call: string): MarkLate {
  const prototype = createPrototype((doing) => {
    throw new LocustError(`Cannot ${doing(what)}: it has not come yet; write await before the call, as in "${call}"`, {
      code: "not_awaited",
    });
  });
  return (promise) => Object.setPrototypeOf(promise, prototype);
}

type Refuse = (doing: (what: string) => string) => never;

/** What `await` and the methods of a promise look for is its own, so that they cost what they cost with any promise. */
function createPrototype(refuse: Refuse): object {
  const { then, catch: onError, finally: onEnd } = Promise.prototype;
  const asText = { value: () => refuse((what) => `use ${what} as a value`) };
  const asList = { value: () => refuse((what) => `take ${what} apart`) };
  return Object.create(fieldsOf(refuse), {
    constructor: { value: Promise },
    then: { value: then },
    catch: { value: onError },
    finally: { value: onEnd },
    [Symbol.toStringTag]: { value: "Promise" },
    [Symbol.toPrimitive]: asText,
    toString: asText,
    toJSON: { value: () => refuse((what) => `send ${what}`) },
    [Symbol.iterator]: asList,
    [Symbol.asyncIterator]: asList,
  });
}

function fieldsOf(refuse: Refuse): object {
  return new Proxy(Object.create(Promise.prototype) as object, {
    get(target, key, self) {
      if (typeof key === "symbol" || key in target) return Reflect.get(target, key, self);
      return refuse((what) => `read "${key}" of ${what}`);
    },
  });
}
