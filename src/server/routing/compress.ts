/**
 * Compresses what readers take compressed: pages, tables and figures are texts, and a slow line is the time that people wait for. The work
 * is done beside the main thread. The stream of events compresses itself.
 */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { WebContext } from "./routes.ts";

/** Below that an answer is one packet either way. */
const MIN_BYTES = 1024;
/** Half the time of zlib's own choice, for a tenth more bytes. */
const LEVEL = 4;
const TEXTS = /^(?:text\/(?!event-stream)|application\/(?:json|x-ndjson|xml|openmetrics-text)\b)/i;

const compressBytes = promisify(gzip);

/** Of a request's `Accept-Encoding`. */
export function takesGzip(accepted: string | undefined): boolean {
  return (accepted ?? "").split(",").some((each) => /^\s*gzip\s*(?:;(?!\s*q=0(?:\.0*)?\s*$)|$)/i.test(each));
}

/** Replaces the answer of this request by a compressed one, where that is of use. */
export async function compress(context: WebContext): Promise<void> {
  const { req, res } = context;
  if (res.body === null || res.headers.has("content-encoding")) return;
  if (!TEXTS.test(res.headers.get("content-type") ?? "")) return;
  context.header("Vary", "Accept-Encoding", { append: true });
  if (!takesGzip(req.header("accept-encoding"))) return;
  const { status, headers } = context.res;
  const bytes = new Uint8Array(await context.res.arrayBuffer());
  const isWorthIt = bytes.length >= MIN_BYTES;
  if (isWorthIt) {
    headers.set("Content-Encoding", "gzip");
    headers.delete("Content-Length");
  }
  context.res = new Response(isWorthIt ? await compressBytes(bytes, { level: LEVEL }) : bytes, { status, headers });
}
