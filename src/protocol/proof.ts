/**
 * How a worker shows that it knows the token without sending it: HMAC-SHA-256 over the master's nonce and its own id. The nonce is
 * new for each connection, so a recorded `hello` is worth nothing on another.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const NONCE_BYTES = 32;

/** Random bytes for one connection. */
export function createNonce(): Uint8Array {
  return new Uint8Array(randomBytes(NONCE_BYTES));
}

/** HMAC-SHA-256 with the token (UTF-8) as key over the nonce followed by the worker id (UTF-8). */
export function createProof(token: string, nonce: Uint8Array, workerId: string): Uint8Array {
  return new Uint8Array(createHmac("sha256", token).update(nonce).update(workerId, "utf8").digest());
}

/** Whether the proof is right, in a time that does not tell how nearly. */
export function isProofValid(
  token: string,
  nonce: Uint8Array,
  workerId: string,
  proof: Uint8Array | undefined,
): boolean {
  const wanted = createProof(token, nonce, workerId);
  if (proof === undefined || proof.length !== wanted.length) return false;
  return timingSafeEqual(wanted, proof);
}
