/**
 * What a status of 400 or more means to a test: `res.error`, and what `raiseForStatus()` throws. Holds no URL and not the
 * server's own phrase, so that the failures of one status are one group.
 */
import { LocustError } from "../../base/errors.ts";
import { statusText } from "../bytes/status_text.ts";

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
