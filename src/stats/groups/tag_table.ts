/**
 * Groups of rows by tag and value, each made once. At most 20 tags and 50 values of each: further values are counted in
 * the value `(other)`, further tags not at all, and their samples are numbered. All groups together have a bounded
 * number of rows; beyond it a group counts in its `(other)` rows, so that what a value counts in all is always whole.
 */
import { compareText } from "../../base/text/compare_text.ts";
import { EntryTable, OVERFLOW_NAME } from "./entry_table.ts";

/** More are ids, which belong into no table. */
export const MAX_TAGS = 20;
export const MAX_TAG_VALUES = 50;
/** Rows of all tags and values together, as many as a table of requests has. */
export const MAX_TAGGED_ROWS = 2000;

/** The rows of one value of a tag. */
export interface TagGroup<Row> {
  readonly tag: string;
  readonly value: string;
  readonly rows: EntryTable<Row>;
}

export class TagTable<Row, Group extends TagGroup<Row>> {
  readonly #tags = new Map<string, Map<string, Group>>();
  readonly #createGroup: (group: TagGroup<Row>) => Group;
  readonly #createRow: (method: string, name: string, kind: "named" | "overflow") => Row;
  #rows = 0;

  constructor(
    createRow: (method: string, name: string, kind: "named" | "overflow") => Row,
    createGroup: (group: TagGroup<Row>) => Group,
  ) {
    this.#createRow = createRow;
    this.#createGroup = createGroup;
  }

  /** The group of a tag and value; undefined: there are too many tags. */
  open(tag: string, value: string): Group | undefined {
    return this.#tags.get(tag)?.get(value) ?? this.#add(tag, value);
  }

  /** In the order in which tags and values came. */
  *groups(): Generator<Group> {
    for (const values of this.#tags.values()) yield* values.values();
  }

  /** Makes room for other rows. */
  delete(group: Group, { method, name }: { readonly method: string; readonly name: string }): void {
    if (group.rows.get(method, name) === undefined) return;
    group.rows.delete(method, name);
    this.#rows--;
  }

  #add(tag: string, value: string): Group | undefined {
    let values = this.#tags.get(tag);
    if (values === undefined) {
      if (this.#tags.size >= MAX_TAGS) return undefined;
      this.#tags.set(tag, values = new Map());
    }
    const others = values.has(OVERFLOW_NAME) ? 1 : 0;
    if (values.size - others >= MAX_TAG_VALUES && value !== OVERFLOW_NAME) return this.open(tag, OVERFLOW_NAME);
    const group = this.#createGroup({ tag, value, rows: this.#createRows() });
    values.set(value, group);
    return group;
  }

  #createRows(): EntryTable<Row> {
    const create = (method: string, name: string, kind: "named" | "overflow"): Row => {
      if (kind === "named") this.#rows++;
      return this.#createRow(method, name, kind);
    };
    return new EntryTable(create, () => this.#rows >= MAX_TAGGED_ROWS);
  }
}

/** The order of values in reports: `(other)` last. */
export function compareTagValues(a: string, b: string): number {
  if (a === OVERFLOW_NAME || b === OVERFLOW_NAME) return Number(a === OVERFLOW_NAME) - Number(b === OVERFLOW_NAME);
  return compareText(a, b);
}
