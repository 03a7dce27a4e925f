import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../../src/base/errors.ts";
import { formatHostPort, parseHostPort } from "../../src/link/address.ts";

for (
  const [text, host, port] of [
    ["master", "master", 5557],
    ["master:6000", "master", 6000],
    ["10.0.0.1", "10.0.0.1", 5557],
    ["10.0.0.1:6000", "10.0.0.1", 6000],
    ["::1", "::1", 5557],
    ["[::1]", "::1", 5557],
    ["[fd00::2]:6000", "fd00::2", 6000],
    [" master ", "master", 5557],
  ] as const
) {
  test(`parseHostPort("${text}") is ${host} and ${port}`, () => {
    assert.deepEqual(parseHostPort(text, 5557), { host, port });
  });
}

for (const text of ["", "a b", "master:", "master:0", "master:70000", "master:x", "http://master", "[::1", "a:b:c"]) {
  test(`parseHostPort("${text}") is a usage error`, () => {
    assert.throws(() => parseHostPort(text, 5557), UsageError);
  });
}

test("formatHostPort() puts IPv6 addresses in brackets", () => {
  assert.equal(formatHostPort({ host: "::1", port: 5557 }), "[::1]:5557");
  assert.equal(formatHostPort({ host: "a", port: 1 }), "a:1");
});
