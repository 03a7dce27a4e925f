import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { UsageError } from "../../../src/base/errors.ts";
import { parseTargets } from "../../../src/cli/hit/hit_target.ts";

function parse(text: string) {
  return parseTargets({ text, path: "t.txt", readBody: (path) => `body of ${path}` });
}

describe("parseTargets()", () => {
  test("a body that cannot be read is told with its line, and a method in small letters is that method", () => {
    const readBody = () => {
      throw new UsageError('Cannot read "none.json": there is no such file; check the path');
    };
    assert.throws(
      () => parseTargets({ text: "GET http://h.test/a\n@none.json\n", path: "t.txt", readBody }),
      /^UsageError: Cannot read the targets of "t\.txt", line 2: cannot read "none\.json": there is no such file; check the path$/,
    );
    assert.equal(parse('{"method":"put","url":"http://h.test/a"}')[0]?.method, "PUT");
  });

  test("URLs, one a line, without and with a scheme", () => {
    assert.deepEqual(parse("http://h.test/a\nlocalhost:8000/b\r\n\n# c\nhttps://h.test/d\n").map(({ url }) => url), [
      "http://h.test/a",
      "http://localhost:8000/b",
      "https://h.test/d",
    ]);
  });

  test("vegeta's form: method, headers, body", () => {
    assert.deepEqual(parse("POST http://h.test/a\nX-A: b: c\nX-B:\n@order.json\n\nGET http://h.test/b\n"), [
      {
        method: "POST",
        url: "http://h.test/a",
        headers: [["X-A", "b: c"], ["X-B", ""]],
        body: "body of order.json",
      },
      { method: "GET", url: "http://h.test/b", headers: [] },
    ]);
  });

  test("requests below one another need no blank line", () => {
    assert.deepEqual(parse("GET http://h.test/a\nDELETE http://h.test/b").map(({ method }) => method), [
      "GET",
      "DELETE",
    ]);
    assert.equal(parse("GET http://h.test/a\nhttp://h.test/b\n127.0.0.1:80/c\nh.test:81").length, 4);
  });

  test("vegeta's JSON lines, with text and with bytes", () => {
    const [text, bytes] = parse(
      '{"method":"PUT","url":"http://h.test/a","header":{"X":["1","2"]},"body":"aGk="}\n{"url":"h.test/b","body":"/w=="}',
    );
    assert.deepEqual(text, { method: "PUT", url: "http://h.test/a", headers: [["X", "1"], ["X", "2"]], body: "hi" });
    assert.deepEqual(bytes?.body, Uint8Array.of(0xff));
  });

  test("a request line with its version, as it is copied from elsewhere, and an IPv6 address", () => {
    assert.deepEqual(parse("GET http://h.test/a HTTP/1.1\nHost: x\n\n[::1]:80/b\n"), [
      { method: "GET", url: "http://h.test/a", headers: [["Host", "x"]] },
      { method: "GET", url: "http://[::1]:80/b", headers: [] },
    ]);
  });

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    ["nothing", "# only a comment\n", /there is no request in it/],
    ["words", "http://h.test/\n\nhello there\n", /line 3: "hello there" is not an http or https URL/],
    ["a body first", "@a.json\n", /line 1: a body stands before any request/],
    ["a list in JSON", '[{"url":"http://h.test"}]\n', /line 1: it is a list in JSON; write each object on a line/],
    ["a list in JSON over lines", '[\n  {"url":"http://h.test"}\n]\n', /line 1: it is a list in JSON/],
    ["broken JSON", '{"url":\n', /line 1: it is not JSON/],
    ["JSON without a URL", '{"method":"GET"}\n', /line 1: it has no "url"/],
    [
      "a method that is none",
      '{"method":"GE T","url":"http://h.test"}\n',
      /line 1: its "method" is "GE T": it is not a method/,
    ],
    [
      "a header that is a text",
      '{"url":"http://h.test","header":"x"}\n',
      /line 1: its "header" is no object; write \{"Name"/,
    ],
    [
      "a header with a line break",
      '{"url":"http://h.test","header":{"A":"b\\nc"}}\n',
      /line 1: its "header" cannot be sent: /,
    ],
    [
      "a header's name with a blank",
      '{"url":"http://h.test","header":{"A b":"c"}}\n',
      /its "header" cannot be sent: "A b: c" is not/,
    ],
    ["siege's form", "http://h.test/a POST x=1\n", /line 1: .* has a method behind the URL, as in siege/],
    ["a body that is not Base64", '{"url":"http://h.test","body":"%%"}\n', /its "body" is not Base64 text/],
  ];
  for (const [what, text, expected] of wrong) {
    test(`${what} is refused, with the line`, () => assert.throws(() => parse(text), expected));
  }
});
