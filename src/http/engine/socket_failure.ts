/** What a failed socket means for the request that it carried or should have carried. Pure. */
import { SocketError } from "../../platform/socket.ts";
import { ConnectionError, TlsError, WireError } from "../bytes/wire_error.ts";

export function toWireError(problem: unknown): WireError {
  if (problem instanceof WireError) return problem;
  if (!(problem instanceof SocketError)) return new ConnectionError("other", "", problem);
  if (problem.code === "tls") return new TlsError(problem.detail, problem);
  return new ConnectionError(problem.code, problem.detail, problem);
}
