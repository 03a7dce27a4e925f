/**
 * Encodes data of user code for its way between threads and processes. The thread of the sender converts it to plain
 * types, in which every hop carries it, and the thread of the receiver converts it back: the received value is the same
 * in a local run and over a network, and a value that cannot arrive is refused where it is sent.
 *
 * A value that has no plain type of its own is a map with the one key `$`: `{"$": ["Date", 1700000000000]}`.
 */
import { Buffer } from "node:buffer";
import { LocustError } from "../../base/errors.ts";
import { MAX_FRAME_BYTES } from "./framing.ts";
import { MAX_DEPTH } from "./scan_value.ts";

/** Levels that a message has around the data. */
const OWN_DEPTH = 6;
/** Room in a frame for what is around the data. */
const MAX_DATA_BYTES = MAX_FRAME_BYTES - 64 * 1024;
/** An upper bound for the head of a packed value. */
const HEAD_BYTES = 5;
const TAG = "$";

type Plain = unknown;
type Encode = (value: unknown, levels: number, place: string) => Plain;

const TYPED_ARRAYS = {
  Int8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

/**
 * `undefined`, bigints, dates, maps, sets, typed arrays, buffers, regular expressions and errors arrive as what they
 * are; instances of other classes arrive as plain objects of their own fields, or as what their `toJSON` returns.
 *
 * @throws {LocustError} that names the place in `data` and what is wrong with it
 */
export function encodeCustomData(data: unknown): Plain {
  const parents = new Set<object>();
  let bytes = 0;
  const grow = (by: number) => {
    bytes += by + HEAD_BYTES;
    if (bytes > MAX_DATA_BYTES) throw refusal(`data is larger than ${MAX_DATA_BYTES} bytes`);
  };
  const encode = (value: unknown, depth: number, place: string): Plain => {
    if (typeof value !== "object" || value === null) return encodePrimitive(value, grow, place);
    if (depth > MAX_DEPTH - OWN_DEPTH) throw refusal(`${place} is nested too deeply`);
    if (parents.has(value)) throw refusal(`${place} is an object that contains itself`);
    parents.add(value);
    grow(0);
    const encoded = encodeObject(value, (item, levels, at) => encode(item, depth + levels, at), grow, place);
    parents.delete(value);
    return encoded;
  };
  return encode(data, 0, "data");
}

/** The data as it was before `encodeCustomData`. What is no form of ours stays as it came. */
export function decodeCustomData(plain: Plain): unknown {
  if (Array.isArray(plain)) return plain.map(decodeCustomData);
  if (typeof plain !== "object" || plain === null || ArrayBuffer.isView(plain)) return plain;
  if (Object.hasOwn(plain, TAG)) {
    const form = (plain as Record<string, unknown>)[TAG];
    const decoded = Array.isArray(form) ? decodeTagged(form) : undefined;
    return decoded === undefined ? plain : decoded.value;
  }
  return Object.fromEntries(Object.entries(plain).map(([key, item]) => [key, decodeCustomData(item)]));
}

function encodePrimitive(value: unknown, grow: (by: number) => void, place: string): Plain {
  switch (typeof value) {
    case "string":
      grow(Buffer.byteLength(value));
      return value.toWellFormed(); // half a surrogate pair has no UTF-8
    case "number":
      grow(4);
      return Object.is(value, -0) ? { [TAG]: ["-0"] } : value; // MessagePack would write it as the integer 0
    case "boolean":
      return value;
    case "bigint":
      grow(20);
      return { [TAG]: ["BigInt", String(value)] };
    case "undefined":
      grow(12);
      return { [TAG]: ["undefined"] };
    case "function":
    case "symbol":
      throw refusal(`${place} is a ${typeof value}`);
    default:
      return null;
  }
}

function encodeObject(value: object, encode: Encode, grow: (by: number) => void, place: string): Plain {
  const bytes = (view: ArrayBufferView | ArrayBuffer) => {
    grow(view.byteLength);
    return ArrayBuffer.isView(view)
      ? new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength).slice()
      : new Uint8Array(view).slice();
  };
  if (Array.isArray(value)) return Array.from(value, (item, index) => encode(item, 1, `${place}[${index}]`));
  if (value instanceof Uint8Array) return bytes(value);
  if (value instanceof ArrayBuffer) return { [TAG]: ["ArrayBuffer", bytes(value)] };
  if (value instanceof DataView) return { [TAG]: ["DataView", bytes(value)] };
  if (value instanceof Date) return { [TAG]: ["Date", value.getTime()] };
  if (value instanceof RegExp) return { [TAG]: ["RegExp", value.source, value.flags] };
  if (value instanceof Map) {
    const pair = ([key, item]: [unknown, unknown], index: number) => [
      encode(key, 4, `${place} key ${index}`),
      encode(item, 4, `${place}.get(${typeof key === "string" ? JSON.stringify(key) : `key ${index}`})`),
    ];
    return { [TAG]: ["Map", [...value].map(pair)] };
  }
  if (value instanceof Set) {
    return { [TAG]: ["Set", [...value].map((item, index) => encode(item, 3, `${place} item ${index}`))] };
  }
  if (value instanceof Error) {
    const { name, message, stack = "" } = value;
    return { [TAG]: ["Error", ...[name, message, stack].map((text) => encode(String(text), 2, place))] };
  }
  if (ArrayBuffer.isView(value)) {
    const name = value.constructor.name;
    if (Object.hasOwn(TYPED_ARRAYS, name)) return { [TAG]: [name, bytes(value)] };
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return encode(value.toJSON(), 1, place);
  const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
  if (kind !== "Object") throw refusal(`${place} is a ${kind}`);
  const names = Object.keys(value);
  const isTagged = names.includes(TAG) || names.includes("__proto__"); // a decoder may take the latter for the prototype
  const fields = names.map((name) => {
    grow(Buffer.byteLength(name));
    const item: unknown = (value as Record<string, unknown>)[name];
    return [name.toWellFormed(), encode(item, isTagged ? 4 : 1, `${place}.${name}`)] as const;
  });
  return isTagged ? { [TAG]: ["Object", fields.map((field) => [...field])] } : Object.fromEntries(fields);
}

function decodeTagged([name, first, ...rest]: readonly unknown[]): { readonly value: unknown } | undefined {
  const items = Array.isArray(first) ? first : undefined;
  const pairs = items?.every((item) => Array.isArray(item) && item.length === 2) === true
    ? items.map(([key, item]) => [decodeCustomData(key), decodeCustomData(item)] as const)
    : undefined;
  switch (name) {
    case "undefined":
      return { value: undefined };
    case "-0":
      return { value: -0 };
    case "BigInt":
      return typeof first === "string" && /^-?\d+$/.test(first) ? { value: BigInt(first) } : undefined;
    case "Date":
      return typeof first === "number" ? { value: new Date(first) } : undefined;
    case "RegExp":
      return decodeRegExp(first, rest[0]);
    case "Map":
      return pairs === undefined ? undefined : { value: new Map(pairs) };
    case "Set":
      return items === undefined ? undefined : { value: new Set(items.map(decodeCustomData)) };
    case "Object":
      return pairs === undefined
        ? undefined
        : { value: Object.fromEntries(pairs.map(([key, item]) => [String(key), item])) };
    case "Error":
      return { value: decodeError(first, rest) };
    default:
      return decodeBytes(name, first);
  }
}

function decodeRegExp(source: unknown, flags: unknown): { readonly value: RegExp } | undefined {
  try {
    return { value: new RegExp(String(source), String(flags)) };
  } catch {
    return undefined; // of a runtime with other flags
  }
}

function decodeError(name: unknown, [message, stack]: readonly unknown[]): Error {
  const error = new Error(String(message));
  Object.defineProperty(error, "name", { value: String(name), configurable: true, writable: true });
  Object.defineProperty(error, "stack", { value: String(stack), configurable: true, writable: true });
  return error;
}

function decodeBytes(name: unknown, bytes: unknown): { readonly value: unknown } | undefined {
  if (!(bytes instanceof Uint8Array) || typeof name !== "string") return undefined;
  const buffer = new Uint8Array(bytes).buffer; // a copy: aligned, and not a part of a frame
  if (name === "ArrayBuffer") return { value: buffer };
  if (name === "DataView") return { value: new DataView(buffer) };
  if (!Object.hasOwn(TYPED_ARRAYS, name)) return undefined;
  const type = TYPED_ARRAYS[name as keyof typeof TYPED_ARRAYS];
  return buffer.byteLength % type.BYTES_PER_ELEMENT === 0 ? { value: new type(buffer) } : undefined;
}

function refusal(what: string): LocustError {
  return new LocustError(what, { code: "message_data" });
}
