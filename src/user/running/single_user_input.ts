/** The input of a single user from outside of its program: options of the command line, and the bodies that it sends. */
import type { WireTap } from "../../http/engine/tapped_engine.ts";
import type { WireRequest } from "../../http/engine/wire.ts";

export interface UserArguments {
  readonly host?: string;
  readonly tags: readonly string[];
  readonly excludeTags: readonly string[];
}

/** `-H`, `-T` and `-E` of a program's command line, else `LOCUST_HOST`; all else belongs to the program. */
export function readUserArguments(
  argv: readonly string[],
  env: (name: string) => string | undefined,
): UserArguments {
  const host = valuesOf(argv, "-H", "--host").at(-1) ?? env("LOCUST_HOST");
  return {
    ...(host === undefined || host === "" ? {} : { host }),
    tags: splitTags(valuesOf(argv, "-T", "--tags")),
    excludeTags: splitTags(valuesOf(argv, "-E", "--exclude-tags")),
  };
}

/** The words behind an option, up to the next one. */
function valuesOf(argv: readonly string[], short: string, long: string): string[] {
  return argv.flatMap((word, at) => {
    if (word.startsWith(`${long}=`)) return [word.slice(long.length + 1)];
    if (word !== short && word !== long) return [];
    const rest = argv.slice(at + 1);
    const end = rest.findIndex((each) => each.startsWith("-"));
    return end < 0 ? rest : rest.slice(0, end);
  });
}

/** Commas and blanks separate tags, as they do for a run. */
function splitTags(words: readonly string[]): string[] {
  return words.flatMap((word) => word.split(/[\s,]+/)).filter((tag) => tag !== "");
}

/** Keeps the body of the last exchange, for the line that is printed of it. */
export function createPayloadTap(): { readonly tap: WireTap; readonly take: () => string } {
  let last = "";
  return {
    tap: { completed: (request) => last = describeBody(request), failed: (request) => last = describeBody(request) },
    take: () => {
      const taken = last;
      last = "";
      return taken;
    },
  };
}

function describeBody({ body }: WireRequest): string {
  if (body === undefined) return "";
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : "(a stream)";
}
