import assert from "node:assert/strict";
import { test } from "node:test";
import { createNonce, createProof, isProofValid } from "../../src/protocol/proof.ts";

const nonce = Uint8Array.from({ length: 32 }, (_, i) => i);
const toHex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

test("createProof() is HMAC-SHA-256 over nonce and worker id: vector for other implementations", () => {
  assert.equal(
    toHex(createProof("s3cret", nonce, "box_4f2a9c")),
    "54358ccaf13887e58ee48211ab260021ed10d48d355bf59c23274bbcd7b6090c",
  );
});

test("isProofValid() accepts the right proof only", () => {
  const proof = createProof("s3cret", nonce, "w1");
  assert.equal(isProofValid("s3cret", nonce, "w1", proof), true);
  assert.equal(isProofValid("s3cret", nonce, "w2", proof), false);
  assert.equal(isProofValid("other", nonce, "w1", proof), false);
  assert.equal(isProofValid("s3cret", createNonce(), "w1", proof), false);
  assert.equal(isProofValid("s3cret", nonce, "w1", proof.subarray(0, 31)), false);
  assert.equal(isProofValid("s3cret", nonce, "w1", undefined), false);
});

test("createNonce() never gives the same twice", () => {
  assert.equal(new Set(Array.from({ length: 100 }, () => toHex(createNonce()))).size, 100);
});
