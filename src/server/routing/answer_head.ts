/**
 * Answers HEAD with what GET has, but for the body: its length, too (RFC 9110, 9.3.2), which is known only when the body was made. What
 * is streamed without end has none.
 */
import type { WebContext } from "./routes.ts";

/** Replaces the answer to a HEAD by one without a body. */
export async function answerHead(context: WebContext): Promise<void> {
  const { req, res } = context;
  if (req.method !== "HEAD" || res.body === null) return;
  const { status, headers } = res;
  if (/^text\/event-stream\b/i.test(headers.get("content-type") ?? "")) {
    await res.body.cancel();
    headers.set("Transfer-Encoding", "chunked"); // without it Bun would say that the length is 0
  } else {
    headers.set("Content-Length", String((await res.arrayBuffer()).byteLength));
  }
  context.res = new Response(null, { status, headers });
}
