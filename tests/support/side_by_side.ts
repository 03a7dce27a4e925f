/**
 * `test` for a file whose tests each have processes, ports and folders of their own, and wait more than they work: so many of them run at
 * once. Each is judged under its own name, in the order of the file, as if they had run one after the other.
 */
import { test } from "node:test";

type Body = () => Promise<void> | void;

interface Options {
  /** Why it is not run. */
  readonly skip?: string | boolean;
}

export type SideBySideTest = (name: string, ...rest: readonly [Body] | readonly [Options, Body]) => void;

/** The first test that runs starts so many of them, and each that ends the next one. */
export function sideBySide(atOnce: number, register: typeof test = test): SideBySideTest {
  const waiting: (() => Promise<void>)[] = [];
  let hasBegun = false;
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  const begin = () => {
    if (hasBegun) return;
    hasBegun = true;
    for (let i = 0; i < atOnce; i++) void work();
  };
  return (name, ...rest) => {
    const [options, body] = rest.length === 1 ? [{}, rest[0]] as const : rest;
    if (options.skip !== undefined && options.skip !== false) return void register(name, options, body);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // it is judged when its turn comes
    waiting.push(async () => {
      try {
        await body();
        resolve();
      } catch (error) {
        reject(error);
      }
    });
    void register(name, options, () => {
      begin();
      return promise;
    });
  };
}
