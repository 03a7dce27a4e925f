/**
 * Causes for which master and worker cannot agree on TLS, each as one sentence that names the flag of the side that
 * must change. None of them heals by dialling again. Codes are those of Node, which Bun and Deno use too, with the
 * names of OpenSSL, BoringSSL and rustls. Pure.
 */

const NOT_TRUSTED = [
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "CERT_SIGNATURE_FAILURE",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "INVALID_CA",
  "INVALID_PURPOSE",
];

const NO_TLS =
  /WRONG_VERSION_NUMBER|HTTP_REQUEST|HTTPS_PROXY_REQUEST|PACKET_LENGTH_TOO_LONG|UNEXPECTED_MESSAGE|UNKNOWN_PROTOCOL/;

/** Why a worker's connection failed, for the worker's log; undefined when TLS is not the cause. */
export function describeMasterTlsTrouble(
  error: unknown,
  worker: { readonly host: string; readonly hasCa: boolean },
): string | undefined {
  const code = codeOf(error);
  if (code === "CERT_HAS_EXPIRED") {
    return "its certificate has expired; renew the file of --master-tls-cert on the master";
  }
  if (code === "CERT_NOT_YET_VALID") {
    return "its certificate is not valid yet; check the clocks, or the file of --master-tls-cert on the master";
  }
  if (NOT_TRUSTED.includes(code)) {
    return worker.hasCa
      ? "its certificate was not issued by the authority of this worker's --master-tls-ca; " +
        "give --master-tls-ca the authority that issued the master's --master-tls-cert"
      : "its certificate was issued by no authority that this machine knows; give this worker --master-tls-ca";
  }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID" || code === "HOSTNAME_MISMATCH") {
    return `its certificate is not for "${worker.host}"; use one of its names with --master-host, ` +
      "or a --master-tls-cert on the master that has this name";
  }
  if (NO_TLS.test(code)) {
    return "it does not speak TLS; start the master with --master-tls-cert and --master-tls-key, " +
      "or this worker without --master-tls-ca, --master-tls-cert and --master-tls-key";
  }
  return undefined;
}

/** Why a master with `--master-tls-ca` refuses a worker whose handshake is complete, as the reason of the refusal. */
export function describeWorkerCertificate(authorizationError: unknown, shows: "a certificate" | "none"): string {
  if (shows === "none") {
    return "Cannot join: the master wants a certificate of the worker; " +
      "give the worker --master-tls-cert and --master-tls-key, from the authority of the master's --master-tls-ca";
  }
  const code = typeof authorizationError === "string" ? authorizationError : codeOf(authorizationError);
  if (code === "CERT_HAS_EXPIRED") {
    return "Cannot join: the worker's certificate has expired; renew the file of the worker's --master-tls-cert";
  }
  if (code === "CERT_NOT_YET_VALID") {
    return "Cannot join: the worker's certificate is not valid yet; check the clocks, or the file of its --master-tls-cert";
  }
  return "Cannot join: the worker's --master-tls-cert was not issued by the authority of the master's --master-tls-ca; " +
    "give the worker a certificate from there";
}

/** Why a handshake ended on the master's side, for the master's log. */
export function describeHandshakeFailure(error: unknown): string {
  const code = codeOf(error);
  if (NO_TLS.test(code)) return "it does not speak TLS; give the worker --master-tls-ca";
  if (code === "ERR_TLS_HANDSHAKE_TIMEOUT") {
    return "it sent no TLS hello; a worker speaks TLS when it is given --master-tls-ca";
  }
  const detail = error instanceof Error ? error.message : String(error);
  return `it broke off the TLS handshake (${detail}); if it is a worker, its log says what is wrong ` +
    "with --master-tls-cert of this master";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
