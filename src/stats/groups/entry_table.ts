/**
 * Rows by method and name, each interned once, without building a key. At most `maxNames` of them: further
 * names are counted in the method's `(other)` row: names with ids in them lose detail and do not fill the memory.
 */
import { isShown, truncate } from "../../base/text/text.ts";

/** Rows over all methods. More than two thousand rows are not read by people; a row takes 1 to 30 KB. */
export const DEFAULT_MAX_NAMES = 2000;

/** Name of the rows that count further names. */
export const OVERFLOW_NAME = "(other)";

/** Methods with an `(other)` row of their own; more are counted under the method `(other)`. */
const MAX_OVERFLOW_METHODS = 50;

/** Longer names are cut: they travel in each delta. */
const MAX_NAME_LENGTH = 1000;

/** A name as it is counted. */
export function cutName(name: string): string {
  return truncate(name, MAX_NAME_LENGTH);
}

export class EntryTable<Row> {
  readonly #rows = new Map<string, Map<string, Row>>();
  readonly #overflow = new Map<string, Row>();
  readonly #create: (method: string, name: string, kind: "named" | "overflow") => Row;
  readonly #isFull: (size: number) => boolean;
  #size = 0;

  /** `limit`: so many names, or whether there must not be another one. */
  constructor(
    create: (method: string, name: string, kind: "named" | "overflow") => Row,
    limit: number | (() => boolean) = DEFAULT_MAX_NAMES,
  ) {
    this.#create = create;
    this.#isFull = typeof limit === "number" ? (size) => size >= limit : limit;
  }

  /** Number of rows, without the `(other)` ones. */
  get size(): number {
    return this.#size;
  }

  /** The row of a method and name: the same object each time. */
  intern(method: string, name: string): Row {
    return this.#rows.get(method)?.get(name) ?? this.#add(method, name);
  }

  /** The row of a method and name that has one of its own. */
  get(method: string, name: string): Row | undefined {
    return this.#rows.get(method)?.get(name);
  }

  /** Makes room for another row. */
  delete(method: string, name: string): void {
    if (this.#rows.get(method)?.delete(name) === true) this.#size--;
  }

  *rows(): Generator<Row> {
    for (const byName of this.#rows.values()) yield* byName.values();
    yield* this.#overflow.values();
  }

  clear(): void {
    this.#rows.clear();
    this.#overflow.clear();
    this.#size = 0;
  }

  #add(method: string, name: string): Row {
    if (!isShown(name, MAX_NAME_LENGTH) || !isShown(method, MAX_NAME_LENGTH)) {
      return this.intern(cutName(method), cutName(name));
    }
    // A row that a thread has already summed up is the same here, and not one more name.
    if (name === OVERFLOW_NAME || this.#isFull(this.#size)) return this.#overflowOf(method);
    let byName = this.#rows.get(method);
    if (byName === undefined) this.#rows.set(method, byName = new Map());
    const row = this.#create(method, name, "named");
    byName.set(name, row);
    this.#size++;
    return row;
  }

  #overflowOf(wanted: string): Row {
    const method = this.#overflow.has(wanted) || this.#overflow.size < MAX_OVERFLOW_METHODS ? wanted : OVERFLOW_NAME;
    let row = this.#overflow.get(method);
    if (row === undefined) this.#overflow.set(method, row = this.#create(method, OVERFLOW_NAME, "overflow"));
    return row;
  }
}
