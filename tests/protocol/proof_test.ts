import assert from "node:assert/strict";
import { test } from "node:test";
import { createNonce, createProof, isProofValid, type ProofFacts } from "../../src/protocol/proof.ts";

const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

const FACTS: ProofFacts = {
  token: "s3cret",
  masterNonce: Uint8Array.from({ length: 32 }, (_, i) => i),
  workerNonce: Uint8Array.from({ length: 32 }, (_, i) => 255 - i),
  workerId: "box_4f2a9c",
};

test("createProof() is HMAC-SHA-256 over side, both nonces and worker id: vectors for other implementations", () => {
  assert.equal(toHex(createProof("worker", FACTS)), "a7deebbf1c28272e42528c3eef80a032e0c152edcff475083ed911571195db7b");
  assert.equal(toHex(createProof("master", FACTS)), "ae6d0b50167a986ddd4f7337bc61a2d121a7a4aaabd6410876b9972be9df6c53");
});

test("isProofValid() accepts the right proof only", () => {
  const proof = createProof("worker", FACTS);
  assert.equal(isProofValid("worker", FACTS, proof), true);
  assert.equal(isProofValid("master", FACTS, proof), false, "a reflected proof");
  for (
    const changed of [
      { token: "other" },
      { masterNonce: createNonce() },
      { workerNonce: createNonce() },
      { masterNonce: FACTS.workerNonce, workerNonce: FACTS.masterNonce },
      { workerId: "w2" },
    ]
  ) assert.equal(isProofValid("worker", { ...FACTS, ...changed }, proof), false, Object.keys(changed).join());
  assert.equal(isProofValid("worker", FACTS, proof.subarray(0, 31)), false);
  assert.equal(isProofValid("worker", FACTS, undefined), false);
});

test("createNonce() never gives the same twice", () => {
  assert.equal(new Set(Array.from({ length: 100 }, () => toHex(createNonce()))).size, 100);
});
