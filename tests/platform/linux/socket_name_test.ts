import assert from "node:assert/strict";
import { test } from "node:test";
import { toSocketName } from "../../../src/platform/linux/socket_name.ts";

const hex = (bytes: Uint8Array | undefined) => bytes?.toHex();
const v6 = (address: string) => `0a0000500000${"0000"}${address}00000000`;

const ROWS: readonly (readonly [host: string, hex: string | undefined])[] = [
  ["127.0.0.1", "020000507f0000010000000000000000"],
  ["255.254.0.9", "02000050fffe00090000000000000000"],
  ["::1", v6("00000000000000000000000000000001")],
  ["::", v6("00000000000000000000000000000000")],
  ["2001:db8::8a2e:370:7334", v6("20010db8000000000000" + "8a2e03707334")],
  ["1:2:3:4:5:6:7:8", v6("00010002000300040005000600070008")],
  ["fe80::", v6("fe800000000000000000000000000000")],
  ["::ffff:192.0.2.33", v6("00000000000000000000ffffc0000221")],
  ["fe80::1%eth0", undefined],
  ["example.com", undefined],
];

for (const [host, expected] of ROWS) {
  test(`toSocketName() writes ${host}`, () => {
    assert.equal(hex(toSocketName(host, 80)?.bytes), expected);
  });
}

test("toSocketName() writes the port in network order", () => {
  assert.deepEqual([...(toSocketName("127.0.0.1", 0x1f90)?.bytes ?? [])].slice(2, 4), [0x1f, 0x90]);
});
