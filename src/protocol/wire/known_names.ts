/**
 * The names of requests that one connection has carried, numbered 2, 3, 4 … on both of its ends: a name goes over the
 * wire once and is a number afterwards. A connection delivers everything in order or ends, and a new one starts with no
 * names: so neither a cut, nor a delta that comes again, nor another master can mix up two names.
 */

/** Enough for what a worker counts apart; further names go in full each time. */
export const MAX_KNOWN_NAMES = 4096;
/** Longer ones (method and name together) go in full each time: what a peer can make us keep is 1 MB of text. */
export const MAX_KNOWN_LENGTH = 256;

const FIRST_NUMBER = 2;

export interface KnownName {
  readonly method: string;
  readonly name: string;
}

/** Whether a pair may get a number after so many others. */
export function canBeKnown(method: string, name: string, known: number): boolean {
  return known < MAX_KNOWN_NAMES && method.length + name.length <= MAX_KNOWN_LENGTH;
}

/** The sending end. */
export class SentNames {
  readonly #numbers = new Map<string, Map<string, number>>();
  readonly #list: KnownName[] = [];

  get size(): number {
    return this.#list.length;
  }

  numberOf(method: string, name: string): number | undefined {
    return this.#numbers.get(method)?.get(name);
  }

  /** The pair gets the next number; its names go with the message that is being written. */
  add(method: string, name: string): void {
    let byName = this.#numbers.get(method);
    if (byName === undefined) this.#numbers.set(method, byName = new Map());
    byName.set(name, FIRST_NUMBER + this.#list.length);
    this.#list.push({ method, name });
  }

  /** Forgets all but the first `size` ones: the message that was to carry the others has not been sent. */
  cutTo(size: number): void {
    for (const { method, name } of this.#list.splice(size)) this.#numbers.get(method)?.delete(name);
  }
}

/** The receiving end. */
export class ReceivedNames {
  readonly #list: (KnownName | undefined)[] = [];

  get size(): number {
    return this.#list.length;
  }

  /** The pair of a number, if there is one. */
  get(number: number): KnownName | undefined {
    return this.#list[number - FIRST_NUMBER];
  }

  add(known: KnownName): void {
    this.#list.push(known);
  }

  /** Pairs of a record that may have gaps: the first of them comes after `before` others, which may be unknown. */
  setFrom(before: number, pairs: readonly KnownName[]): void {
    for (let i = this.#list.length; i < Math.min(before, MAX_KNOWN_NAMES); i++) this.#list.push(undefined);
    for (const [i, pair] of pairs.entries()) if (before + i < MAX_KNOWN_NAMES) this.#list[before + i] = pair;
  }
}
