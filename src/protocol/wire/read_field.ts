/**
 * Reads fields of a decoded message: takes `unknown`, returns a typed value, or throws a `MessageError` that names the
 * field. Text chosen by users, targets or locustfiles is shortened instead of refused: a refused message would come
 * again on each new link.
 */
import { truncate } from "../../base/text/text.ts";
import { MessageError } from "./scan_value.ts";

/** A decoded map. Fields that no one reads are ignored: that is how newer versions add some. */
export type Fields = Readonly<Record<string, unknown>>;

/** Names of requests, classes, tasks, workers, hosts. */
export const MAX_NAME = 2048;
/** Failure texts, log lines, reasons. */
export const MAX_TEXT = 16 * 1024;
/** Stacks. */
export const MAX_STACK = 64 * 1024;

export function toFields(value: unknown, what: string): Fields {
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)) {
    return value as Fields;
  }
  throw wrong(what, "a map");
}

export function readText(fields: Fields, field: string, max: number = MAX_TEXT): string {
  const value = fields[field];
  if (typeof value !== "string") throw wrong(field, "text");
  return truncate(value, max);
}

/** For text that means something to us: too long is wrong, not shortened. */
export function readIdentifier(fields: Fields, field: string): string {
  const value = fields[field];
  if (typeof value !== "string" || value === "" || value.length > 256 || /\p{Cc}/u.test(value)) {
    throw wrong(field, "text of 1 to 256 characters without control characters");
  }
  return value;
}

/** A whole number from 0 on (or from `min`), exact as a double. */
export function readCount(fields: Fields, field: string, min = 0): number {
  const value = fields[field];
  if (!Number.isSafeInteger(value) || (value as number) < min) throw wrong(field, `a whole number from ${min}`);
  return value as number;
}

/** A finite number of either sign. */
export function readNumber(fields: Fields, field: string): number {
  const value = fields[field];
  if (typeof value !== "number" || !Number.isFinite(value)) throw wrong(field, "a number");
  return value;
}

/** A finite number from 0 on: a time or a share. */
export function readAmount(fields: Fields, field: string): number {
  const value = fields[field];
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw wrong(field, "a number from 0");
  return value;
}

export function readFlag(fields: Fields, field: string): boolean {
  const value = fields[field];
  if (typeof value !== "boolean") throw wrong(field, "true or false");
  return value;
}

/** A copy: the frame's memory is not kept alive by a part of it. */
export function readBytes(fields: Fields, field: string, max: number): Uint8Array {
  const value = fields[field];
  if (!(value instanceof Uint8Array)) throw wrong(field, "bytes");
  if (value.length > max) throw wrong(field, `at most ${max} bytes`);
  return new Uint8Array(value);
}

export function readList<T>(fields: Fields, field: string, max: number, read: (item: unknown) => T): T[] {
  const value = fields[field];
  if (!Array.isArray(value)) throw wrong(field, "a list");
  if (value.length > max) throw wrong(field, `a list of at most ${max}`);
  return value.map(read);
}

export function readTextList(fields: Fields, field: string, max: number): string[] {
  return readList(fields, field, max, (item) => {
    if (typeof item !== "string") throw wrong(field, "a list of texts");
    return truncate(item, MAX_NAME);
  });
}

/** A map with free keys. Keys become own properties, whatever they are called. */
export function readMap<T>(fields: Fields, field: string, read: (item: unknown) => T): Record<string, T> {
  const map = toFields(fields[field], field);
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [key, read(item)]));
}

export function readWord<const W extends string>(fields: Fields, field: string, words: readonly W[]): W {
  const word = words.find((each) => each === fields[field]);
  if (word === undefined) throw wrong(field, `one of ${words.join(", ")}`);
  return word;
}

export function has(fields: Fields, field: string): boolean {
  return fields[field] !== undefined && fields[field] !== null;
}

export function wrong(what: string, wanted: string): MessageError {
  return new MessageError(`the field "${what}" is not ${wanted}`);
}
