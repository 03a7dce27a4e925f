/**
 * Turns `json`, `form` and `body` into bytes or a stream, with the Content-Type that belongs to it. Small content
 * becomes bytes at once; files are read while they are sent. A body that can be opened again survives a redirect that
 * keeps it.
 */
import { LocustError, UsageError } from "../../base/errors.ts";
import { typeOfBlob } from "../bytes/blob_type.ts";
import { encodeMultipart } from "../bytes/multipart.ts";
import type { RequestBody, RequestOptions } from "./request_options.ts";
import { encodePairs } from "./request_url.ts";

const encoder = new TextEncoder();

/** An encoded body. `contentType` undefined: only the test sets a Content-Type. */
export type EncodedBody =
  | { readonly kind: "none" }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array; readonly contentType: string | undefined }
  | {
    readonly kind: "stream";
    /** Undefined: sent chunked. */
    readonly length: number | undefined;
    readonly contentType: string | undefined;
    /** Opens it from its beginning; a second call returns undefined when it can be sent only once. */
    readonly open: () => ReadableStream<Uint8Array> | undefined;
  };

export const NO_BODY: EncodedBody = { kind: "none" };

type BodyOptions = Pick<RequestOptions<never>, "json" | "form" | "body">;

/** The body that the options ask for. Throws a `UsageError` for what cannot be sent. */
export function encodeBody(options: BodyOptions, createBoundary: () => string): EncodedBody {
  if (options.json !== undefined) return encodeJson(options.json);
  if (options.form !== undefined && options.form !== null) return encodeForm(encodePairs(options.form, "form"));
  if (options.body === undefined || options.body === null) return NO_BODY;
  return encodeAny(options.body, createBoundary);
}

function encodeJson(value: unknown): EncodedBody {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    if (cause instanceof LocustError) throw cause; // of a value that has not come yet
    throw new UsageError('Cannot send the request: the value of "json" cannot be written as JSON', { cause });
  }
  if (text === undefined) {
    throw new UsageError(
      'Cannot send the request: the value of "json" is a function or symbol, which JSON does not have',
    );
  }
  return { kind: "bytes", bytes: encoder.encode(text), contentType: "application/json" };
}

function encodeForm(text: string): EncodedBody {
  return { kind: "bytes", bytes: encoder.encode(text), contentType: "application/x-www-form-urlencoded" };
}

function encodeAny(body: RequestBody, createBoundary: () => string): EncodedBody {
  if (typeof body === "string") {
    return { kind: "bytes", bytes: encoder.encode(body), contentType: "text/plain;charset=UTF-8" };
  }
  if (body instanceof Uint8Array) return { kind: "bytes", bytes: body, contentType: undefined };
  if (body instanceof URLSearchParams) return encodeForm(body.toString());
  if (body instanceof FormData) {
    const { contentType, parts, length } = encodeMultipart(body, createBoundary());
    return encodeParts(parts, length, contentType);
  }
  if (body instanceof Blob) return encodeParts([body], body.size, body.type === "" ? undefined : typeOfBlob(body));
  if (body instanceof ArrayBuffer) return { kind: "bytes", bytes: new Uint8Array(body), contentType: undefined };
  if (ArrayBuffer.isView(body)) {
    const bytes = new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
    return { kind: "bytes", bytes, contentType: undefined };
  }
  if (body instanceof ReadableStream) return encodeStream(body);
  throw new UsageError(
    'Cannot send the request: "body" is neither text, bytes, URLSearchParams, FormData, Blob nor ReadableStream; ' +
      'use "json" or "form" for an object',
  );
}

function encodeStream(stream: ReadableStream<Uint8Array>): EncodedBody {
  let unsent: ReadableStream<Uint8Array> | undefined = stream;
  const open = () => {
    const taken = unsent;
    unsent = undefined;
    return taken;
  };
  return { kind: "stream", length: undefined, contentType: undefined, open };
}

function encodeParts(
  parts: readonly (Uint8Array | Blob)[],
  length: number,
  contentType: string | undefined,
): EncodedBody {
  return { kind: "stream", length, contentType, open: () => ReadableStream.from(readParts(parts)) };
}

async function* readParts(parts: readonly (Uint8Array | Blob)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part;
    else yield* part.stream();
  }
}
