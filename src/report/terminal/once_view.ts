/**
 * A `--once` run as text: each step with its requests and responses in full, then its result. Pure. Everything that a
 * target or a test sent is escaped for the terminal, line by line.
 */
import { escapeControls } from "../../base/text/text.ts";
import type { OnceEvent, ShownBody, ShownMessage } from "../../protocol/once_message.ts";
import { type Colors, paint } from "../tables/colors.ts";
import { formatCount, formatMs } from "../tables/format_figures.ts";

/** What happened, counted. */
export interface OnceTally {
  readonly userClasses: number;
  readonly tasks: number;
  readonly requests: number;
  readonly failures: number;
  readonly exceptions: number;
}

export const NOTHING_HAPPENED: OnceTally = { userClasses: 0, tasks: 0, requests: 0, failures: 0, exceptions: 0 };

export function countOnceEvent(tally: OnceTally, event: OnceEvent): OnceTally {
  switch (event.kind) {
    case "userStarted":
      return { ...tally, userClasses: tally.userClasses + 1 };
    case "stepStarted":
      return event.step === "task" ? { ...tally, tasks: tally.tasks + 1 } : tally;
    case "sample":
      return {
        ...tally,
        requests: tally.requests + 1,
        failures: tally.failures + (event.failure === null ? 0 : 1),
      };
    case "exception":
      return { ...tally, exceptions: tally.exceptions + 1 };
    case "exchange":
    case "note":
      return tally;
  }
}

export function formatOnceEvent(event: OnceEvent, colors: Colors): string {
  switch (event.kind) {
    case "userStarted":
      return `\n${paint(`=== ${safe(event.userClass)}`, "bold", colors)}\n`;
    case "stepStarted":
      return `\n${paint(`--- ${safe(event.where)}`, "cyan", colors)}\n`;
    case "exchange":
      return formatExchange(event, colors);
    case "sample":
      return formatSample(event, colors);
    case "exception":
      return `${paint(`!!! ${safe(event.where)}: ${safe(event.message)}`, "red", colors)}\n` +
        event.frames.map((frame) => `    at ${safe(frame)}\n`).join("") +
        (event.codeFrame === "" ? "" : `${event.codeFrame}\n`);
    case "note":
      return `${paint(`(${safe(event.where)}: ${safe(event.text)})`, "yellow", colors)}\n`;
  }
}

/** `3 user classes, 7 tasks, 9 requests, 1 failed, 1 exception`. */
export function formatOnceSummary(tally: OnceTally, colors: Colors): string {
  const { userClasses, tasks, requests, failures, exceptions } = tally;
  const line = [
    formatCount(userClasses, "user class", "user classes"),
    formatCount(tasks, "task"),
    formatCount(requests, "request"),
    `${failures} failed`,
    formatCount(exceptions, "exception"),
  ].join(", ");
  return `\n${paint(line, failures + exceptions > 0 ? "red" : "green", colors)}\n`;
}

function formatExchange(event: Extract<OnceEvent, { kind: "exchange" }>, colors: Colors): string {
  const { origin, request, response, failure, durationMs } = event;
  const took = `${formatMs(durationMs)} ms`;
  const answer = response === null
    ? paint(`< no response: ${safe(failure ?? "")} after ${took}\n`, "red", colors)
    : formatMessage("<", response, colors);
  const from = response === null ? "" : ` in ${took}`;
  return `${paint(`${safe(origin)}${from}`, "dim", colors)}\n${formatMessage(">", request, colors)}${answer}`;
}

/** Every line of a head and of a body has its direction before it, so that nothing in a body can be taken for anything else. */
function formatMessage(direction: ">" | "<", { head, body }: ShownMessage, colors: Colors): string {
  const mark = paint(direction, direction === ">" ? "cyan" : "green", colors);
  const lines = [...head.split("\n"), ...(body.kind === "none" ? [] : ["", ...bodyLines(body)])];
  return lines.map((line) => `${mark} ${safe(line)}`.trimEnd() + "\n").join("");
}

function bodyLines(body: Exclude<ShownBody, { kind: "none" }>): readonly string[] {
  switch (body.kind) {
    case "text":
      return [
        ...body.text.replace(/\r?\n$/, "").split(/\r?\n/),
        ...(body.shown === "all" ? [] : [`… the first ${body.text.length} characters of ${body.bytes} bytes`]),
      ];
    case "binary":
      return [`[${body.bytes} bytes of ${body.type ?? "something that is not text"}]`];
    case "stream":
      return ["[a stream: the test writes or reads it itself]"];
  }
}

function formatSample(event: Extract<OnceEvent, { kind: "sample" }>, colors: Colors): string {
  const { method, name, responseTimeMs, responseLength, failure } = event;
  const figures = `${formatMs(responseTimeMs)} ms, ${responseLength} bytes`;
  const row = `= ${safe(method)} ${safe(name)}: ${figures}`;
  return failure === null
    ? `${paint(`${row}, ok`, "green", colors)}\n`
    : `${paint(`${row}, failed: ${safe(failure)}`, "red", colors)}\n`;
}

/** Tabs stay: bodies are indented with them. */
function safe(text: string): string {
  return text.split("\t").map(escapeControls).join("\t");
}
