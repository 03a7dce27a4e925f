/**
 * Proofs that a worker and its master know the same token, neither of which sends it: HMAC-SHA-256 over the side's own
 * word, both nonces and the worker's id. Both nonces are new for each connection, so a recorded proof is worth nothing
 * on another connection, and the word keeps a proof of one side from being sent back as the other side's.
 */
import { lateCrypto } from "../base/late_modules.ts";

/** Length of each side's nonce. */
export const NONCE_BYTES = 32;

/** The facts of one handshake that both proofs stand for. */
export interface ProofFacts {
  readonly token: string;
  readonly masterNonce: Uint8Array;
  readonly workerNonce: Uint8Array;
  readonly workerId: string;
}

/** The side that proves something. */
export type ProofSide = "worker" | "master";

/** Random bytes for one connection. */
export function createNonce(): Uint8Array {
  return new Uint8Array(lateCrypto().randomBytes(NONCE_BYTES));
}

/**
 * HMAC-SHA-256, key: the token; message: `worker` or `master`, the master's nonce, the worker's nonce, the worker's id.
 * Text as UTF-8.
 */
export function createProof(side: ProofSide, { token, masterNonce, workerNonce, workerId }: ProofFacts): Uint8Array {
  const hmac = lateCrypto().createHmac("sha256", token).update(side, "utf8");
  return new Uint8Array(hmac.update(masterNonce).update(workerNonce).update(workerId, "utf8").digest());
}

/** Whether the proof is right. The time that it takes does not depend on how much of it is right. */
export function isProofValid(side: ProofSide, facts: ProofFacts, proof: Uint8Array | undefined): boolean {
  const wanted = createProof(side, facts);
  if (proof === undefined || proof.length !== wanted.length) return false;
  return lateCrypto().timingSafeEqual(wanted, proof);
}
