import assert from "node:assert/strict";
import { test } from "node:test";
import {
  appendParams,
  credentialsOf,
  encodePairs,
  joinUrl,
  parseRequestUrl,
  splitBaseUrl,
  withoutCredentials,
} from "../../../src/http/request/request_url.ts";

for (
  const [base, url, joined] of [
    ["http://h", "/a", "http://h/a"],
    ["http://h/", "/a", "http://h//a"], // plain concatenation, as Locust does
    ["http://h/api", "a", "http://h/apia"],
    ["http://h", "https://other/x", "https://other/x"],
    ["http://h", "HTTP://other/x", "HTTP://other/x"],
    ["http://h", "ftp://x", "http://hftp://x"],
  ] as const
) {
  test(`joinUrl() ${base} + ${url}`, () => assert.equal(joinUrl(base, url), joined));
}

test("parseRequestUrl() names what is wrong and hides credentials", () => {
  assert.throws(() => parseRequestUrl("/only/path"), /"\/only\/path".*it has no host.*-H/);
  assert.throws(() => parseRequestUrl("http://user:secret@:99999999/"), (error: Error) => {
    assert.match(error.message, /not a valid URL/);
    assert.doesNotMatch(error.message, /secret/);
    return true;
  });
});

test("credentialsOf() decodes percent signs, and keeps a stray one", () => {
  assert.deepEqual(credentialsOf(new URL("http://a%40b:p%3Aq@h/")), { user: "a@b", password: "p:q" });
  assert.deepEqual(credentialsOf(new URL("http://a:100%@h/")), { user: "a", password: "100%" });
  assert.equal(credentialsOf(new URL("http://h/")), undefined);
});

test("splitBaseUrl() takes the credentials out and leaves the rest as written", () => {
  assert.deepEqual(splitBaseUrl("http://ada:love@H.example:80/v1"), {
    baseUrl: "http://H.example:80/v1",
    credentials: { user: "ada", password: "love" },
  });
  assert.deepEqual(splitBaseUrl("http://h/a@b"), { baseUrl: "http://h/a@b" });
});

test("withoutCredentials() leaves an @ in path and query alone", () => {
  assert.equal(withoutCredentials("http://u:p@h/x@y?z=@"), "http://h/x@y?z=@");
  assert.equal(withoutCredentials("/x@y"), "/x@y");
});

test("encodePairs() repeats arrays and leaves null and undefined out", () => {
  assert.equal(
    encodePairs({ a: 1, b: ["x", 2], c: null, d: undefined, e: true, f: "ä b&c" }),
    "a=1&b=x&b=2&e=true&f=%C3%A4+b%26c",
  );
});

for (
  const [url, expected] of [
    ["/p", "/p?a=1"],
    ["/p?", "/p?a=1"],
    ["/p?x=2", "/p?x=2&a=1"],
    ["/p?x=2&", "/p?x=2&a=1"],
    ["/p#top", "/p?a=1#top"],
  ] as const
) {
  test(`appendParams() to ${url}`, () => assert.equal(appendParams(url, { a: 1 }), expected));
}

test("appendParams() of nothing changes nothing", () => assert.equal(appendParams("/p?", {}), "/p?"));
