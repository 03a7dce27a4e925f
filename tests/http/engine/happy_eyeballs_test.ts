import assert from "node:assert/strict";
import { test } from "node:test";
import { connectToAny } from "../../../src/http/engine/happy_eyeballs.ts";
import { type ConnectSignal, SocketError } from "../../../src/platform/sockets/socket.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

type Plan = {
  readonly afterMs: number;
  readonly outcome: "connects" | "refused" | "tls" | "never";
  readonly answersAfterMs?: number;
};

/** Runs the addresses by their plans; tells what was tried when, what was called off, what was thrown away. */
function run(plans: Readonly<Record<string, Plan>>, signal = new AbortController().signal) {
  const clock = new FakeClock();
  const log: string[] = [];
  const attempt = async (address: string, own: ConnectSignal, answered: () => void) => {
    log.push(`${clock.nowMs()} tries ${address}`);
    own.addEventListener("abort", () => log.push(`${clock.nowMs()} calls off ${address}`));
    const plan = plans[address] as Plan;
    if (plan.answersAfterMs !== undefined) clock.schedule(plan.answersAfterMs, answered);
    if (plan.outcome === "never") await new Promise(() => {});
    await clock.sleep(plan.afterMs);
    if (plan.outcome === "refused") throw new SocketError("refused", "ECONNREFUSED");
    if (plan.outcome === "tls") throw new SocketError("tls", "CERT_HAS_EXPIRED");
    return address;
  };
  const winner = connectToAny(
    Object.keys(plans),
    attempt,
    (late) => log.push(`${clock.nowMs()} drops ${late}`),
    clock,
    signal,
  )
    .then((address) => `${clock.nowMs()} ${address}`, (error) => `${clock.nowMs()} ${error.label}`);
  return { clock, log, winner };
}

test("connectToAny() tries the next address at once when one fails", async () => {
  const { clock, log, winner } = run({
    "::1": { afterMs: 10, outcome: "refused" },
    "127.0.0.1": { afterMs: 5, outcome: "connects" },
  });
  await clock.advance(1000);
  assert.equal(await winner, "15 127.0.0.1");
  assert.deepEqual(log.slice(0, 2), ["0 tries ::1", "10 tries 127.0.0.1"]);
});

test("connectToAny() tries the next address after 250 ms of silence, and drops the loser", async () => {
  const { clock, log, winner } = run({
    "::1": { afterMs: 300, outcome: "connects" },
    "127.0.0.1": { afterMs: 20, outcome: "connects" },
  });
  await clock.advance(1000);
  assert.equal(await winner, "270 127.0.0.1");
  assert.deepEqual(log, [
    "0 tries ::1",
    "250 tries 127.0.0.1",
    "270 calls off ::1",
    "270 calls off 127.0.0.1",
    "300 drops ::1",
  ]);
});

test("connectToAny() tries all addresses and reports the first failure", async () => {
  const { clock, log, winner } = run({
    "::1": { afterMs: 1, outcome: "refused" },
    "::2": { afterMs: 1, outcome: "refused" },
    "127.0.0.1": { afterMs: 1, outcome: "refused" },
  });
  await clock.advance(1000);
  assert.equal(await winner, "3 ConnectionRefused");
  assert.equal(log.filter((line) => line.includes("tries")).length, 3);
});

test("connectToAny() leaves the others alone while TLS is at work, and a failed handshake is final", async () => {
  const { clock, log, winner } = run({
    "::1": { afterMs: 2000, outcome: "tls", answersAfterMs: 5 },
    "127.0.0.1": { afterMs: 5, outcome: "connects" },
  });
  await clock.advance(3000);
  assert.equal(await winner, "2000 TlsError(CERT_HAS_EXPIRED)");
  assert.ok(!log.includes("250 tries 127.0.0.1"), log.join("; "));
});

test("connectToAny() goes on with the others when a slow one fails while they run", async () => {
  const { clock, winner } = run({
    "::1": { afterMs: 260, outcome: "refused" },
    "127.0.0.1": { afterMs: 500, outcome: "connects" },
  });
  await clock.advance(2000);
  assert.equal(await winner, "750 127.0.0.1");
});

test("connectToAny() with one address starts no timer", async () => {
  const { clock, winner } = run({ "127.0.0.1": { afterMs: 0, outcome: "connects" } });
  await settle();
  assert.ok(clock.pendingTimers <= 1, "only the plan's own");
  await clock.advance(1);
  assert.equal(await winner, "0 127.0.0.1");
});
