/**
 * Exceptions of user code, grouped by what, where and stack, with the workers that had them. Bounded; further ones are
 * counted in one group.
 */
import { truncate } from "../../base/text/text.ts";

const DEFAULT_MAX_EXCEPTION_GROUPS = 200;
const MAX_MESSAGE_LENGTH = 500;
const MAX_STACK_LENGTH = 4000;

const OTHER_EXCEPTIONS = { message: "(exceptions beyond the limit of different ones)", stack: "", where: "" };

export interface ExceptionGroup {
  readonly message: string;
  readonly stack: string;
  readonly where: string;
  count: number;
  readonly workers: Set<string>;
}

export class ExceptionGroups {
  readonly #groups = new Map<string, ExceptionGroup>();
  readonly #maxGroups: number;

  constructor(maxGroups: number = DEFAULT_MAX_EXCEPTION_GROUPS) {
    this.#maxGroups = maxGroups;
  }

  count(exception: { message: string; stack: string; where: string }, count: number, worker?: string): void {
    const group = this.#groupOf({
      message: truncate(exception.message, MAX_MESSAGE_LENGTH),
      stack: truncate(exception.stack, MAX_STACK_LENGTH),
      where: truncate(exception.where, MAX_MESSAGE_LENGTH),
    });
    group.count += count;
    if (worker !== undefined) group.workers.add(worker);
  }

  /** In order of first occurrence. */
  list(): readonly ExceptionGroup[] {
    return [...this.#groups.values()];
  }

  get total(): number {
    let total = 0;
    for (const group of this.#groups.values()) total += group.count;
    return total;
  }

  clear(): void {
    this.#groups.clear();
  }

  #groupOf(wanted: { message: string; stack: string; where: string }): ExceptionGroup {
    const known = this.#groups.get(keyOf(wanted));
    if (known !== undefined) return known;
    const exception = this.#groups.size < this.#maxGroups ? wanted : OTHER_EXCEPTIONS;
    const key = keyOf(exception);
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, group = { ...exception, count: 0, workers: new Set() });
    return group;
  }
}

function keyOf(exception: { message: string; stack: string; where: string }): string {
  return `${exception.where}\0${exception.message}\0${exception.stack}`;
}
