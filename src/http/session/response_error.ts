/**
 * The errors of a response: `HttpError` for its status, the other two by which a locustfile rejects it. Each becomes a
 * counted failure of that request, grouped by its text; none is an error of the tool.
 */
import { LocustError } from "../../base/errors.ts";
import { statusText } from "../bytes/status_text.ts";

/** Thrown in a `catchResponse` block: the request counts as failed with this text, and the caller of the block continues. */
export class ResponseError extends Error {
  constructor(message = "") {
    super(message);
    this.name = "ResponseError";
  }
}

/** The error of `res.failure("…")`. */
export class CatchResponseError extends LocustError {
  constructor(message: string) {
    super(message, { code: "catch_response" });
    this.name = "CatchResponseError";
  }
}

/** `HttpError 404 Not Found`. */
export class HttpError extends LocustError {
  readonly status: number;

  constructor(status: number) {
    const reason = statusText(status);
    super(reason === "" ? `HttpError ${status}` : `HttpError ${status} ${reason}`, { code: "http_status" });
    this.name = "HttpError";
    this.status = status;
  }
}
