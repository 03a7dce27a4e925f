/**
 * The errors of a request without a response. Failures are grouped by `label`, which never holds an address, a port, a
 * time or an id. The message is the same text, so that a locustfile reads in `res.error.message` what the tables show;
 * `code` and `cause` hold the details.
 */

import { NO_LOCAL_ADDRESS, TOO_MANY_FILES } from "../../stats/groups/own_failures.ts";
import { SocketError, type SocketErrorCode } from "../../platform/sockets/socket.ts";

export abstract class WireError extends Error {
  /** e.g. `ConnectionRefused`, `Timeout (response)`, `TlsError(CERT_HAS_EXPIRED)`. */
  readonly label: string;

  constructor(label: string, cause?: unknown, message = label) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.label = label;
  }
}

/**
 * The server sent bytes that are not an HTTP/1.x response, or contradict themselves. `what` comes from a closed list of
 * texts.
 */
export class ProtocolError extends WireError {
  readonly what: string;

  constructor(what: string, cause?: unknown) {
    super(`ProtocolError(${what})`, cause);
    this.what = what;
  }
}

export type TimeoutKind = "connect" | "response" | "total";

export class TimeoutError extends WireError {
  readonly kind: TimeoutKind;

  constructor(kind: TimeoutKind) {
    super(`Timeout (${kind})`);
    this.kind = kind;
  }
}

/** The host name has no address, or could not be looked up. `code` is the resolver's: `ENOTFOUND`, `EAI_AGAIN`. */
export class DnsError extends WireError {
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super("DnsError", cause);
    this.code = code;
  }
}

/** The TLS handshake failed; `code` as OpenSSL and Node spell it: `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`. */
export class TlsError extends WireError {
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`TlsError(${code})`, cause);
    this.code = code;
  }
}

/** The codes of sockets without TLS. `closed`: the server ended the connection in order, but before (all of) a response. */
export type ConnectionErrorKind = Exclude<SocketErrorCode, "tls"> | "closed";

const CONNECTION_LABELS: Readonly<Record<ConnectionErrorKind, string>> = {
  refused: "ConnectionRefused",
  reset: "ConnectionReset",
  closed: "ConnectionClosed",
  unreachable: "HostUnreachable",
  timed_out: "ConnectionTimedOut",
  address_unavailable: NO_LOCAL_ADDRESS,
  too_many_files: TOO_MANY_FILES,
  other: "ConnectionError",
};

export class ConnectionError extends WireError {
  readonly kind: ConnectionErrorKind;
  /** The system's own code, `ECONNRESET`; may be empty. */
  readonly code: string;

  constructor(kind: ConnectionErrorKind, code = "", cause?: unknown) {
    const label = kind === "other" && code !== "" ? `ConnectionError(${code})` : CONNECTION_LABELS[kind];
    super(label, cause);
    this.kind = kind;
    this.code = code;
  }
}

/** The proxy refused the way to the origin: by a status other than 2xx, or in words of ours for a number of SOCKS. */
export class ProxyError extends WireError {
  constructor(reason: number | string) {
    super(`ProxyError(${reason})`);
  }
}

/** The request's own body stream failed or did not have the announced length. */
export class BodyError extends WireError {
  constructor(message: string, cause?: unknown) {
    super("BodyError", cause, message);
  }
}

/** Cancelled by `signal`, `abortAll` or `close`. Not the target's failure: sessions count it as abandoned. */
export class AbortedError extends WireError {
  constructor(cause?: unknown) {
    super("Aborted", cause, "the request was cancelled");
  }
}

/** The error for what a socket threw: the failure of the request that it carried or should have carried. */
export function toWireError(problem: unknown): WireError {
  if (problem instanceof WireError) return problem;
  if (!(problem instanceof SocketError)) return new ConnectionError("other", "", problem);
  if (problem.code === "tls") return new TlsError(problem.detail, problem);
  return new ConnectionError(problem.code, problem.detail, problem);
}
