/**
 * The error of a connection that could not be opened. Bun reports a refusal also when this process had no file
 * descriptor for the socket (EMFILE): a reader would look for the mistake at the target. So a refusal is believed only
 * while a file can be opened.
 */
import { closeSync, openSync } from "node:fs";
import type { SocketError } from "./socket.ts";
import { toSocketError } from "./socket_error.ts";

/** Opens and closes a file; returns the system's code when that fails. */
export function findFileProblem(): string | undefined {
  try {
    closeSync(openSync("/dev/null", "r"));
    return undefined;
  } catch (problem) {
    const { code } = problem as { readonly code?: unknown };
    return code === "EMFILE" || code === "ENFILE" ? code : undefined;
  }
}

export function toConnectError(
  thrown: unknown,
  stage: "socket" | "handshake" = "socket",
  tryFile: () => string | undefined = findFileProblem,
): SocketError {
  const error = toSocketError(thrown, stage);
  if (error.code !== "refused") return error;
  const code = tryFile();
  return code === undefined ? error : toSocketError({ code }, stage);
}
