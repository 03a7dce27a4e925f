/**
 * The counts of a tick as a journal line holds them, and back. The rows are bytes (`journal_rows.ts`); names, failures
 * and exceptions are written once and are numbers afterwards.
 *
 * Invariant: a number is never read as something else. A line says from which number on its own new texts count; where
 * an earlier line is missing, a number without a text is an error and not a guess.
 */
import { LocustError } from "../../base/errors.ts";
import {
  type DeltaMessage,
  EMPTY_DELTA,
  type ExceptionDelta,
  type FailureDelta,
} from "../../protocol/delta_message.ts";
import { canBeKnown, type KnownName, ReceivedNames, SentNames } from "../../protocol/wire/known_names.ts";
import type { ExceptionGroup } from "../../stats/groups/exception_groups.ts";
import { packRows, unpackRows } from "./journal_rows.ts";

/** What a worker counted. */
export interface NodeCounts {
  readonly node: string;
  readonly delta: DeltaMessage;
}

type FailureText = Pick<FailureDelta, "method" | "name" | "text">;
type ExceptionText = Pick<ExceptionDelta, "message" | "stack" | "where">;

/** Texts that are numbers from now on; the first of them has the number `from`. */
interface NewTexts<T> {
  readonly from: number;
  readonly texts: readonly T[];
}

export interface WrittenCounts {
  readonly names?: NewTexts<readonly [method: string, name: string]>;
  readonly failures?: NewTexts<FailureText>;
  readonly exceptions?: NewTexts<ExceptionText>;
  readonly nodes: readonly WrittenNode[];
  /** Exceptions of workers whose other counts share one sum. */
  readonly shared?: {
    readonly resets: number;
    readonly exceptions: readonly (readonly [text: number | ExceptionText, count: number, nodes: readonly string[]])[];
  };
}

interface WrittenNode {
  readonly node: string;
  /** Absent where no row changed. */
  readonly rows?: Uint8Array;
  /** Rows of requests with tags. */
  readonly tagged?: readonly (readonly [tag: string, value: string, rows: Uint8Array])[];
  readonly failures?: readonly (readonly [
    text: number | FailureText,
    count: number,
    firstAgeMs: number,
    lastAgeMs: number,
  ])[];
  readonly exceptions?: readonly (readonly [text: number | ExceptionText, count: number])[];
  readonly sums: Omit<DeltaMessage, "entries" | "tagged" | "failures" | "exceptions">;
}

/** Texts that get a number; further ones are written in full each time. */
const MAX_FAILURE_TEXTS = 5000;
const MAX_EXCEPTION_TEXTS = 1000;

export class CountsWriter {
  readonly #names = new SentNames();
  readonly #nameList: KnownName[] = [];
  readonly #failures = new TextNumbers<FailureText>(MAX_FAILURE_TEXTS);
  readonly #exceptions = new TextNumbers<ExceptionText>(MAX_EXCEPTION_TEXTS);

