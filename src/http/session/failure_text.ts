/**
 * The text that a failure is grouped, counted and shown by. Names of the network's failures come from `wire_error.ts`
 * (`ConnectionRefused`, `Timeout (response)` …), a bad status is `HttpError 404 Not Found`, a verdict of the test is
 * its own words, anything else `Name: message`. Passwords of URLs are masked. Never holds an address, a port, a time or
 * an id of this tool.
 */
import { causesOf } from "../../base/error_causes.ts";
import { describeThrown } from "../../base/errors.ts";
import { maskUrlSecrets } from "../../base/secrets.ts";
import { truncate } from "../../base/text/text.ts";
import { NO_LOCAL_ADDRESS, TOO_MANY_FILES } from "../../stats/groups/own_failures.ts";
import { CatchResponseError, HttpError, ResponseError } from "./response_error.ts";
import { WireError } from "../bytes/wire_error.ts";

/** Longest text kept: one group costs memory on every node and in every report. */
const MAX_FAILURE_TEXT = 500;

/** Of HTTP statuses there are few: their texts and errors are made once. */
const statusErrors = new Map<number, HttpError>();

/** The text of a failed sample's exception, as `events.request` carries it. */
export function failureText(exception: unknown): string {
  return truncate(maskUrlSecrets(describeFailure(exception)), MAX_FAILURE_TEXT);
}

/** The error of a response with that status; undefined below 400. One object per status: it has no stack worth reading. */
export function statusError(status: number): HttpError | undefined {
  if (status < 400) return undefined;
  let error = statusErrors.get(status);
  if (error === undefined) {
    error = new HttpError(status);
    statusErrors.set(status, error);
  }
  return error;
}

/** Codes of the operating system and of Node, as labels of `wire_error.ts`: clients of other protocols throw these. */
const SYSTEM_CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "ConnectionRefused",
  ECONNRESET: "ConnectionReset",
  EPIPE: "ConnectionReset",
  ECONNABORTED: "ConnectionReset",
  ETIMEDOUT: "ConnectionTimedOut",
  EHOSTUNREACH: "HostUnreachable",
  ENETUNREACH: "HostUnreachable",
  EADDRNOTAVAIL: NO_LOCAL_ADDRESS,
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
  ENOTFOUND: "DnsError",
  EAI_AGAIN: "DnsError",
};

function describeFailure(exception: unknown): string {
  if (exception instanceof WireError) return exception.label;
  if (exception instanceof HttpError) return exception.message;
  if (exception instanceof CatchResponseError) return exception.message;
  if (exception instanceof ResponseError) return exception.message === "" ? exception.name : exception.message;
  return systemFailure(exception) ?? `${describeThrown(exception)}${describeCauseOf(exception)}`;
}

/** `TypeError: fetch failed (ConnectionRefused)`: what the operating system said is in the cause of what other clients throw. */
function describeCauseOf(exception: unknown): string {
  const label = causesOf(exception).map(systemFailure).find((each) => each !== undefined);
  return label === undefined ? "" : ` (${label})`;
}

/** The texts of these errors hold addresses and ports (`connect ECONNREFUSED 10.0.0.7:6379`), so their code speaks for them. */
function systemFailure(exception: unknown): string | undefined {
  if (!(exception instanceof Error) || !("code" in exception) || typeof exception.code !== "string") return undefined;
  return Object.hasOwn(SYSTEM_CODES, exception.code) ? SYSTEM_CODES[exception.code] : undefined;
}
