import { strict as assert } from "node:assert";
import { test } from "node:test";
import { LocustError } from "../../../../src/base/errors.ts";
import { LocustfileCalls } from "../../../../src/cli/run/web/locustfile_calls.ts";
import { Refusal } from "../../../../src/server/answers/api_error.ts";
import { NOTHING_ADDED } from "../../../../src/server/login/locustfile_web.ts";
import { createLogger } from "../../../../src/base/logger.ts";

function createCalls(askWeb: () => Promise<unknown>) {
  const logged: string[] = [];
  const logger = createLogger({
    name: "test",
    level: "INFO",
    wallMs: () => 0,
    sink: ({ message }) => void logged.push(message),
  });
  const calls = new LocustfileCalls({ session: { askWeb: askWeb as never }, description: NOTHING_ADDED, logger });
  return { calls, logged };
}

test("LocustfileCalls: what fails in the locustfile is logged and becomes a 500 with its message", async () => {
  const { calls, logged } = createCalls(() => Promise.reject(new LocustError("it threw", { code: "control_failed" })));
  await assert.rejects(calls.rows(), (error) => error instanceof Refusal && error.status === 500);
  assert.deepEqual(logged, ["it threw"]);
});

test("LocustfileCalls: no more than 50 calls are in progress", async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const { calls } = createCalls(() => promise);
  const first = Array.from({ length: 50 }, () => calls.rows());
  await assert.rejects(calls.rows(), /50 calls of the locustfile are in progress/);
  resolve({});
  await Promise.all(first);
  assert.deepEqual(await calls.rows(), {});
});
