import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTlsSettings, findWrongValues } from "../../../src/http/request/option_values.ts";

/** Each with what is said of it; the text names option, value and what is allowed. */
const WRONG: readonly (readonly [options: object, problem: RegExp])[] = [
  [{ timeout: "1" }, /^"timeout" is "1"; give seconds above 0, or \{ connect, response, total \}$/],
  [{ timeout: [1, 1] }, /^"timeout" is a list of 2; give seconds/],
  [{ timeout: { read: 1 } }, /^"timeout" has no "read"; give seconds/],
  [{ timeout: { total: "5" } }, /^"timeout.total" is "5"; give a number of seconds above 0$/],
  [{ timeout: 0 }, /^"timeout" is 0;/],
  [{ timeout: -1 }, /^"timeout" is -1;/],
  [{ timeout: NaN }, /^"timeout" is NaN;/],
  [{ timeout: true }, /^"timeout" is true;/],
  [{ timeout: new Map([["total", 1]]) }, /^"timeout" is an object \(Map\);/],
  [{ headers: "X-A: 1" }, /^"headers" is "X-A: 1"; give an object, a Map, pairs or Headers$/],
  [{ headers: 7 }, /^"headers" is 7;/],
  [{ cookies: "a=1" }, /^"cookies" is "a=1"; give an object/],
  [{ redirect: "error" }, /^"redirect" is "error"; it is "follow" or "manual"$/],
  [{ redirect: false }, /^"redirect" is false;/],
  [{ allowRedirects: "no" }, /^"allowRedirects" is "no"; it is true or false$/],
  [{ maxRedirects: "3" }, /^"maxRedirects" is "3"; give a whole number/],
  [{ maxRedirects: -1 }, /^"maxRedirects" is -1;/],
  [{ maxRetries: 1.5 }, /^"maxRetries" is 1.5;/],
  [{ catchResponse: "yes" }, /^"catchResponse" is "yes"; give true or a function$/],
  [{ context: "checkout" }, /^"context" is "checkout"; give an object$/],
  [{ context: [1] }, /^"context" is a list of 1;/],
  [{ stream: 1 }, /^"stream" is 1;/],
  [{ discardBody: "yes" }, /^"discardBody" is "yes"; it is true or false$/],
  [{ signal: new AbortController() }, /^"signal" is an object \(AbortController\); give an AbortSignal$/],
  [{ tls: true }, /^"tls" is true; give \{ verify, ca, cert, key, serverName \}$/],
  [{ tls: { rejectUnauthorized: false } }, /^"tls" has no "rejectUnauthorized"; give \{ verify/],
  [{ tls: { verify: "false" } }, /^"tls.verify" is "false"; it is true or false$/],
  [{ tls: { ca: [7] } }, /^"tls.ca" is 7; give the text of the PEM file$/],
  [{ tls: { key: { pem: "x" } } }, /^"tls.key" is an object;/],
  [{ tls: { serverName: 7 } }, /^"tls.serverName" is 7;/],
];

for (const [options, problem] of WRONG) {
  test(`findWrongValues() ${problem.source}`, () => {
    const problems = findWrongValues(options);
    assert.equal(problems.length, 1);
    assert.match(problems[0] as string, problem);
  });
}

test("findWrongValues() lists all problems, and takes what is allowed or not given", () => {
  assert.equal(findWrongValues({ timeout: "1", stream: "yes" }).length, 2);
  assert.deepEqual(
    findWrongValues({
      timeout: { connect: 1, response: 0.5, total: undefined },
      headers: new Headers({ a: "1" }),
      cookies: new Map([["a", "1"]]),
      redirect: "manual",
      allowRedirects: false,
      maxRedirects: 0,
      maxRetries: 2,
      catchResponse: () => {},
      context: { step: 1 },
      stream: false,
      discardBody: true,
      signal: AbortSignal.timeout(1),
      tls: { verify: false, ca: ["x", new Uint8Array(1)], serverName: "h", key: null },
    }),
    [],
  );
  assert.deepEqual(findWrongValues({ timeout: null, headers: null, signal: undefined, tls: null }), []);
});

test("findWrongValues() does not print a key", () => {
  const key = "-----BEGIN PRIVATE KEY-----\nsecret secret secret secret\n";
  assert.doesNotMatch(findWrongValues({ tls: key })[0] as string, /secret/);
});

test("checkTlsSettings() throws a mistake of the caller", () => {
  checkTlsSettings(undefined);
  checkTlsSettings({ verify: true });
  assert.throws(() => checkTlsSettings({ cafile: "x" }), {
    name: "UsageError",
    message: /^Cannot use the TLS settings: "tls" has no "cafile"; give \{ verify/,
  });
});
