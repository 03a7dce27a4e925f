/**
 * The two errors by which a locustfile says that a response was not what it wanted. Both become a counted failure of that
 * request, grouped by their text; neither is an error of the tool.
 */
import { LocustError } from "../../base/errors.ts";

/** Thrown in a `catchResponse` block: the request counts as failed with this text, and the block's caller goes on. */
export class ResponseError extends Error {
  constructor(message = "") {
    super(message);
    this.name = "ResponseError";
  }
}

/** What `res.failure("…")` makes of a text. */
export class CatchResponseError extends LocustError {
  constructor(message: string) {
    super(message, { code: "catch_response" });
    this.name = "CatchResponseError";
  }
}
