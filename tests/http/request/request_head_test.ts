import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeHead, HeadTemplate, isPlainBase, isPlainPath } from "../../../src/http/request/request_head.ts";
import { createOrigin } from "../../../src/http/engine/origin.ts";

const BASE = "http://127.0.0.1:8000";

test("isPlainPath() holds only for what the URL parser leaves as it is", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      "/",
      "//",
      ".",
      "..",
      "/.",
      "/..",
      "%2e",
      "%2E",
      "?",
      "#",
      "&",
      "=",
      "%",
      "\\",
      " ",
      "'",
      "é",
      "{",
      "@",
      ":",
    ),
    fc.string({ maxLength: 5 }),
    fc.webPath({ size: "small" }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = `/${pieces.join("")}`;
      if (!isPlainPath(path)) return;
      const url = new URL(BASE + path);
      assert.equal(url.pathname + url.search, path);
      assert.equal(url.href, BASE + path);
    }),
    { numRuns: 3000 },
  );
});

for (const path of ["/", "/items/7", "/a-b_c.d/~x", "/search?q=oak&page=2", "/a%20b", "/a?b=/c/d?e", "/x:y@z"]) {
  test(`isPlainPath() takes the everyday ${path}`, () => assert.equal(isPlainPath(path), true));
}

for (
  const path of [
    "items",
    "",
    "//host/x",
    "/a/../b",
    "/a/./b",
    "/a/%2e%2E/b",
    "/a#b",
    "/a b",
    "/ä",
    "/a\\b",
    "/a'",
    "/a?b'c",
    "/{x}",
  ]
) {
  test(`isPlainPath() leaves ${path === "" ? "nothing" : path} to the parser`, () =>
    assert.equal(isPlainPath(path), false));
}

test("isPlainBase() wants scheme, host and port as the parser writes them", () => {
  for (
    const base of [
      "http://h",
      "http://h:8000",
      "https://a.example.test",
      "http://my_host",
      "http://[::1]",
      "http://[::1]:8081",
    ]
  ) {
    assert.equal(isPlainBase(base), true, base);
  }
  const others = [
    "http://h/",
    "http://h/base",
    "http://H",
    "http://h:80",
    "https://h:443",
    "http://u@h",
    "http://[::1]:80",
    "http://[0:0::1]",
    "http://[::1",
    "http://::1",
    "http+unix://%2Fx",
    "",
  ];
  for (const base of others) assert.equal(isPlainBase(base), false, base);
});

test("HeadTemplate writes what encodeHead() writes", () => {
  const origin = createOrigin(new URL(BASE))!;
  const fields = [["Accept", "*/*"], ["X-Name", "ä"]] as const;
  for (const [method, path] of [["GET", "/"], ["POST", "/items/7?x=y"], ["OPTIONS", `/${"x".repeat(3000)}`]] as const) {
    assert.deepEqual(new HeadTemplate(origin, method, fields).encode(path), encodeHead(origin, method, path, fields));
  }
});

test("HeadTemplate with gaps writes what encodeHead() writes for the same values", () => {
  const origin = createOrigin(new URL(BASE))!;
  const names = ["X-A", "authorization", "Cookie", "Content-Length", "x-b"];
  const field = fc.tuple(
    fc.constantFrom("Accept", "Host", "X-Umlaut", "User-Agent"),
    fc.constantFrom("*/*", "shop.example", "ä", ""),
  );
  const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
  fc.assert(
    fc.property(
      fc.array(field),
      fc.shuffledSubarray(names),
      fc.array(value, { minLength: 5 }),
      (fixed, gaps, values) => {
        const given = gaps.map((name, at): [string, string] => [name, values[at] ?? ""]);
        const between = [...given.slice(0, 2), ...fixed, ...given.slice(2)];
        const template = new HeadTemplate(
          origin,
          "PATCH",
          between.map(([name, text]): [string, string] => [name, gaps.includes(name) ? "x" : text]),
          gaps.map((name) => name.toLowerCase()),
        );
        assert.deepEqual(template.encode("/items?a=b", values), encodeHead(origin, "PATCH", "/items?a=b", between));
      },
    ),
  );
});
