import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger } from "../../src/base/logger.ts";
import { watchNamesOverflow } from "../../src/master/names_overflow.ts";
import { Ledger } from "../../src/stats/ledger.ts";
import { deltaOf } from "../support/deltas.ts";
import { FakeClock } from "../support/fake_clock.ts";

test("watchNamesOverflow() warns once, when the first request has gone to an (other) row", () => {
  const lines: string[] = [];
  const logger = createLogger({ name: "test", wallMs: () => 0, sink: ({ message }) => lines.push(message) });
  const ledger = new Ledger({ clock: new FakeClock(), maxNames: 2 });
  const check = watchNamesOverflow(ledger, logger);
  const request = (name: string) =>
    ledger.apply(deltaOf([{ method: "GET", name, ms: 1, bytes: 1, failure: undefined, intervalMs: 0 }]), "worker");
  request("/1");
  request("/2");
  check();
  assert.deepEqual(lines, []);
  request("/3");
  check();
  request("/4");
  check();
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /"name"/);
});
