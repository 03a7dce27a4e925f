// TLS under the same frames.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, test } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { createLogger } from "../../src/base/logger.ts";
import { dialTcp, type DialTls } from "../../src/link/tcp_dial.ts";
import { type ListenTls, openTcpListener } from "../../src/link/tcp_listener.ts";
import type { ToWorker } from "../../src/protocol/worker_message.ts";
import { openCertificates } from "../support/certificates.ts";
import { requireTool } from "../support/requirements.ts";

const skip = requireTool("openssl");
const certificates = skip === false ? openCertificates() : undefined;
const NAMES = "DNS:localhost,IP:127.0.0.1";
const CA = certificates?.authority.cert ?? "";
const MASTER = issue("master");
const WORKER = issue("worker");
after(() => certificates?.[Symbol.dispose]());

function issue(name: string): { readonly cert: string; readonly key: string } {
  const { cert = "", key = "" } = certificates?.issue(name, NAMES) ?? {};
  return { cert, key };
}

async function openMaster(tls: ListenTls) {
  const lines: string[] = [];
  let said: () => void = () => {};
  const complained = new Promise<void>((resolve) => said = resolve);
  const sink = (record: { message: string }) => {
    lines.push(record.message);
    said();
  };
  const listener = await openTcpListener({
    host: "127.0.0.1",
    port: 0,
    tls,
    clock: systemClock,
    logger: createLogger({ name: "m", wallMs: () => 0, sink }),
    onLink(link) {
      link.open({ message() {}, ended() {} });
      link.send({ kind: "heartbeat" });
    },
  });
  return { port: listener.port, lines, complained, close: () => listener.close() };
}

/** Dials and waits for the first message: under TLS 1.3 a refused certificate shows only then. */
async function greetMaster(port: number, tls: DialTls, host = "127.0.0.1"): Promise<ToWorker["kind"]> {
  const link = await dialTcp(
    { address: { host, port }, tls, onUnsendable: assert.fail },
    new AbortController().signal,
  );
  return await new Promise((resolve, reject) =>
    link.open({
      message(message) {
        resolve(message.kind);
        link.close("done");
      },
      ended: (end) => reject(new Error(end.reason)),
    })
  );
}

test("dialTcp() reaches a master with TLS by its CA, by address and by name", { skip }, async () => {
  const master = await openMaster(MASTER);
  assert.equal(await greetMaster(master.port, { ca: CA }), "heartbeat");
  assert.equal(await greetMaster(master.port, { ca: CA }, "localhost"), "heartbeat");
  await master.close();
});

test("dialTcp() refuses a master whose certificate it does not trust", { skip }, async () => {
  const master = await openMaster(MASTER);
  await assert.rejects(greetMaster(master.port, {}), /Cannot reach the master at 127\.0\.0\.1:\d+: /);
  await master.close();
});

test("openTcpListener() with a CA takes workers with a certificate and no others", { skip }, async () => {
  const master = await openMaster({ ...MASTER, ca: CA });
  assert.equal(await greetMaster(master.port, { ca: CA, ...WORKER }), "heartbeat");
  await assert.rejects(greetMaster(master.port, { ca: CA }));
  await master.close();
});

test("openTcpListener() with TLS names a peer that speaks without", { skip }, async () => {
  const master = await openMaster(MASTER);
  const socket = connect(master.port, "127.0.0.1");
  socket.on("error", () => {}); // it is going to be cut off
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.resume();
  socket.write(new Uint8Array([0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0]));
  await closed;
  await master.complained;
  assert.match(master.lines.join("\n"), /TLS failed .*is TLS on at the worker/);
  await master.close();
});
