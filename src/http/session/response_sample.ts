/**
 * Makes an example of a failed request: the request line, status, some headers and the beginning of the body, with
 * credentials masked. Pure.
 */
import { maskSecrets, maskUrlSecrets } from "../../base/secrets.ts";
import { truncate } from "../../base/text/text.ts";
import {
  type FailureSample,
  MAX_SAMPLE_BODY_BYTES,
  MAX_SAMPLE_HEADERS,
  MAX_SAMPLE_TEXT,
} from "../../protocol/failure_sample_message.ts";
import { charsetOf, createTextDecoder } from "../bytes/charset.ts";
import { BaseRes } from "./res.ts";

/** Fields that say why a request failed, and by what it can be found in the logs of the target. Never cookies. */
const TELLING =
  /^(?:content-(?:type|length|encoding)|date|server|via|location|retry-after|cache-control|age|allow|www-authenticate|(?:x-)?(?:request|correlation|trace)-?id|traceparent|cf-ray|x-cache|x-served-by|(?:x-)?ratelimit-.+|x-error.*)$/;

const TEXT_TYPE = /^(?:text\/|application\/(?:.*\+)?(?:json|xml|javascript|x-www-form-urlencoded|problem)|image\/svg)/i;

export function sampleResponse(method: string, url: string, response: unknown): FailureSample {
  const request = truncate(`${method} ${maskUrlSecrets(url)}`, MAX_SAMPLE_TEXT);
  if (!(response instanceof BaseRes) || response.status === 0) {
    return { request, status: null, headers: [], body: null, bodyBytes: 0 };
  }
  const headers = [...response.headers]
    .filter(([name]) => TELLING.test(name))
    .slice(0, MAX_SAMPLE_HEADERS)
    .map(([name, value]): [string, string] => [name, truncate(maskSecrets(maskUrlSecrets(value)), MAX_SAMPLE_TEXT)]);
  const { peekedBytes } = response;
  return {
    request,
    status: response.status,
    headers,
    body: peekedBytes === undefined ? null : beginningOf(peekedBytes, response.headers.get("content-type")),
    bodyBytes: response.bodyLength,
  };
}

function beginningOf(bytes: Uint8Array, contentType: string | null): string | null {
  if (bytes.length === 0) return null;
  const beginning = bytes.subarray(0, MAX_SAMPLE_BODY_BYTES);
  if (contentType === null ? beginning.includes(0) : !TEXT_TYPE.test(contentType.trim())) return null;
  // As the beginning of a stream: a character that is cut in two is left out.
  const text = createTextDecoder(charsetOf(contentType)).decode(beginning, { stream: true });
  return maskSecrets(maskUrlSecrets(text));
}
