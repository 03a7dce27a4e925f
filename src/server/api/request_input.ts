/** Reads what a request to the API says beside its path: its body, and where it wants to continue. */
import { Refusal } from "../answers/api_error.ts";
import type { WebContext } from "../routing/routes.ts";

/** The body as JSON. Other types are refused: a form of another site cannot send this one unasked. */
export async function readJson(context: WebContext): Promise<unknown> {
  const type = context.req.header("content-type") ?? "";
  if (!/^application\/json\b/i.test(type)) {
    throw new Refusal(415, "Cannot read the body: send JSON with Content-Type: application/json");
  }
  const text = await context.req.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "Cannot read the body: it is not JSON; check its quotes and commas");
  }
}

/** `?since=`: the last that the reader has. */
export function readSince(context: WebContext): number | undefined {
  const text = context.req.query("since");
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Refusal(422, `Cannot use since: "${text}" is not a whole number`, "since");
  return Number(text);
}

/** Of the last event that the reader has. A browser sends the header; `?lastEventId=` is for programs that cannot. */
export function readLastId(context: WebContext): number | undefined {
  const text = context.req.header("last-event-id") ?? context.req.query("lastEventId");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
