/**
 * Guesses the protocol of a peer that does not send our frames from its first four bytes, so that the log can name the
 * probable mistake. Our frames begin with 0x00 or 0x01: the limit of 16 MiB leaves every other first byte to other
 * protocols.
 */

const HTTP_STARTS = ["GET ", "POST", "PUT ", "HEAD", "OPTI", "DELE", "PATC", "CONN", "TRAC", "PRI "];

/** A sentence part for the log, or `undefined` if the bytes look like nothing we know. */
export function describeDialect(firstBytes: Uint8Array): string | undefined {
  if (firstBytes.length < 4) return undefined;
  const [first, second] = firstBytes;
  if (first === 0x16 && second === 0x03) {
    return "a TLS hello came, and this port speaks without TLS; set --master-tls-cert and --master-tls-key here, " +
      "or leave TLS off at the worker";
  }
  if (first === 0xff) {
    return "a ZeroMQ greeting came; a worker of Locust cannot join a master of locust-ts";
  }
  const text = String.fromCharCode(...firstBytes.subarray(0, 4));
  if (HTTP_STARTS.includes(text)) {
    return "an HTTP request came; this port is for workers, the web UI listens on --web-port";
  }
  if (text === "SSH-") return "an SSH greeting came";
  return undefined;
}
