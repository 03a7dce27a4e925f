/**
 * An HTTP exchange as it can be shown: heads as text, bodies decoded and bounded, bytes that are no text as such.
 * Everything is shown as it was sent, credentials too: it is meant for the person who debugs the test.
 */
import { charsetOf, decodeText } from "../http/bytes/charset.ts";
import { decodeContent, parseContentCodings } from "../http/bytes/content_coding.ts";
import { decodeLatin1 } from "../http/bytes/latin1.ts";
import type { WireTap } from "../http/engine/tapped_engine.ts";
import type { WireRequest } from "../http/engine/wire.ts";
import type { WireResponse } from "../http/engine/wire_response.ts";
import type { OnceEvent, ShownBody, ShownMessage } from "../protocol/once_message.ts";

/** Characters of a body that are shown: enough for an API's answer, few enough that a page's markup does not hide the rest. */
const MAX_SHOWN = 10_000;

/** A tap that reports each exchange when it ends. */
export function showExchanges(tell: (event: OnceEvent) => void): WireTap {
  return {
    completed: (request, response) =>
      tell({
        kind: "exchange",
        origin: originOf(request),
        request: showRequest(request),
        response: showResponse(response),
        failure: null,
        durationMs: response.endMs - response.startMs,
      }),
    failed: (request, error, times) =>
      tell({
        kind: "exchange",
        origin: originOf(request),
        request: showRequest(request),
        response: null,
        failure: error.label,
        durationMs: times.endMs - times.startMs,
      }),
  };
}

function originOf({ origin }: WireRequest): string {
  return `${origin.secure ? "https" : "http"}://${origin.authority}`;
}

function showRequest({ head, body }: WireRequest): ShownMessage {
  const text = showHead(head);
  const type = /^content-type:\s*(.*)$/im.exec(text)?.[1] ?? null;
  if (body === undefined) return { head: text, body: { kind: "none" } };
  return { head: text, body: body instanceof Uint8Array ? showBody(body, type) : { kind: "stream" } };
}

function showResponse(response: WireResponse): ShownMessage {
  const head = showHead(response.headBytes);
  if (response.stream !== undefined) return { head, body: { kind: "stream" } };
  return { head, body: showBody(decoded(response), response.get("content-type")) };
}

function decoded(response: WireResponse): Uint8Array {
  try {
    return decodeContent(response.body, parseContentCodings(response.get("content-encoding")));
  } catch {
    return response.body; // a broken coding: the sample says so, here are the bytes
  }
}

/** Bytes count as text when they decode without a replacement and hold no NUL, whatever their type says. */
function showBody(bytes: Uint8Array, type: string | null): ShownBody {
  if (bytes.length === 0) return { kind: "none" };
  const beginning = bytes.length > 4 * MAX_SHOWN ? bytes.subarray(0, 4 * MAX_SHOWN) : bytes;
  const text = decodeText(beginning, charsetOf(type));
  const whole = beginning === bytes ? text : text.replace(/\ufffd{1,3}$/, ""); // a character cut in two
  if (whole.includes("\0") || whole.includes("\ufffd")) return { kind: "binary", bytes: bytes.length, type };
  const isAll = beginning === bytes && text.length <= MAX_SHOWN;
  return {
    kind: "text",
    text: isAll ? text : whole.slice(0, MAX_SHOWN),
    bytes: bytes.length,
    shown: isAll ? "all" : "beginning",
  };
}

function showHead(bytes: Uint8Array): string {
  return decodeLatin1(bytes, 0, bytes.length).replaceAll("\r\n", "\n").trimEnd();
}
