import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { RunEvent } from "../../../../src/master/run_event.ts";
import { foldExportedRun, NO_EXPORTED_RUN } from "../../../../src/report/exports/exported_run.ts";
import { createOtlpExporter } from "../../../../src/report/exports/otel/otlp_exporter.ts";
import { recordRun } from "../../../support/recorded_run.ts";

const { ended } = await recordRun();
const started: RunEvent = {
  kind: "runStarted",
  runId: "r",
  wallMs: 0,
  version: "0.1.0",
  locustfile: "shop.ts",
  userClasses: ["Buyer"],
  targetUsers: 10,
  spawnRate: 1,
  runTimeSeconds: 12,
  seed: 1,
};
const RUN = [started, ended].reduce(foldExportedRun, NO_EXPORTED_RUN);

async function openReceiver(status: number) {
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/metrics`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

for (const [status, says] of [[503, "503 Service Unavailable"], [401, "401 Unauthorized"]] as const) {
  test(`createOtlpExporter(): an answer ${status} is refused with its status`, async () => {
    await using receiver = await openReceiver(status);
    const exporter = createOtlpExporter({ url: receiver.url, timeoutMs: 500 });
    await assert.rejects(exporter.send(RUN), { message: `it answered ${says}` });
    await exporter.shutdown();
  });
}

test("createOtlpExporter(): a receiver that is not there is refused with the cause, also after an answer", async () => {
  const receiver = await openReceiver(503);
  const exporter = createOtlpExporter({ url: receiver.url, timeoutMs: 500 });
  await assert.rejects(exporter.send(RUN), /it answered 503/);
  await receiver[Symbol.asyncDispose]();
  await assert.rejects(exporter.send(RUN), ({ message }: Error) => !message.includes("answered"));
  await exporter.shutdown();
});
