/**
 * Turns the socket errors of the runtimes into a `SocketError`. Pure: decides by code, and by text only where Deno has
 * no code.
 */
import { SocketError, type SocketErrorCode } from "./socket.ts";

const SYSTEM_CODES: Readonly<Record<string, SocketErrorCode>> = {
  ECONNREFUSED: "refused",
  ENOENT: "refused", // a unix socket that is not there
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EHOSTDOWN: "unreachable",
  ENETDOWN: "unreachable",
  ETIMEDOUT: "timed_out",
  EADDRNOTAVAIL: "address_unavailable",
  EADDRINUSE: "address_unavailable",
  EMFILE: "too_many_files",
  ENFILE: "too_many_files",
};

/** Names of Deno's own error classes, for errors that carry no system code. */
const DENO_NAMES: Readonly<Record<string, string>> = {
  ConnectionRefused: "ECONNREFUSED",
  ConnectionReset: "ECONNRESET",
  ConnectionAborted: "ECONNABORTED",
  BrokenPipe: "EPIPE",
  TimedOut: "ETIMEDOUT",
  AddrNotAvailable: "EADDRNOTAVAIL",
  NotFound: "ENOENT",
};

/** Texts of Deno's TLS (rustls), and OpenSSL's codes for them. */
const RUSTLS_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/UnknownIssuer/, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
  [/CaUsedAsEndEntity/, "DEPTH_ZERO_SELF_SIGNED_CERT"],
  [/NotValidForName/, "ERR_TLS_CERT_ALTNAME_INVALID"],
  [/Expired/, "CERT_HAS_EXPIRED"],
  [/NotValidYet/, "CERT_NOT_YET_VALID"],
  [/InvalidContentType|InvalidMessage|corrupt message/i, "ERR_SSL_WRONG_VERSION_NUMBER"],
  [/CertificateRequired/i, "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED"],
  [/fatal alert: (\w+)/i, "ERR_SSL_FATAL_ALERT"],
  [/(close_notify|unexpected eof)/i, "ERR_SSL_UNEXPECTED_EOF"],
];

/** Codes that belong to TLS: Node's `ERR_TLS_…`/`ERR_SSL_…` and OpenSSL's verification results, which have no prefix. */
const TLS_CODE = /^(ERR_SSL_|ERR_TLS_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|CRL_)/;

/** The form of BoringSSL's errors without a code: `error:1000045c:SSL routines:OPENSSL_internal:TLSV1_ALERT_…`. */
const BORINGSSL_TEXT = /SSL routines:\w+:(\w+)/;

/** True for an error in BoringSSL's text form. */
export function isTlsText(problem: unknown): boolean {
  return problem instanceof Error && BORINGSSL_TEXT.test(problem.message);
}

/** True if the handshake itself was fine and only the certificate was rejected. */
export function isVerificationProblem(problem: unknown): boolean {
  const code = codeOf(problem);
  return TLS_CODE.test(code) && !code.startsWith("ERR_SSL_");
}

/** `stage` distinguishes a reset during the handshake from one of the connection. */
export function toSocketError(thrown: unknown, stage: "socket" | "handshake" = "socket"): SocketError {
  if (thrown instanceof SocketError) return thrown;
  const code = codeOf(thrown);
  if (TLS_CODE.test(code)) return new SocketError("tls", code, thrown);
  const known = SYSTEM_CODES[code];
  if (stage === "handshake" && (known === undefined || known === "reset")) {
    return new SocketError("tls", tlsDetail(thrown, known === "reset" ? "ERR_SSL_UNEXPECTED_EOF" : code), thrown);
  }
  return new SocketError(known ?? "other", code, thrown);
}

function codeOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return "";
  const { code, name, message } = thrown as { code?: unknown; name?: unknown; message?: unknown };
  const said = typeof message === "string" ? BORINGSSL_TEXT.exec(message)?.[1] : undefined;
  if (said !== undefined) return `ERR_SSL_${said}`;
  if (typeof code === "string" && code !== "") return code;
  return (typeof name === "string" ? DENO_NAMES[name] : undefined) ?? "";
}

function tlsDetail(thrown: unknown, code: string): string {
  const text = thrown instanceof Error ? thrown.message : "";
  for (const [pattern, spelled] of RUSTLS_TEXTS) {
    if (pattern.test(text)) return spelled;
  }
  return code === "" ? "HANDSHAKE_FAILED" : code;
}
