import assert from "node:assert/strict";
import { test } from "node:test";
import { DnsError } from "../../../src/http/bytes/wire_error.ts";
import { SocketError } from "../../../src/platform/sockets/socket.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { MemoryNetwork } from "../../support/memory_socket.ts";
import { WireClient } from "../../support/wire_client.ts";

const FAILED_OPENINGS:
  readonly (readonly [what: string, url: string, answer: MemoryNetwork["answer"], lookUp: number, phases: object])[] = [
    ["a name that is not found", "http://shop.test", () => Promise.resolve(), -30, { dns: 30, blocked: 0 }],
    ["a port that refuses late", "http://shop.test", () => refuseAfter(20), 30, { dns: 30, connect: 20, blocked: 0 }],
    ["an address that refuses late", "http://127.0.0.1", () => refuseAfter(20), 0, { connect: 20, blocked: 0 }],
    [
      "a handshake that fails",
      "https://shop.test",
      async ({ onTcpConnected }) => {
        await failureClock.sleep(10);
        onTcpConnected?.();
        await refuseAfter(40);
      },
      30,
      { dns: 30, connect: 10, tls: 40, blocked: 0 },
    ],
    [
      "a handshake that outlasts the time limit",
      "https://127.0.0.1",
      async ({ onTcpConnected }) => {
        onTcpConnected?.();
        await failureClock.sleep(1000);
      },
      0,
      { connect: 0, tls: 500, blocked: 0 },
    ],
  ];
let failureClock = new FakeClock();

async function refuseAfter(ms: number): Promise<void> {
  await failureClock.sleep(ms);
  throw new SocketError("refused", "ECONNREFUSED");
}

for (const [what, url, answer, lookUp, phases] of FAILED_OPENINGS) {
  test(`ExchangeTimes.phases() of ${what}: what the time went into, and not blocked`, async () => {
    const clock = failureClock = new FakeClock();
    const network = new MemoryNetwork();
    network.answer = answer;
    const client = new WireClient(url, {
      connectSocket: network.connect,
      clock,
      resolveHost: async () => {
        await clock.sleep(Math.abs(lookUp));
        if (lookUp < 0) throw new DnsError("ENOTFOUND");
        return ["127.0.0.1"];
      },
    });
    let found: object | undefined;
    client.engine.send(client.request("GET", "/", { timeouts: { totalMs: 500 } }), {
      completed: () => assert.fail("nothing answers"),
      failed: (_error, times) => found = times.phases(),
    });
    for (let i = 0; i < 60; i++) await clock.advance(10);
    assert.deepEqual(found, phases);
  });
}
