/** Answers of the web UI's API that are no success: thrown anywhere below a route, and turned into JSON at one place. */
import type { ApiError, ApiErrorCode } from "./api_types.ts";

export type ErrorStatus = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500;

const CODES: Readonly<Record<ErrorStatus, ApiErrorCode>> = {
  400: "bad_request",
  401: "unauthorized",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  409: "conflict",
  413: "too_large",
  415: "unsupported_media_type",
  422: "invalid",
  429: "too_many_tries",
  500: "internal",
};

export class Refusal extends Error {
  readonly status: ErrorStatus;
  readonly field: string | undefined;

  constructor(status: ErrorStatus, message: string, field?: string) {
    super(message);
    this.status = status;
    this.field = field;
  }
}

export function errorAnswer(
  { status, message, field }: Pick<Refusal, "status" | "message" | "field">,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body: ApiError = { error: { code: CODES[status], message, ...(field === undefined ? {} : { field }) } };
  return Response.json(body, { status, headers });
}