  /** `shared`: exceptions of many workers, counted after the given reset of the statistics. */
  write(
    counts: readonly NodeCounts[],
    shared: { readonly resets: number; readonly exceptions: readonly ExceptionGroup[] } = { resets: 0, exceptions: [] },
  ): WrittenCounts {
    const from = this.#nameList.length;
    const nodes = counts.map(({ node, delta }) => this.#writeNode(node, delta));
    const names = this.#nameList.slice(from).map(({ method, name }) => [method, name] as const);
    const grouped = shared.exceptions.map(({ message, stack, where, count, workers }) =>
      [this.#exceptions.refer({ message, stack, where }), count, [...workers]] as const
    );
    const failures = this.#failures.takeNew();
    const exceptions = this.#exceptions.takeNew();
    return {
      ...(names.length === 0 ? {} : { names: { from, texts: names } }),
      ...(failures === undefined ? {} : { failures }),
      ...(exceptions === undefined ? {} : { exceptions }),
      nodes,
      ...(grouped.length === 0 ? {} : { shared: { resets: shared.resets, exceptions: grouped } }),
    };
  }

  #writeNode(node: string, { entries, tagged, failures, exceptions, ...sums }: DeltaMessage): WrittenNode {
    this.#number(entries);
    for (const group of tagged ?? []) this.#number(group.entries);
    return {
      node,
      ...(entries.length === 0 ? {} : { rows: packRows(entries, this.#names) }),
      ...(tagged === undefined
        ? {}
        : { tagged: tagged.map((group) => [group.tag, group.value, packRows(group.entries, this.#names)]) }),
      ...(failures.length === 0 ? {} : {
        failures: failures.map(({ method, name, text, count, firstAgeMs, lastAgeMs }) => [
          this.#failures.refer({ method, name, text }),
          count,
          firstAgeMs,
          lastAgeMs,
        ]),
      }),
      ...(exceptions.length === 0 ? {} : {
        exceptions: exceptions.map(({ message, stack, where, count }) => [
          this.#exceptions.refer({ message, stack, where }),
          count,
        ]),
      }),
      sums,
    };
  }

  #number(entries: DeltaMessage["entries"]): void {
    for (const { method, name } of entries) {
      if (this.#names.numberOf(method, name) !== undefined || !canBeKnown(method, name, this.#names.size)) continue;
      this.#names.add(method, name);
      this.#nameList.push({ method, name });
    }
  }
}

export class CountsReader {
  readonly #names = new ReceivedNames();
  readonly #failures: (FailureText | undefined)[] = [];
  readonly #exceptions: (ExceptionText | undefined)[] = [];

  /** Throws an error when the line is damaged, or refers to a line that is missing. */
  read({ names, failures, exceptions, nodes, shared }: WrittenCounts): NodeCounts[] {
    if (names !== undefined) {
      this.#names.setFrom(names.from, names.texts.map(([method, name]) => ({ method, name })));
    }
    keep(this.#failures, failures);
    keep(this.#exceptions, exceptions);
    const counts = nodes.map((node) => ({ node: node.node, delta: this.#readNode(node) }));
    for (const [text, count, of] of shared?.exceptions ?? []) {
      for (const [i, node] of of.entries()) {
        const exception = { ...find(this.#exceptions, text), count: i === 0 ? count : 0 };
        counts.push({ node, delta: { ...EMPTY_DELTA, exceptions: [exception], resets: shared?.resets ?? 0 } });
      }
    }
    return counts;
  }

  #readNode({ rows, tagged, failures = [], exceptions = [], sums }: WrittenNode): DeltaMessage {
    return {
      entries: rows === undefined ? [] : unpackRows(rows, this.#names),
      ...(tagged === undefined
        ? {}
        : { tagged: tagged.map(([tag, value, each]) => ({ tag, value, entries: unpackRows(each, this.#names) })) }),
      failures: failures.map(([text, count, firstAgeMs, lastAgeMs]) => ({
        ...find(this.#failures, text),
        count,
        firstAgeMs,
        lastAgeMs,
      })),
      exceptions: exceptions.map(([text, count]) => ({ ...find(this.#exceptions, text), count })),
      ...sums,
    };
  }
}

/** Numbers 0, 1, 2 … for texts, in the order in which they are first referred to. */
class TextNumbers<T extends object> {
  readonly #numbers = new Map<string, number>();
  readonly #max: number;
  #new: T[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  /** The number of a text, or, beyond the limit, the text itself. */
  refer(text: T): number | T {
    const key = JSON.stringify(text);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#numbers.size >= this.#max) return text;
    this.#new.push(text);
    this.#numbers.set(key, this.#numbers.size);
    return this.#numbers.size - 1;
  }

  /** Those that were numbered since the last call. */
  takeNew(): NewTexts<T> | undefined {
    if (this.#new.length === 0) return undefined;
    const texts = this.#new;
    this.#new = [];
    return { from: this.#numbers.size - texts.length, texts };
  }
}

function keep<T>(list: (T | undefined)[], added: NewTexts<T> | undefined): void {
  for (const [i, text] of (added?.texts ?? []).entries()) list[(added?.from ?? 0) + i] = text;
}

function find<T extends object>(list: readonly (T | undefined)[], text: number | T): T {
  if (typeof text === "object") return text;
  const known = list[text];
  if (known === undefined) {
    throw new LocustError(`there is no text with the number ${text}: an earlier line is missing`, { code: "journal" });
  }
  return known;
}
