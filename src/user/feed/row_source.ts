/**
 * The rows of a feed, each read by its number when it is asked for. Sources in memory are here; files are in
 * `file_rows.ts`, databases in `sqlite_rows.ts`.
 */
import { LocustError } from "../../base/errors.ts";

/** Rows by number. A row that is asked for twice may be another object with the same content. */
export interface OpenRows<Row> {
  /** Undefined: without end. */
  readonly size: number | undefined;
  /** `number` is below the size. */
  row(number: number): Row;
  close(): void;
}

export interface RowSource<Row> {
  /** For messages, and the same in all threads: `"users.csv"`. */
  readonly name: string;
  /** Two sources with the same key have the same rows. */
  readonly key: string;
  /** @throws LocustError that names file and line */
  open(): Promise<OpenRows<Row>>;
}

/** The items of a list. */
export function listRows<Row>(name: string, items: readonly Row[]): RowSource<Row> {
  return {
    name,
    key: name,
    open: () => Promise.resolve({ size: items.length, row: (number) => items[number] as Row, close() {} }),
  };
}

/** What a function makes of the number of a row. */
export function generatedRows<Row>(
  name: string,
  make: (number: number) => Row,
  size: number | undefined,
): RowSource<Row> {
  const row = (number: number): Row => {
    const made = make(number);
    if (made !== undefined) return made;
    throw new LocustError(
      `Cannot make a row of "${name}": its function returned undefined; return a value, as in (number) => ({ id: number })`,
      { code: "feed" },
    );
  };
  return { name, key: name, open: () => Promise.resolve({ size, row, close() {} }) };
}
