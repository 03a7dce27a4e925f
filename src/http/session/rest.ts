/**
 * `rest()`: a request with JSON both ways, `res.js`, and a block whose exceptions are the failure (Locust's rules,
 * `FastHttpUser.rest`). Counts exactly one sample, whatever the block does.
 */
import { describeThrown } from "../../base/errors.ts";
import { requiredText } from "../../base/given_text.ts";
import { ownFrames } from "../../base/own_frames.ts";
import { type HeaderFields, HeaderList } from "../bytes/header_list.ts";
import { UserStopped } from "./control_flow.ts";
import type { RequestSender } from "./request_sender.ts";
import type { BaseRes } from "./res.ts";
import type { RequestOptions } from "../request/request_options.ts";

/** A response with its JSON. `js` is null when the body is empty, or no JSON (then the request has failed). */
export type RestRes<R, T> = R & { js: T };

export type RestBlock<R, T> = (res: RestRes<R, T>) => Promise<void> | void;

/** `rest()` sets `catchResponse` and `stream` itself, and reads the body. */
export type RestOptions<R> = Omit<RequestOptions<R>, "catchResponse" | "stream" | "discardBody">;

/** Longest piece of a response in a failure text. */
const UNPARSABLE_EXCERPT = 250;
const BLOCK_EXCERPT = 200;
/** Call sites in a failure text: the place of the error and its caller. */
const MAX_SITES = 2;

const CONTENT_TYPE = { "Content-Type": "application/json" };
const ACCEPT = { Accept: "application/json" };
const REST_FIELDS: HeaderFields = { ...CONTENT_TYPE, ...ACCEPT };

/** Headers of a request with JSON both ways; fields of the test stay. */
function restHeaders(given: RequestOptions<never>["headers"] | null): HeaderFields {
  if (given === undefined || given === null) return REST_FIELDS;
  if (typeof given === "object" && !(Symbol.iterator in given) && !ArrayBuffer.isView(given)) {
    const names = Object.keys(given).map((name) => name.toLowerCase());
    return {
      ...given,
      ...names.includes("content-type") ? {} : CONTENT_TYPE,
      ...names.includes("accept") ? {} : ACCEPT,
    };
  }
  const headers = new HeaderList(given);
  if (!headers.has("content-type")) headers.assign(CONTENT_TYPE);
  if (!headers.has("accept")) headers.assign(ACCEPT);
  return headers;
}

/** The JSON of a body, and the failure if there is none. An empty body is neither. */
function parseRest(
  text: string,
  status: number,
  error: Error | undefined,
): { readonly js: unknown; readonly failure?: string | Error } {
  if (status === 0) return { js: null, failure: error ?? "no response" };
  if (text === "") return { js: null };
  try {
    return { js: JSON.parse(text) };
  } catch (cause) {
    const excerpt = text.slice(0, UNPARSABLE_EXCERPT);
    return {
      js: null,
      failure: `Could not parse response as JSON. ${excerpt}, response code ${status}, error ${describeThrown(cause)}`,
    };
  }
}

/** The failure that an exception of the block stands for. `text` is the body. */
function describeBlockError(thrown: unknown, text: string): string {
  if (!isAssertionError(thrown)) {
    return `${describeThrown(thrown)}${callSites(thrown)}. Response was ${text.slice(0, BLOCK_EXCERPT)}`;
  }
  const message = thrown.message.replace(/\s+/g, " ").trim();
  if (message === "") return "Assertion failed";
  return message.endsWith(",") ? `${message.slice(0, -1)}, response was ${text.slice(0, BLOCK_EXCERPT)}` : message;
}

/** The text of `rest_()`'s row, and its URL with the time in it, so that no cache answers. */
export function uncachedUrl(url: string, wallMs: number): { readonly url: string; readonly name: string } {
  const [sent = ""] = url.split("#", 1);
  const glue = sent.includes("?") ? "&" : "?";
  return { url: `${sent}${glue}_=${Math.floor(wallMs)}`, name: `${sent}${glue}_=...` };
}

function isAssertionError(thrown: unknown): thrown is Error {
  return thrown instanceof Error && thrown.name === "AssertionError";
}

/** ` at shop.ts:12 in checkout, shop.ts:40 in order`: the test's own frames without folders, which differ between machines. */
function callSites(thrown: unknown): string {
  const sites = ownFrames(thrown).slice(0, MAX_SITES).map((frame) =>
    frame.replace(/^.*[\\/]/, "").replace(/^([^:]+:\d+):\d+/, "$1")
  );
  return sites.length === 0 ? "" : ` at ${sites.join(", ")}`;
}

export async function sendRest<R extends BaseRes, T>(
  sender: RequestSender<R>,
  givenMethod: string,
  url: string | URL,
  options: RestOptions<R>,
  block: RestBlock<R, T> | undefined,
): Promise<RestRes<R, T>> {
  const method = requiredText(givenMethod, "the method of rest()").toUpperCase();
  const headers = restHeaders(options?.headers);
  const performed = await sender.performOwn(method, url, { ...options, headers, discardBody: false });
  const catching = sender.openValidation(performed);
  const text = performed.res.peekedText;
  const { js, failure } = parseRest(text, performed.res.status, performed.res.error);
  if (failure !== undefined) catching.fail(failure);
  const res = Object.assign(performed.res, { js: js as T });
  try {
    const running = block?.(res);
    if (running !== undefined) await running;
  } catch (thrown) {
    if (thrown instanceof UserStopped) {
      catching.end();
      throw thrown;
    }
    catching.fail(describeBlockError(thrown, text));
  }
  catching.end();
  return res;
}
