/**
 * Text of a body: byte order mark first, then the charset of the Content-Type, else UTF-8, as browsers decide it. Bytes
 * that do not fit become U+FFFD; no bytes of a server make it throw.
 */
const utf8 = new TextDecoder("utf-8");
const decoders = new Map<string, TextDecoder>();

/** Charset names are sent by servers: no more than this many decoders are kept. */
const MAX_DECODERS = 64;

/** The Content-Type that was read last, and its charset: most answers of a system have the same. */
let lastType = "";
let lastCharset: string | undefined;

/** The charset parameter of a Content-Type, lower case; undefined if there is none. */
export function charsetOf(contentType: string | null | undefined): string | undefined {
  if (contentType === null || contentType === undefined) return undefined;
  if (contentType !== lastType) {
    lastCharset = readCharset(contentType);
    lastType = contentType;
  }
  return lastCharset;
}

function readCharset(contentType: string): string | undefined {
  const match = /;\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;]+))/i.exec(contentType);
  const charset = (match?.[1] ?? match?.[2] ?? match?.[3])?.trim();
  return charset === undefined || charset === "" ? undefined : charset.toLowerCase();
}

/** Decodes a whole body. A byte order mark is not part of the text. */
export function decodeText(bytes: Uint8Array, charset: string | undefined): string {
  const marked = charsetOfMark(bytes);
  if (marked !== undefined) return decoderFor(marked).decode(bytes);
  return charset === undefined ? utf8.decode(bytes) : decoderFor(charset).decode(bytes);
}

/** A new decoder for a stream; unknown charsets decode as UTF-8. */
export function createTextDecoder(charset: string | undefined): TextDecoder {
  try {
    return new TextDecoder(charset ?? "utf-8");
  } catch {
    return new TextDecoder("utf-8"); // an unregistered charset: browsers decode it as UTF-8, too
  }
}

function decoderFor(charset: string): TextDecoder {
  if (charset === "utf-8" || charset === "utf8") return utf8;
  let decoder = decoders.get(charset);
  if (decoder === undefined) {
    decoder = createTextDecoder(charset);
    if (decoders.size < MAX_DECODERS) decoders.set(charset, decoder);
  }
  return decoder;
}

function charsetOfMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  return undefined;
}
