import assert from "node:assert/strict";
import { test } from "node:test";
import { failureText, statusError } from "../../../src/http/session/failure_text.ts";
import { CatchResponseError, HttpError, ResponseError } from "../../../src/http/session/response_error.ts";
import {
  ConnectionError,
  DnsError,
  ProtocolError,
  TimeoutError,
  TlsError,
} from "../../../src/http/bytes/wire_error.ts";

for (
  const [exception, text] of [
    [new ConnectionError("refused", "ECONNREFUSED"), "ConnectionRefused"],
    [new ConnectionError("reset", "ECONNRESET"), "ConnectionReset"],
    [new DnsError("ENOTFOUND"), "DnsError"],
    [new TimeoutError("connect"), "Timeout (connect)"],
    [new TimeoutError("response"), "Timeout (response)"],
    [new TimeoutError("total"), "Timeout (total)"],
    [new TlsError("CERT_HAS_EXPIRED"), "TlsError(CERT_HAS_EXPIRED)"],
    [new ProtocolError("truncated body"), "ProtocolError(truncated body)"],
    [new HttpError(404), "HttpError 404 Not Found"],
    [new HttpError(499), "HttpError 499"],
    [new CatchResponseError("order was not accepted"), "order was not accepted"],
    [new ResponseError("too few items"), "too few items"],
    [new ResponseError(), "ResponseError"],
    [new TypeError("x is undefined"), "TypeError: x is undefined"],
    ["plain text", "plain text"],
    [Object.assign(new Error("connect ECONNREFUSED 10.0.0.7:6379"), { code: "ECONNREFUSED" }), "ConnectionRefused"],
    [
      new TypeError("fetch failed", {
        cause: Object.assign(new Error("connect ECONNREFUSED 10.0.0.7:80"), { code: "ECONNREFUSED" }),
      }),
      "TypeError: fetch failed (ConnectionRefused)",
    ],
    [new TypeError("fetch failed", { cause: new Error("other side 10.0.0.7 closed") }), "TypeError: fetch failed"],
    [Object.assign(new Error("getaddrinfo ENOTFOUND db.internal"), { code: "ENOTFOUND" }), "DnsError"],
    [Object.assign(new Error("bad row"), { code: "toString" }), "Error: bad row"],
  ] as const
) {
  test(`failureText() of ${exception} is "${text}"`, () => assert.equal(failureText(exception), text));
}

test("failureText() is bounded", () => assert.equal(failureText(new CatchResponseError("x".repeat(9999))).length, 500));

test("statusError() exists from 400 on, one object per status", () => {
  assert.equal(statusError(399), undefined);
  assert.equal(statusError(0), undefined);
  assert.equal(statusError(503)?.message, "HttpError 503 Service Unavailable");
  assert.equal(statusError(503), statusError(503));
});
