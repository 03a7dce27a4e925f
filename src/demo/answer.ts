/**
 * Bodies of the demo system, both ways: reading what a client sent, and the few forms that an answer has. Knows nothing
 * of the shop.
 */
import type { EncodedBody } from "./catalogue.ts";

/** Bytes of a request body that are read: an order is small. */
const MAX_BODY_BYTES = 65_536;

/** Smaller answers do not shrink by gzip. */
const MIN_GZIP_BYTES = 200;

/** The fields of a JSON or form body; undefined where there is none that can be read. */
export async function readBody(request: Request): Promise<Record<string, unknown> | undefined> {
  if (Number(request.headers.get("content-length") ?? "0") > MAX_BODY_BYTES) return undefined;
  const text = await request.text();
  if (text.length > MAX_BODY_BYTES) return undefined;
  if (request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? value as Record<string, unknown>
      : undefined;
  } catch {
    return undefined; // not JSON: the route answers 400
  }
}

/** A prepared body, gzipped for a client that asks for it. */
export function sendEncoded(request: Request, body: EncodedBody, type: string): Response {
  const gzip = body.plain.length >= MIN_GZIP_BYTES && /\bgzip\b/.test(request.headers.get("accept-encoding") ?? "");
  return gzip
    ? new Response(body.gzip, { headers: { "content-type": type, "content-encoding": "gzip" } })
    : new Response(body.plain, { headers: { "content-type": type } });
}

/** A status alone, without a body. */
export function sendNothing(status: number): Response {
  return new Response(null, { status });
}

/** The body of every refusal: `{"error": …}`. */
export function sendProblem(status: number, error: string): Response {
  return Response.json({ error }, { status });
}

/** One chunk per part, each sent when it is there. */
export function sendStream(type: string, parts: Iterable<string> | AsyncIterable<string>): Response {
  const iterator = toAsyncIterator(parts);
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await iterator.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    async cancel() {
      await iterator.return(undefined);
    },
  });
  return new Response(body, { headers: { "content-type": type } });
}

async function* toAsyncIterator(parts: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string> {
  yield* parts;
}
