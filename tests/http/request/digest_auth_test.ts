import assert from "node:assert/strict";
import { test } from "node:test";
import { digestAuthorization, DigestState, parseDigestChallenge } from "../../../src/http/request/digest_auth.ts";

// The example of RFC 7616 §3.9.1, for both algorithms.
const REALM = "http-auth@example.org";
const NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
const OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS";
const CLIENT_NONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
const MUFASA = { user: "Mufasa", password: "Circle of Life" };

function challenge(algorithm: string) {
  return parseDigestChallenge(
    `Digest realm="${REALM}", qop="auth, auth-int", algorithm=${algorithm}, nonce="${NONCE}", opaque="${OPAQUE}"`,
  )!;
}

for (
  const [algorithm, response] of [
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ] as const
) {
  test(`digestAuthorization() ${algorithm} gives the response of RFC 7616`, () => {
    const header = digestAuthorization({
      credentials: MUFASA,
      challenge: challenge(algorithm),
      method: "GET",
      target: "/dir/index.html",
      count: 1,
      clientNonce: CLIENT_NONCE,
    });
    assert.ok(header.includes(`response="${response}"`), header);
    assert.ok(header.includes("nc=00000001") && header.includes("qop=auth") && header.includes(`opaque="${OPAQUE}"`));
  });
}

test("digestAuthorization() without qop is that of RFC 2069", () => {
  const header = digestAuthorization({
    credentials: { user: "Mufasa", password: "CircleOfLife" },
    challenge: parseDigestChallenge(
      'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    )!,
    method: "GET",
    target: "/dir/index.html",
    count: 1,
    clientNonce: "unused",
  });
  assert.ok(header.includes('response="1949323746fe6a43ef61f9606e7febea"'), header);
  assert.ok(!header.includes("cnonce"));
});

test("parseDigestChallenge() finds its scheme among others", () => {
  const found = parseDigestChallenge('Basic realm="x", Digest realm="a\\"b", nonce="n", stale=TRUE, qop=auth');
  assert.deepEqual(found, {
    realm: 'a"b',
    nonce: "n",
    opaque: undefined,
    algorithm: undefined,
    qop: "auth",
    stale: true,
  });
});

test("parseDigestChallenge() passes over what it cannot answer", () => {
  assert.equal(parseDigestChallenge('Basic realm="x"'), undefined);
  assert.equal(parseDigestChallenge('Digest realm="x", nonce="n", algorithm=WHIRLPOOL'), undefined);
  assert.equal(parseDigestChallenge('Digest realm="x", nonce="n", qop="auth-int"'), undefined);
  const second = parseDigestChallenge('Digest realm="x", nonce="n", algorithm=OTHER, Digest realm="y", nonce="m"');
  assert.equal(second?.realm, "y");
});

for (
  const [why, header, algorithm, qop] of [
    ["an empty qop", 'Digest realm="r", nonce="n", qop=""', undefined, undefined],
    ["a comma too many", 'Digest realm="r",, nonce="n", qop="auth",', undefined, "auth"],
    ["a comma first", 'Digest ,realm="r", nonce="n", qop="auth"', undefined, "auth"],
    ["spaces around equals signs", 'Digest realm = "r" , nonce = "n" , qop = auth', undefined, "auth"],
    ["another scheme behind it", 'Digest realm="r", nonce="n", qop=auth, Basic realm="x"', undefined, "auth"],
    ["SHA, as python-requests knows it", 'Digest realm="r", nonce="n", algorithm=SHA', "SHA", undefined],
    ["SHA-512, as python-requests knows it", 'Digest realm="r", nonce="n", algorithm="SHA-512"', "SHA-512", undefined],
  ] as const
) {
  test(`parseDigestChallenge() reads ${why}`, () => {
    const expected = { realm: "r", nonce: "n", opaque: undefined, algorithm, qop, stale: false };
    assert.deepEqual(parseDigestChallenge(header), expected);
  });
}

test("digestAuthorization() with SHA and SHA-512 hashes by them", () => {
  for (const [algorithm, length] of [["SHA", 40], ["SHA-512", 128]] as const) {
    const parts = { credentials: MUFASA, method: "GET", target: "/", count: 1, clientNonce: "c" };
    const header = digestAuthorization({ ...parts, challenge: challenge(algorithm) });
    assert.equal(/response="([0-9a-f]+)"/.exec(header)?.[1]?.length, length);
  }
});

test("DigestState counts the uses of a nonce and starts again with a new one", () => {
  const state = new DigestState(() => "cafe");
  const countOf = (header: string | undefined) => /nc=(\d+)/.exec(header ?? "")?.[1];
  assert.equal(state.authorize(MUFASA, "GET", "/"), undefined);
  assert.equal(state.accept('Digest realm="r", nonce="1", qop="auth"', 0), true);
  assert.equal(countOf(state.authorize(MUFASA, "GET", "/")), "00000001");
  assert.equal(countOf(state.authorize(MUFASA, "GET", "/")), "00000002");
  assert.equal(state.accept('Digest realm="r", nonce="2", qop="auth"', 0), true);
  assert.equal(countOf(state.authorize(MUFASA, "GET", "/")), "00000001");
});

test("DigestState gives up when the server refuses its answer", () => {
  const state = new DigestState(() => "cafe");
  state.accept('Digest realm="r", nonce="1", qop="auth"', 0);
  assert.equal(state.accept('Digest realm="r", nonce="1", qop="auth"', 1), false);
  assert.equal(state.accept('Digest realm="r", nonce="2", qop="auth"', 1), false, "a new nonce is no new chance");
  assert.equal(state.accept('Digest realm="r", nonce="2", qop="auth", stale=true', 1), true);
  assert.equal(state.accept('Digest realm="r", nonce="3", qop="auth", stale=true', 2), false, "once only");
  assert.equal(state.accept(null, 1), false);
});
