/**
 * Locustfiles that are fetched from a URL. Only what is plainly meant as code is run: the path ends like a locustfile,
 * or the answer says that it is JavaScript or TypeScript.
 */
import { basename } from "node:path";
import { UsageError } from "../../../base/errors.ts";
import { maskUrlSecrets } from "../../../base/secrets.ts";
import { isLocustfileName, LOCUSTFILE_SUFFIXES } from "./locustfile_name.ts";

/** A locustfile is source text: one larger than this was not meant. */
const MAX_FETCHED_BYTES = 16 * 1024 * 1024;
const FETCH_TIMEOUT_MS = 30_000;

const CODE_TYPE = /^(?:text|application)\/(?:x-)?(javascript|typescript|ecmascript)\b/i;

export interface FetchedLocustfile {
  readonly name: string; // of the file
  readonly origin: string; // of the answer, after redirects
  readonly text: string;
}

export function isUrl(text: string): boolean {
  return /^https?:\/\/[^/]/i.test(text);
}

export function isWebSocketUrl(text: string): boolean {
  return /^wss?:\/\//i.test(text);
}

/** @throws {UsageError} when there is no answer, or the answer is not code */
export async function fetchLocustfile(url: string): Promise<FetchedLocustfile> {
  const fail = (what: string, cause?: unknown) =>
    new UsageError(`Cannot fetch "${maskUrlSecrets(url)}": ${what}`, { cause });
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    text = await response.text();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw fail(`there was no answer (${why}); check the address`, cause);
  }
  if (!response.ok) {
    throw fail(`the answer was ${response.status} ${response.statusText}`.trimEnd() + "; check the address");
  }
  const type = response.headers.get("content-type") ?? "";
  const language = CODE_TYPE.exec(type)?.[1]?.toLowerCase();
  const last = basename(new URL(url).pathname).replace(/[^\w.-]/g, "_");
  if (!isLocustfileName(last) && language === undefined) {
    throw fail(
      `its path does not end in ${
        LOCUSTFILE_SUFFIXES.join(", ")
      } and its type is "${type}", not JavaScript or TypeScript; ` +
        "give the address of a raw file",
    );
  }
  if (text.length > MAX_FETCHED_BYTES) throw fail("the answer is too long to be a locustfile; check the address");
  if (/^\s*</.test(text)) throw fail("the answer is a web page; give the address of the raw file");
  const name = isLocustfileName(last) ? last : language === "typescript" ? "locustfile.ts" : "locustfile.mjs";
  return { name, origin: new URL(response.url || url).origin, text };
}
