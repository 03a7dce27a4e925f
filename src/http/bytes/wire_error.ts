/**
 * Why a request got no response. `label` is the text that failures are grouped by: it never holds an address, a port, a time
 * or an id. The message is for people and says a little more.
 */

export abstract class WireError extends Error {
  /** e.g. `ConnectionRefused`, `Timeout (response)`, `TlsError(CERT_HAS_EXPIRED)`. */
  readonly label: string;

  constructor(label: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.label = label;
  }
}

/** The bytes of the server are no HTTP/1.x response, or contradict themselves. `what` comes from a closed list of texts. */
export class ProtocolError extends WireError {
  readonly what: string;

  constructor(what: string, cause?: unknown) {
    super(`ProtocolError(${what})`, `the response cannot be read: ${what}`, cause);
    this.what = what;
  }
}

export type TimeoutKind = "connect" | "response" | "total";

export class TimeoutError extends WireError {
  readonly kind: TimeoutKind;

  constructor(kind: TimeoutKind) {
    super(`Timeout (${kind})`, `${kind} timeout`);
    this.kind = kind;
  }
}

/** The host name has no address, or could not be looked up. `code` is the resolver's: `ENOTFOUND`, `EAI_AGAIN`. */
export class DnsError extends WireError {
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super("DnsError", `the host name cannot be resolved (${code})`, cause);
    this.code = code;
  }
}

/** The TLS handshake failed; `code` as OpenSSL and Node spell it: `CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`. */
export class TlsError extends WireError {
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`TlsError(${code})`, `no TLS connection: ${code}`, cause);
    this.code = code;
  }
}

/** `closed`: the server ended the connection in order, but before (all of) a response. */
export type ConnectionErrorKind =
  | "refused"
  | "reset"
  | "closed"
  | "unreachable"
  | "timed-out"
  | "address-unavailable"
  | "too-many-files"
  | "other";

const CONNECTION_LABELS: Readonly<Record<ConnectionErrorKind, string>> = {
  refused: "ConnectionRefused",
  reset: "ConnectionReset",
  closed: "ConnectionClosed",
  unreachable: "HostUnreachable",
  "timed-out": "ConnectionTimedOut",
  "address-unavailable": "LocalAddressUnavailable",
  "too-many-files": "TooManyOpenFiles",
  other: "ConnectionError",
};

const CONNECTION_TEXTS: Readonly<Record<ConnectionErrorKind, string>> = {
  refused: "the connection was refused",
  reset: "the connection was reset",
  closed: "the server closed the connection before it answered",
  unreachable: "the host cannot be reached",
  "timed-out": "the network gave up",
  "address-unavailable": "the local address cannot be used, or all its ports are taken",
  "too-many-files": "this process may open no more sockets; raise its limit (ulimit -n)",
  other: "the connection failed",
};

export class ConnectionError extends WireError {
  readonly kind: ConnectionErrorKind;
  /** The system's own code, `ECONNRESET`; may be empty. */
  readonly code: string;

  constructor(kind: ConnectionErrorKind, code = "", cause?: unknown) {
    const label = kind === "other" && code !== "" ? `ConnectionError(${code})` : CONNECTION_LABELS[kind];
    super(label, code === "" ? CONNECTION_TEXTS[kind] : `${CONNECTION_TEXTS[kind]} (${code})`, cause);
    this.kind = kind;
    this.code = code;
  }
}

/** The proxy answered our CONNECT with something else than 2xx. */
export class ProxyError extends WireError {
  readonly status: number;

  constructor(status: number) {
    super(`ProxyError(${status})`, `the proxy refused the tunnel with status ${status}`);
    this.status = status;
  }
}

/** The request's own body stream failed or did not have the promised length. */
export class BodyError extends WireError {
  constructor(message: string, cause?: unknown) {
    super("BodyError", message, cause);
  }
}

/** Called off by `signal`, `abortAll` or `close`. Not the target's failure: sessions count it as abandoned. */
export class AbortedError extends WireError {
  constructor(cause?: unknown) {
    super("Aborted", "the request was called off", cause);
  }
}
