import assert from "node:assert/strict";
import { test } from "node:test";
import { describeEndlessChain, nextRedirect, type RedirectRule } from "../../../src/http/request/redirect.ts";

const HERE = new URL("http://a.example/dir/page?x=1");

function step(status: number, method: string, rule: RedirectRule, location: string | null = "/next") {
  return nextRedirect({ status, location, url: HERE, method, rule });
}

for (
  const [rule, status, method, next, body] of [
    ["fast", 301, "POST", "POST", "keep"],
    ["fast", 302, "POST", "GET", "drop"],
    ["fast", 303, "PUT", "GET", "drop"],
    ["fast", 307, "POST", "POST", "keep"],
    ["fast", 308, "DELETE", "DELETE", "keep"],
    ["fast", 302, "HEAD", "HEAD", "keep"],
    ["http", 301, "POST", "GET", "drop"],
    ["http", 301, "PUT", "PUT", "keep"],
    ["http", 302, "PUT", "GET", "drop"],
    ["http", 303, "HEAD", "HEAD", "keep"],
    ["http", 307, "PATCH", "PATCH", "keep"],
    ["http", 308, "POST", "POST", "keep"],
  ] as const
) {
  test(`nextRedirect() ${rule}: ${method} after ${status} goes on as ${next}, body: ${body}`, () => {
    const next_ = step(status, method, rule);
    assert.equal(next_?.kind, "follow");
    assert.deepEqual(next_?.kind === "follow" && [next_.method, next_.body], [next, body]);
  });
}

for (const status of [200, 300, 304, 305, 306, 404]) {
  test(`nextRedirect() ${status} is not a redirect`, () => assert.equal(step(status, "GET", "fast"), undefined));
}

test("nextRedirect() with an empty Location is not a redirect", () => {
  for (const location of ["", " "]) assert.equal(step(302, "GET", "http", location), undefined);
});

test("nextRedirect() without a Location is not a redirect", () =>
  assert.equal(step(302, "GET", "http", null), undefined));

for (
  const [location, expected] of [
    ["other", "http://a.example/dir/other"],
    ["/abs?y=2", "http://a.example/abs?y=2"],
    ["?y=2", "http://a.example/dir/page?y=2"],
    ["//b.example/x", "http://b.example/x"],
    ["https://b.example", "https://b.example/"],
    ["http://user:secret@a.example/x", "http://a.example/x"],
    // UTF-8 bytes as they arrive, one character each
    ["/caf\u00c3\u00a9", "http://a.example/caf%C3%A9"],
    // Latin-1, unchanged
    ["/caf\u00e9", "http://a.example/caf%E9"],
  ] as const
) {
  test(`nextRedirect() resolves ${JSON.stringify(location)}`, () => {
    const next = step(302, "GET", "http", location);
    assert.equal(next?.kind === "follow" && next.url.href, expected);
  });
}

for (
  const [location, credentials] of [
    ["/same", "keep"],
    ["http://a.example:80/same", "keep"],
    ["http://a.example:81/", "drop"],
    ["https://a.example/", "keep"], // the site turns to https
    ["https://a.example:8443/", "drop"],
    ["https://b.example/", "drop"],
    ["http://sub.a.example/", "drop"],
  ] as const
) {
  test(`nextRedirect() ${credentials}s credentials on the way to ${location}`, () => {
    const next = step(307, "GET", "http", location);
    assert.equal(next?.kind === "follow" && next.credentials, credentials);
  });
}

test("nextRedirect() drops credentials on the way from https to http, and from another port than http's own", () => {
  for (const from of ["https://a.example/", "http://a.example:8080/"]) {
    const location = from.startsWith("https") ? "http://a.example/" : "https://a.example/";
    const next = nextRedirect({ status: 302, location, url: new URL(from), method: "GET", rule: "http" });
    assert.equal(next?.kind === "follow" && next.credentials, "drop");
  }
});

test("nextRedirect() names a Location that is not the URL of a web page", () => {
  const invalid = step(302, "GET", "fast", "http://[bad");
  assert.deepEqual(invalid, { kind: "problem", what: "redirect to an invalid URL" });
  const scheme = step(302, "GET", "fast", "ftp://a.example/");
  assert.deepEqual(scheme, { kind: "problem", what: "redirect to another scheme than http and https" });
});

test("describeEndlessChain() tells a loop from a long way", () => {
  assert.equal(describeEndlessChain(["/a", "/b"], "/a"), "redirect loop");
  assert.equal(describeEndlessChain(["/a", "/b"], "/c"), "too many redirects");
});
