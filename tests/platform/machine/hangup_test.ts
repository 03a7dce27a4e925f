import assert from "node:assert/strict";
import { test } from "node:test";
import { ignoresHangup } from "../../../src/platform/machine/hangup.ts";

for (
  const [status, expected] of [
    ["Name:\tlocust-ts\nSigBlk:\t0000000000000001\nSigIgn:\t0000000000000000\n", false],
    ["Name:\tlocust-ts\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000001001\n", true],
    ["Name:\tlocust-ts\nSigIgn:\t0000000000001000\nSigCgt:\tffffffffffffffff\n", false],
    ["Name:\tlocust-ts\n", false],
  ] as const
) {
  test(`ignoresHangup() of ${JSON.stringify(status)}: ${expected}`, () => {
    assert.equal(ignoresHangup(status), expected);
  });
}
