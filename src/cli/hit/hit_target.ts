/** One request of `locust-ts hit`, and the lists of them that `--targets` reads. Pure. */
import { UsageError } from "../../base/errors.ts";
import { describeBadHeader, describeBadMethod } from "../options/table/request_words.ts";
import { isFileLike } from "./word_kinds.ts";

export interface HitTarget {
  readonly method: string;
  readonly url: string; // absolute
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: HitBody;
}

/** Text, or bytes that are none. */
export type HitBody = string | Uint8Array;

/** A list is read whole and becomes part of the locustfile. */
const MAX_TARGETS = 100_000;

export interface TargetListInput {
  readonly text: string;
  /** What errors call the list. */
  readonly path: string;
  /** @throws {UsageError} */
  readonly readBody: (path: string) => HitBody;
}

/**
 * The targets of a list: `URL` or `METHOD URL` a line, below it headers and `@FILE` for the body, or vegeta's JSON
 * lines. Blank lines and lines that start with # separate.
 * @throws {UsageError} that names the line
 */
export function parseTargets({ text, path, readBody }: TargetListInput): readonly HitTarget[] {
  const targets: HitTarget[] = [];
  let current: HitTarget | undefined;
  const finish = () => {
    if (current !== undefined) targets.push(current);
    current = undefined;
  };
  for (const [index, written] of text.split(/\r?\n/).entries()) {
    const line = written.trim();
    const fail = (what: string) => new UsageError(`Cannot read the targets of "${path}", line ${index + 1}: ${what}`);
    if (line === "") finish();
    if (line === "" || line.startsWith("#")) continue;
    const header = /^([!#$%&'*+.^_`|~\w-]+):\s*(?!\/\/)(.*)$/.exec(line);
    const request = /^([A-Z]+)\s+(\S+?)(?:\s+HTTP\/1\.[01])?$/.exec(line); // a request line may be copied from elsewhere
    if (/^\[\s*(\{|$)/.test(line)) {
      throw fail("it is a list in JSON; write each object on a line of its own, without brackets");
    }
    if (line.startsWith("{")) {
      finish();
      targets.push(parseJsonTarget(line, fail));
    } else if (request !== null) {
      finish();
      current = { method: request[1] ?? "GET", url: absoluteUrl(request[2] ?? "", fail), headers: [] };
    } else if (line.startsWith("@")) {
      if (current === undefined) throw fail("a body stands before any request; write the request above it");
      current = { ...current, body: readBodyOf(line.slice(1), readBody, fail) };
    } else if (current !== undefined && header !== null && !/^[\w.-]+:\d+(\/|$)/.test(line)) {
      current = { ...current, headers: [...current.headers, [header[1] ?? "", header[2] ?? ""]] };
    } else {
      finish();
      current = { method: "GET", url: absoluteUrl(line, fail), headers: [] };
    }
    if (targets.length > MAX_TARGETS) throw fail(`there are more than ${MAX_TARGETS} requests; shorten the list`);
  }
  finish();
  if (targets.length === 0) {
    throw new UsageError(
      `Cannot read the targets of "${path}": there is no request in it; write lines like "GET http://localhost:8000/"`,
    );
  }
  return targets;
}

/** Names the line of the list, too. */
function readBodyOf(path: string, readBody: TargetListInput["readBody"], fail: (what: string) => Error): HitBody {
  try {
    return readBody(path);
  } catch (error) {
    throw error instanceof UsageError ? fail(error.message.replace(/^Cannot/, "cannot")) : error;
  }
}

/** @throws what `fail` makes of the reason */
export function absoluteUrl(text: string, fail: (what: string) => Error): string {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`;
  const problem = describeBadUrl(text, url);
  if (problem !== undefined) throw fail(`${problem}; write one like http://localhost:8000/items`);
  return url;
}

/** `url`: with a scheme. */
function describeBadUrl(text: string, url: string): string | undefined {
  if (text.trim() === "") return "the URL is empty";
  if (/\s(GET|POST|PUT|PATCH|DELETE|HEAD)(\s|$)/.test(text)) {
    return `"${text}" has a method behind the URL, as in siege, which is given by -X METHOD and -d BODY here`;
  }
  if (isFileLike(text)) {
    return `"${text}" is a file; a list of URLs is read by --targets FILE, a locustfile by locust-ts run FILE`;
  }
  // A flag's value, mostly: as a host it would be 0.0.0.10.
  if (/^-?\d+(\.\d+)?[a-z]{0,2}$/i.test(text)) return `"${text}" is no URL`;
  // A URL of a browser's kind would take the first word of the path for the host.
  if (/^(https?:\/\/)?\/(?!\/)/i.test(text)) return `"${text}" has no host`;
  const [, port = "0"] = /^\w+:\/\/(?:[^/?#]*@)?(?:\[[^\]]*\]|[^/?#:]*):(\d+)(?=[/?#]|$)/.exec(url) ?? [];
  if (Number(port) > 65_535) return `the port of "${text}" is above 65535`;
  // `http:/host` would become the host "http".
  const isHttp = !/^https?:(?!\/\/|\d)/i.test(text) && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (isHttp) return undefined;
  return /^wss?:\/\//i.test(text)
    ? `"${text}" is for WebSockets, and hit speaks http and https (locust-ts init --template websocket writes a locustfile that speaks them)`
    : `"${text}" is not an http or https URL`;
}

function parseJsonTarget(line: string, fail: (what: string) => Error): HitTarget {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch (error) {
    throw fail(`it is not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  const { method = "GET", url, body, header = {} } = parsed as Readonly<Record<string, unknown>>;
  if (typeof method !== "string" || typeof url !== "string") throw fail('it has no "url"; write {"method", "url"}');
  if (body !== undefined && typeof body !== "string") throw fail('its "body" is not Base64 text');
  const badMethod = describeBadMethod(method.toUpperCase());
  if (badMethod !== undefined) throw fail(`its "method" is ${JSON.stringify(method)}: ${badMethod}`);
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw fail('its "header" is no object; write {"Name": ["value"]}');
  }
  const headers = Object.entries(header).flatMap(([name, values]) =>
    (Array.isArray(values) ? values : [values]).map((value) => [name, String(value)] as const)
  );
  const badHeader = describeBadHeader(headers.map(([name, value]) => `${name}: ${value}`));
  if (badHeader !== undefined) throw fail(`its "header" cannot be sent: ${badHeader}`);
  return {
    method: method.toUpperCase(),
    url: absoluteUrl(url, fail),
    headers,
    ...(body === undefined || body === "" ? {} : { body: asText(decodeBase64(body, fail)) }),
  };
}

function decodeBase64(text: string, fail: (what: string) => Error): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    throw fail('its "body" is not Base64 text');
  }
}

/** Text where the bytes are UTF-8, so that the locustfile can be read. */
export function asText(bytes: Uint8Array): HitBody {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
}
