/**
 * Walks over one MessagePack value without building anything, and throws if it is not exactly one well-formed value of
 * the plain types. It runs before the decoder, so that a peer can neither exhaust stack or memory (depth, announced
 * lengths) nor reach the decoder's extension types. Iterative: its own memory is one number per level.
 */
import { LocustError } from "../../base/errors.ts";

/** Deepest nesting of arrays and maps. Our own messages need 8; the rest is for data of custom messages. */
export const MAX_DEPTH = 64;

/** The bytes of a frame are no message of ours. The link that they came from must end. */
export class MessageError extends LocustError {
  constructor(message: string) {
    super(message, { code: "bad_message" });
    this.name = "MessageError";
  }
}

export function scanValue(bytes: Uint8Array, maxDepth: number = MAX_DEPTH): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** Values still to come in each open array or map; the outermost level is the one value itself. */
  const open: number[] = [1];
  let at = 0;
  for (;;) {
    while (open.length > 0 && open[open.length - 1] === 0) open.pop();
    if (open.length === 0) break;
    open[open.length - 1] = (open[open.length - 1] as number) - 1;
    if (at >= bytes.length) throw new MessageError("a message ends in the middle of a value");
    const type = bytes[at++] as number;
    const layout = layoutOf(type);
    let size = layout.size;
    if (layout.lengthBytes > 0) {
      if (at + layout.lengthBytes > bytes.length) throw new MessageError("a message ends in the middle of a value");
      size = readLength(view, at, layout.lengthBytes);
      at += layout.lengthBytes;
    }
    const left = bytes.length - at;
    if (layout.kind === "bytes") {
      if (size > left) throw new MessageError("a message ends in the middle of a value");
      at += size;
      continue;
    }
    const children = layout.kind === "map" ? size * 2 : size;
    // Each value takes a byte at least: a larger count is invalid, and no memory is reserved for it.
    if (children > left) throw new MessageError("a message announces more values than it holds");
    if (open.length > maxDepth) throw new MessageError(`a message is nested deeper than ${maxDepth} levels`);
    open.push(children);
  }
  if (at !== bytes.length) throw new MessageError("a message has bytes after its end");
}

interface Layout {
  readonly kind: "bytes" | "array" | "map";
  readonly size: number;
  readonly lengthBytes: 0 | 1 | 2 | 4;
}

const LAYOUTS: readonly (Layout | undefined)[] = Array.from({ length: 256 }, (_, type) => describeType(type));

function layoutOf(type: number): Layout {
  const layout = LAYOUTS[type];
  if (layout !== undefined) return layout;
  throw new MessageError(`a message holds a value of type 0x${type.toString(16)}, which the protocol does not use`);
}

function describeType(type: number): Layout | undefined {
  const fixed = (size: number): Layout => ({ kind: "bytes", size, lengthBytes: 0 });
  const counted = (kind: Layout["kind"], lengthBytes: 1 | 2 | 4): Layout => ({ kind, size: 0, lengthBytes });
  if (type <= 0x7f || type >= 0xe0) return fixed(0); // small integers
  if (type <= 0x8f) return { kind: "map", size: type & 0x0f, lengthBytes: 0 };
  if (type <= 0x9f) return { kind: "array", size: type & 0x0f, lengthBytes: 0 };
  if (type <= 0xbf) return fixed(type & 0x1f); // short strings
  switch (type) {
    case 0xc0: // nil
    case 0xc2: // false
    case 0xc3: // true
      return fixed(0);
    case 0xc4: // bytes
    case 0xd9: // string
      return counted("bytes", 1);
    case 0xc5:
    case 0xda:
      return counted("bytes", 2);
    case 0xc6:
    case 0xdb:
      return counted("bytes", 4);
    case 0xcc: // u8
    case 0xd0: // i8
      return fixed(1);
    case 0xcd:
    case 0xd1:
      return fixed(2);
    case 0xca: // f32
    case 0xce:
    case 0xd2:
      return fixed(4);
    case 0xcb: // f64
    case 0xcf:
    case 0xd3:
      return fixed(8);
    case 0xdc:
      return counted("array", 2);
    case 0xdd:
      return counted("array", 4);
    case 0xde:
      return counted("map", 2);
    case 0xdf:
      return counted("map", 4);
    default: // extensions (0xc7 – 0xc9, 0xd4 – 0xd8) and 0xc1, which is not used
      return undefined;
  }
}

function readLength(view: DataView, at: number, lengthBytes: number): number {
  if (lengthBytes === 1) return view.getUint8(at);
  return lengthBytes === 2 ? view.getUint16(at) : view.getUint32(at);
}
