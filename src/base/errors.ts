/**
 * The errors of locust-ts itself. A failing target is data (a failed sample) and never one of these.
 *
 * Wording: `Cannot <do what>: <what is the case>; <what to do>`, no final period, values in double quotes.
 * Callers decide by `code`, never by text.
 */

import { hintAtName } from "./hints/foreign_names.ts";
import { hintAtEvent } from "./hints/event_hint.ts";
import { hintAtJson, hintAtMember } from "./hints/member_hint.ts";
import { hintAtSpelling } from "./hints/spelling_hint.ts";

/** Every code that a `LocustError` may have. Callers decide by it, so a code is never reused with another meaning. */
export type ErrorCode =
  | "address_in_use"
  | "address_unavailable"
  | "bad_frame"
  | "bad_message"
  | "bad_sample"
  | "bad_shape"
  | "bad_stages"
  | "bad_rate"
  | "bad_state"
  | "bad_stats"
  | "bad_text"
  | "body_discarded"
  | "bundle"
  | "calibration"
  | "bundle_corrupt"
  | "bundle_native"
  | "bundle_runtime"
  | "bundle_size"
  | "cannot_listen"
  | "cannot_write"
  | "catch_response"
  | "cluster"
  | "control_failed"
  | "control_gone"
  | "control_timeout"
  | "output_unwritable"
  | "page_not_built"
  | "data_too_deep"
  | "exit"
  | "feed"
  | "http_status"
  | "instance_tasks"
  | "journal"
  | "json_unwritable"
  | "large_file"
  | "listen_failed"
  | "locust_error"
  | "locustfile"
  | "markov"
  | "master_away"
  | "master_unreachable"
  | "message_data"
  | "no_answer"
  | "no_catch_block"
  | "no_run"
  | "no_workers"
  | "not_awaited"
  | "not_permitted"
  | "read_only"
  | "refused"
  | "refused_question"
  | "run_failed"
  | "run_on"
  | "run_over"
  | "stray_interrupt"
  | "superseded"
  | "unknown_name"
  | "usage"
  | "wait_time";

/** An error of the tool, of the network under it, or of its misuse. `code` is stable, the text is for people. */
export class LocustError extends Error {
  readonly code: ErrorCode;

  constructor(message: string, options: { readonly code?: ErrorCode; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "LocustError";
    this.code = options.code ?? "locust_error";
  }
}

/** A mistake of the person who called us: exit code 2. Lists every problem found, not only the first. */
export class UsageError extends LocustError {
  readonly problems: readonly string[];

  constructor(
    problems: string | readonly string[],
    options: { readonly code?: ErrorCode; readonly cause?: unknown } = {},
  ) {
    const list = typeof problems === "string" ? [problems] : problems;
    super(list.join("\n"), { code: options.code ?? "usage", cause: options.cause });
    this.name = "UsageError";
    this.problems = list;
  }
}

/** What was thrown, as a sentence: ours as it is, any other with the name of its kind. Never throws itself. */
export function describeProblem(thrown: unknown): string {
  return thrown instanceof LocustError ? thrown.message : describeThrown(thrown);
}

/** A sentence of ours within another one: `Cannot read stage "x:1": …` is `it cannot read stage "x:1": …` there. */
export function asClause(sentence: string): string {
  return sentence.replace(/^Cannot /, "it cannot ");
}

/** The text of anything that was thrown, for a log line. Never throws itself. */
export function describeThrown(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return describeValue(thrown);
    const { name, message }: { readonly name: unknown; readonly message: unknown } = thrown; // user code may set any value
    if (message === "") return String(name);
    const hint = hintAt(thrown, String(message));
    return `${String(name)}: ${String(message)}${hint === undefined ? "" : `; ${hint}`}`;
  } catch {
    return "something that cannot be turned into text"; // its toString() throws: there is nothing better to say
  }
}

function hintAt(thrown: Error, message: string): string | undefined {
  if (thrown instanceof ReferenceError) return hintAtName(message);
  if (thrown instanceof SyntaxError) return hintAtJson(message);
  if (!(thrown instanceof TypeError)) return undefined;
  return hintAtEvent(message) ?? hintAtSpelling(message) ?? hintAtMember(message);
}

/** What is no error: a text as it is, an object without a text of its own by its fields. */
function describeValue(thrown: unknown): string {
  if (thrown === "") return '""';
  if (typeof thrown !== "object" || thrown === null) return String(thrown);
  const text = String(thrown);
  if (text.trim() === "") return JSON.stringify(thrown) ?? text; // a list without elements
  return text.startsWith("[object ") ? JSON.stringify(thrown) ?? text : text;
}
