import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { UsageError } from "../../../src/base/errors.ts";
import {
  appendParams,
  credentialsOf,
  encodePairs,
  joinUrl,
  type Params,
  parseRequestUrl,
  splitBaseUrl,
  urlText,
  withoutCredentials,
} from "../../../src/http/request/request_url.ts";

for (
  const [base, url, joined] of [
    ["http://h", "/a", "http://h/a"],
    ["http://h/", "/a", "http://h/a"],
    ["http://h/", "/", "http://h/"],
    ["http://h", "a", "http://h/a"],
    ["http://h:80", "a", "http://h:80/a"],
    ["http://h/", "a", "http://h/a"],
    ["http://h/api", "/a", "http://h/api/a"],
    ["http://h/api/", "/a", "http://h/api/a"],
    ["http://h/api/", "a", "http://h/api/a"],
    ["http://h/api", "a", "http://h/apia"], // as Locust: a base path may be a beginning
    ["http://h/api/", "", "http://h/api/"],
    ["http://h/api", "", "http://h/api"],
    ["http://h", "", "http://h"],
    ["http://h", "?q=1", "http://h?q=1"],
    ["http://h/", "?q=1", "http://h/?q=1"],
    ["http://h/api/", "?q=1", "http://h/api/?q=1"],
    ["http://h/api", "#top", "http://h/api#top"],
    ["http://h/", "//a", "http://h//a"], // what is in the path itself stays
    ["http+unix://%2Frun%2Fapp.sock/", "/a", "http+unix://%2Frun%2Fapp.sock/a"],
    ["http://h", "https://other/x", "https://other/x"],
    ["http://h/", "HTTP://other/x", "HTTP://other/x"],
    ["", "/a", "/a"],
    ["", "a", "a"],
  ] as const
) {
  test(`joinUrl() "${base}" + "${url}"`, () => assert.equal(joinUrl(base, url), joined));
}

test("urlText() takes text and URL objects, and says what to do with anything else", () => {
  assert.equal(urlText("/a", "GET"), "/a");
  assert.equal(urlText(new URL("http://h/a?b=c"), "GET"), "http://h/a?b=c");
  assert.throws(
    () => urlText(new Request("http://h/"), "POST"),
    /POST.*an object \(Request\); pass a Request to client\.fetch/,
  );
  for (const wrong of [undefined, null, 7, true, {}, ["/a"], Symbol("a"), () => "/a"]) {
    assert.throws(() => urlText(wrong, "GET"), /^UsageError: Cannot send the GET request: its URL is .*; pass a path/);
  }
});

for (
  const [title, params, text] of [
    ["an object", { a: "x y", b: [1, true], c: null, d: undefined, e: 7n }, "a=x+y&b=1&b=true&e=7"],
    ["a Map", new Map<string, string | number>([["a", 1], ["b", "ä"]]), "a=1&b=%C3%A4"],
    ["pairs", [["a", 1], ["a", [2, 3]]], "a=1&a=2&a=3"],
    ["URLSearchParams", new URLSearchParams("a=1&a=2"), "a=1&a=2"],
    ["text", "a=1&b=x%20y", "a=1&b=x%20y"],
    ["a FormData", createForm({ a: "1", b: "x y" }), "a=1&b=x+y"],
  ] as const
) {
  test(`encodePairs() of ${title}`, () => assert.equal(encodePairs(params as Params), text));
}

function createForm(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

for (
  const [title, params, found] of [
    ["a number", 7, /"form" is 7;/],
    ["a date", new Date(0), /"form" is an object \(Date\)/],
    ["bytes", new Uint8Array(2), /"form" is an object \(Uint8Array\)/],
    ["a list of names", ["a", "b"], /"form" is a list with "a" in it/],
    ["an object as value", { a: { b: 1 } }, /"a" in "form" is an object;/],
    ["a date as value", { when: new Date(0) }, /"when" in "form" is an object \(Date\)/],
    ["a list in a list", { a: [[1]] }, /"a" in "form" is a list of 1/],
    ["a function as value", { a: () => 1 }, /"a" in "form" is a function/],
    ["a file in a FormData", [["f", new Blob(["x"])]], /"f" in "form" is an object \(Blob\)/],
  ] as const
) {
  test(`encodePairs() refuses ${title}`, () => {
    assert.throws(() => encodePairs(params as unknown as Params, "form"), { name: "UsageError", message: found });
  });
}

test("appendParams() takes text with or without a question mark, and keeps a # in it", () => {
  assert.equal(appendParams("/p", "?a=1"), "/p?a=1");
  assert.equal(appendParams("/p?x=2#top", "a=#1"), "/p?x=2&a=%231#top");
});

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

test("encodePairs() of an object writes what URLSearchParams writes", () => {
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant("a b-c_d.e*~"),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.string(), value), (params) => {
      const pairs = Object.entries(params).map(([name, each]): [string, string] => [name, String(each)]);
      assert.equal(encodePairs(params), new URLSearchParams(pairs).toString());
    }),
  );
});

const otherSchemes: [url: string, scheme: string, advice: RegExp][] = [
  ["ws://host/chat", "ws", /new WebSocket/],
  ["WSS://ada:secret@host/chat", "WSS", /new WebSocket/],
  ["ftp://host/file", "ftp", /events\.request\.measure/],
];
for (const [url, scheme, advice] of otherSchemes) {
  test(`joinUrl() refuses ${scheme}: it is no path, and not HTTP`, () => {
    assert.throws(() => joinUrl("http://base", url), (error: Error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, new RegExp(`"${scheme}" is not HTTP`));
      assert.match(error.message, advice);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });
}
