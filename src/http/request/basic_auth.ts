/** The Basic scheme (RFC 7617): one header value from a name and a password, as UTF-8. Pure. */
import type { Credentials } from "./request_url.ts";
import { UsageError } from "../../base/errors.ts";

/** `Basic dXNlcjpwYXNz`. */
export function basicAuthorization(credentials: Credentials): string {
  if (credentials.user.includes(":")) {
    throw new UsageError('Cannot use "auth": a user name of Basic authentication cannot have a colon');
  }
  return `Basic ${toBase64(`${credentials.user}:${credentials.password}`)}`;
}

function toBase64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
