/** JSON of a response body, with an error that says which of the three things went wrong. */
import { failureText } from "./failure_text.ts";
import { ResponseError } from "./response_error.ts";

/**
 * The parsed text. Without a response (status 0) a `ResponseError` that carries the failure's own text, so that a
 * `catchResponse` block which reads on regardless still counts what really happened.
 */
export function parseJson(text: string, error: Error | undefined, status: number): unknown {
  if (status === 0) throw new ResponseError(failureText(error));
  return JSON.parse(text);
}
