import assert from "node:assert/strict";
import { isIP } from "node:net";
import { test } from "node:test";
import { addressBytes, ipVersion } from "../../src/base/ip_address.ts";

const HOSTS = [
  ...[
    "127.0.0.1",
    "0.0.0.0",
    "255.255.255.255",
    "256.0.0.1",
    "1.2.3",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.04",
    " 1.2.3.4",
    "1.2.3.4\n",
  ],
  ...["::1", "::", "fe80::1%eth0", "2001:db8::ffff:1.2.3.4", "2001:db8:::1", "1:2", ":", "g::1"],
  ...["localhost", "shop.example", "shop.example:8080", "1.2.3.4:80", "[::1]", ""],
];

test("ipVersion() judges every host as node:net does", () => {
  for (const host of HOSTS) assert.equal(ipVersion(host), isIP(host), JSON.stringify(host));
});

test("addressBytes() of both versions", () => {
  assert.deepEqual(addressBytes("10.0.200.7"), [10, 0, 200, 7]);
  assert.deepEqual(addressBytes("::1"), [...new Array(15).fill(0), 1]);
  assert.deepEqual(addressBytes("2001:db8::a0b:7"), [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xa, 0xb, 0, 7]);
  assert.deepEqual(addressBytes("::ffff:10.1.2.3"), [...new Array(10).fill(0), 255, 255, 10, 1, 2, 3]);
});
