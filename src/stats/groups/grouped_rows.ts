/**
 * Rows by method and name, where more than 20 URLs that differ only in ids are one row. The same rule counts in a
 * thread, in a worker and in the ledger, and each may find out by itself: a thread that has grouped says so with the
 * row, so that everybody behind it does, too. What is grouped at the end is the same in whatever order the names came,
 * and the ledger's rows are the last word.
 *
 * | a name comes as    | its kind is not grouped yet                 | its kind is grouped |
 * | ------------------ | ------------------------------------------- | ------------------- |
 * | given (explicitly) | its own row, which is never grouped         | the same            |
 * | url                | its own row; the 21st of a kind groups them | the row of the kind |
 * | group              | groups the kind                             | the row of the kind |
 */
import type { NameOrigin } from "../../protocol/delta_message.ts";
import type { UrlGroup } from "../../protocol/snapshot_message.ts";
import { compareText } from "../../base/text/compare_text.ts";
import { cutName, DEFAULT_MAX_NAMES, EntryTable } from "./entry_table.ts";
import { addExample, groupNameOf, isOfGroup } from "./url_names.ts";

/** So many URLs of a kind are shown apart. */
export const MAX_ALIKE = 20;
/** As many as there can be rows. */
const MAX_KINDS = 2000;
/** Shown in reports. */
const MAX_EXAMPLES = 3;

export interface GroupedRow {
  readonly name: string;
  /** Undefined: it is new. */
  origin: NameOrigin | undefined;
}

interface Kind {
  readonly method: string;
  readonly name: string;
  /** Those with a row of their own; undefined: it is grouped. */
  names: Set<string> | undefined;
  examples: readonly string[];
}

export interface GroupedRowsOptions<Row> {
  readonly createRow: (method: string, name: string, kind: "named" | "overflow") => Row;
  readonly originOf: (row: Row) => GroupedRow;
  readonly maxNames?: number | undefined;
  /** `off`: names are kept as they come, for a record of what came. */
  readonly grouping?: "on" | "off";
  /** Whether `groups` has some of the URLs of each; default: none. */
  readonly examples?: "keep" | "none";
  /** A kind has been grouped. `rows` are in the table no longer; `into` counts from now on what they counted. */
  readonly merged?: (rows: readonly Row[], into: Row) => void;
}

export class GroupedRows<Row> {
  readonly #table: EntryTable<Row>;
  readonly #options: GroupedRowsOptions<Row>;
  readonly #kinds = new Map<string, Map<string, Kind>>();
  /** The group that was asked for last, where its names leave no example: most URLs are followed by one of their kind. */
  #last: { readonly method: string; readonly name: string; readonly row: Row } | undefined;
  /** Rows that are named as a URL is: they may be none of a group's. */
  #givenUrls = 0;
  #kindCount = 0;

  constructor(options: GroupedRowsOptions<Row>) {
    this.#options = options;
    this.#table = new EntryTable(options.createRow, options.maxNames ?? DEFAULT_MAX_NAMES);
  }

  /** Number of rows, without the `(other)` ones. */
  get size(): number {
    return this.#table.size;
  }

  rows(): Generator<Row> {
    return this.#table.rows();
  }

  /** The row that counts a name. */
  open(method: string, fullName: string, origin: NameOrigin): Row {
    const name = cutName(fullName);
    if (this.#options.grouping === "off" || origin === "given") return this.#mark(method, name, origin);
    if (origin === "group") return this.#openGroup(method, name, this.#kindOf(method, name));
    if (this.#givenUrls === 0 && this.#last?.method === method && isOfGroup(name, this.#last.name)) {
      return this.#last.row;
    }
    const known = this.#table.get(method, name);
    if (known !== undefined && this.#options.originOf(known).origin === "given") return known;
    const group = groupNameOf(name);
    if (group === undefined) return this.#mark(method, name, "given"); // nothing in it can be grouped
    const kind = this.#kindOf(method, group);
    if (kind === undefined) return this.#mark(method, name, "url");
    if (this.#options.examples === "keep") kind.examples = addExample(kind.examples, name, MAX_EXAMPLES);
    if (isGrouped(kind, name)) {
      const row = this.#openGroup(method, group, kind);
      if (this.#options.examples !== "keep") this.#last = { method, name: group, row };
      return row;
    }
    kind.names?.add(name);
    return known ?? this.#mark(method, name, "url");
  }

  /** The name of the row that counts what is said of another name: failures, traces, tags. */
  nameOf(method: string, name: string): string {
    if (this.#kindCount === 0) return name;
    const known = this.#table.get(method, name);
    if (known !== undefined && this.#options.originOf(known).origin !== "url") return name;
    const group = groupNameOf(name);
    const kind = group === undefined ? undefined : this.#kinds.get(method)?.get(group);
    return kind !== undefined && kind.names === undefined ? kind.name : name;
  }

  /** The kinds that are grouped, sorted as rows are. */
  groups(): UrlGroup[] {
    const groups: UrlGroup[] = [];
    for (const byName of this.#kinds.values()) {
      for (const { method, name, names, examples } of byName.values()) {
        if (names === undefined) groups.push({ method, name, examples });
      }
    }
    return groups.sort((a, b) => compareText(a.name, b.name) || compareText(a.method, b.method));
  }

  /** Into an empty table: the groups of one that was saved. Its rows are opened as they were named. */
  restoreGroups(groups: readonly UrlGroup[]): void {
    for (const { method, name, examples } of groups) {
      const kind = this.#kindOf(method, name);
      if (kind === undefined) continue;
      kind.names = undefined;
      kind.examples = examples;
    }
  }

  /** The row of that very name, which is said to be of this origin. */
  #mark(method: string, name: string, origin: NameOrigin): Row {
    const row = this.#table.intern(method, name);
    const named = this.#options.originOf(row);
    if (named.name !== name || named.origin === origin || named.origin === "group") return row;
    if (origin === "given" && groupNameOf(name) !== undefined) this.#givenUrls++;
    if (named.origin === "url" && origin === "given") this.#leaveKind(method, name);
    if (named.origin !== "given" || origin === "group") named.origin = origin;
    return row;
  }

  #openGroup(method: string, name: string, kind: Kind | undefined): Row {
    const gone: Row[] = [];
    for (const each of kind?.names ?? []) {
      const row = this.#table.get(method, each);
      if (row === undefined || this.#options.originOf(row).origin !== "url") continue;
      this.#table.delete(method, each);
      gone.push(row);
    }
    const row = this.#mark(method, name, "group");
    if (kind?.names === undefined) return row;
    kind.names = undefined;
    this.#options.merged?.(gone, row);
    return row;
  }

  /** Undefined: there are too many. */
  #kindOf(method: string, name: string): Kind | undefined {
    let byName = this.#kinds.get(method);
    const known = byName?.get(name);
    if (known !== undefined) return known;
    if (this.#kindCount >= MAX_KINDS) return undefined;
    if (byName === undefined) this.#kinds.set(method, byName = new Map());
    const kind = { method, name, names: new Set<string>(), examples: [] };
    byName.set(name, kind);
    this.#kindCount++;
    return kind;
  }

  #leaveKind(method: string, name: string): void {
    const group = groupNameOf(name);
    if (group !== undefined) this.#kinds.get(method)?.get(group)?.names?.delete(name);
  }
}

function isGrouped({ names }: Kind, name: string): boolean {
  return names === undefined || (names.size >= MAX_ALIKE && !names.has(name));
}
