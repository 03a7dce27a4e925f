/** The targets of a hit: the URLs that were typed and those of `--targets`, each with its method, headers and body. Reads the files of both. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { UsageError } from "../../base/errors.ts";
import { describeUnreadable } from "../../base/given_file.ts";
import type { RawValue, ReadArguments } from "../options/reading/argv_reader.ts";
import type { readFields } from "../options/reading/option_fields.ts";
import type { HIT_OPTIONS } from "../options/table/hit_options.ts";
import { absoluteUrl, asText, type HitBody, type HitTarget, parseTargets } from "./hit_target.ts";

type Fields = ReturnType<typeof readFields<typeof HIT_OPTIONS>>;

/** @throws {UsageError} for none, for one that is no URL, and for a file that cannot be read */
export function findTargets(
  read: ReadArguments,
  typed: ReadonlyMap<string, RawValue>,
  fields: Fields,
  cwd: string,
): readonly HitTarget[] {
  const body = fields.data === undefined ? undefined : readBody(fields.data, cwd);
  const method = fields.method?.toUpperCase() ?? (body === undefined ? "GET" : "POST");
  const common = [
    ...fields.header.map(splitHeader),
    ...(fields.noKeepalive ? [["Connection", "close"] as const] : []),
  ];
  const withType = (headers: HitTarget["headers"], sent = body): HitTarget["headers"] => {
    const type = fields.contentType ?? (sent === undefined ? undefined : contentTypeOf(sent));
    return type === undefined || hasHeader(headers, "content-type") ? headers : [...headers, ["Content-Type", type]];
  };
  const fail = (what: string) => new UsageError(`Cannot hit it: ${what}`);
  const [first = "", ...others] = read.operands;
  const verb = VERBS[first];
  if (verb !== undefined) throw new UsageError(`Cannot hit "${first}": the verb of ${verb} is none here; leave it out`);
  // Alone it may be a host.
  if (others.length > 0 && TOOLS.test(first)) {
    throw new UsageError(`Cannot hit "${first}": it is a word of another tool; leave it out`);
  }
  const typedTargets = read.operands.map((operand): HitTarget => ({
    method,
    url: absoluteUrl(operand, fail),
    headers: withType(common),
    ...(body === undefined ? {} : { body }),
  }));
  const list = fields.targets === undefined ? [] : parseTargets({
    text: readText(fields.targets, cwd),
    path: fields.targets,
    readBody: (path) => readBody(`@${path}`, cwd),
  });
  const listed = list.map((target): HitTarget => {
    const headers = [...target.headers, ...common.filter(([name]) => !hasHeader(target.headers, name))];
    return {
      ...(body === undefined ? {} : { body }),
      ...target,
      method: typed.has("method") ? method : target.method,
      headers: withType(headers, target.body ?? body),
    };
  });
  if (typedTargets.length + listed.length === 0) {
    throw new UsageError(
      "Cannot hit anything: no URL is named; write locust-ts hit http://localhost:8000/ -u 10 -t 10s, or --targets FILE " +
        'with a list, "-" for one from a pipe',
    );
  }
  return [...typedTargets, ...listed];
}

/** Of other tools, where a URL stands here. */
const VERBS: Readonly<Record<string, string>> = { attack: "vegeta", run: "k6 and cassowary", "run-file": "cassowary" };

/** Names of tools, and fortio's verbs. */
const TOOLS =
  /^(ab|ali|autocannon|bombardier|cassowary|curl|drill|fortio|h2load|hey|httperf|hyperfine|k6|load|oha|plow|rewrk|siege|vegeta|wrk2?)$/;

function hasHeader(headers: HitTarget["headers"], wanted: string): boolean {
  return headers.some(([name]) => name.toLowerCase() === wanted.toLowerCase());
}

function splitHeader(header: string): readonly [string, string] {
  const colon = header.indexOf(":");
  return [header.slice(0, colon).trim(), header.slice(colon + 1).trim()];
}

/** Pairs as the form of a page sends them. */
const FORM = /^[\w.%+*[\]~-]+=[^\s&=]*(&[\w.%+*[\]~-]+=[^\s&=]*)*$/;

function contentTypeOf(body: HitBody): string {
  if (typeof body !== "string") return "application/octet-stream";
  try {
    JSON.parse(body);
    return "application/json";
  } catch {
    return FORM.test(body.trimEnd()) ? "application/x-www-form-urlencoded" : "text/plain; charset=utf-8";
  }
}

function readBody(data: string, cwd: string): HitBody {
  return data.startsWith("@") ? asText(readBytes(data.slice(1), cwd)) : data;
}

function readText(path: string, cwd: string): string {
  return new TextDecoder().decode(readBytes(path, cwd));
}

/** `-` is standard input. */
function readBytes(path: string, cwd: string): Uint8Array {
  try {
    if (path === "-") return readFileSync(0);
    return readFileSync(resolve(cwd, path));
  } catch (cause) {
    throw new UsageError(`Cannot read "${path}": ${describeUnreadable(cause)}`, { cause });
  }
}
