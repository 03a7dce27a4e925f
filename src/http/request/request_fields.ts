/**
 * The header fields of a request, in the order they are sent: the standard fields, the session's, the request's,
 * credentials, cookies, and those that describe the body. Pure.
 */
import { ACCEPT_ENCODING } from "../bytes/content_coding.ts";
import type { HeaderList } from "../bytes/header_list.ts";
import type { EncodedBody } from "./request_body.ts";

/** Sent unless the test sets or deletes them: `client.headers.set("User-Agent", …)`. */
export const STANDARD_FIELDS: readonly (readonly [string, string])[] = [
  ["User-Agent", "locust-ts"],
  ["Accept", "*/*"],
  ["Accept-Encoding", ACCEPT_ENCODING],
];

export interface FieldSources {
  /** The session's, standard ones included. Not changed. */
  readonly session: HeaderList;
  readonly request: HeaderList | undefined;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly method: string;
  readonly body: EncodedBody;
  /** Accept of a request with `json`, unless the test sets one. */
  readonly accept: string | undefined;
}

/** All fields but Host, which the engine writes. What the test wrote stays, but for the
 * body's length; whether credentials take the place of its own Authorization is the session's decision. */
export function composeFields(sources: FieldSources): HeaderList {
  const fields = sources.session.copy();
  if (sources.request !== undefined) fields.assign(sources.request);
  if (sources.accept !== undefined && (fields.get("accept") ?? "*/*") === "*/*") fields.set("Accept", sources.accept);
  if (sources.authorization !== undefined) fields.set("Authorization", sources.authorization);
  if (sources.cookie !== undefined && !fields.has("cookie")) fields.set("Cookie", sources.cookie);
  describeBody(fields, sources.body, sources.method);
  return fields;
}

/** Whether the connection ends with the response: fields of a request that say so hold for both sides. */
export function asksToClose(fields: HeaderList): boolean {
  return isClose(fields.get("connection") ?? "");
}

/** Whether a value of Connection has the word. */
export function isClose(connection: string): boolean {
  return /(?:^|,)\s*close\s*(?:,|$)/i.test(connection);
}

function describeBody(fields: HeaderList, body: EncodedBody, method: string): void {
  if (body.kind === "none") {
    fields.delete("Transfer-Encoding"); // a server would wait for chunks
    // A server may wait for the body of these methods unless the length is 0.
    if (method === "POST" || method === "PUT" || method === "PATCH") fields.set("Content-Length", "0");
    else fields.delete("Content-Length");
    return;
  }
  if (body.contentType !== undefined && !fields.has("content-type")) fields.set("Content-Type", body.contentType);
  const length = body.kind === "bytes" ? body.bytes.length : body.length;
  if (length !== undefined) {
    fields.delete("Transfer-Encoding");
    fields.set("Content-Length", length);
  } else {
    fields.delete("Content-Length");
    fields.set("Transfer-Encoding", "chunked");
  }
}
