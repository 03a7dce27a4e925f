// TLS under the same frames.
import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { after, test } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { LocustError } from "../../src/base/errors.ts";
import { createLogger } from "../../src/base/logger.ts";
import { dialTcp, type DialTls, speaksTls } from "../../src/link/tcp_dial.ts";
import { type ListenTls, openTcpListener } from "../../src/link/tcp_listener.ts";
import { openCertificates } from "../support/certificates.ts";
import { requireTool } from "../support/requirements.ts";

const skip = requireTool("openssl");
const certificates = skip === false ? openCertificates() : undefined;
const NAMES = "DNS:localhost,IP:127.0.0.1";
const CA = certificates?.authority.cert ?? "";
const MASTER = issue("master");
const WORKER = issue("worker");
const EXPIRED = issue("expired", NAMES, -1);
const ELSEWHERE = issue("elsewhere", "DNS:elsewhere");
const OTHER = issueElsewhere();
after(() => certificates?.[Symbol.dispose]());

function issue(name: string, names = NAMES, days = 2): { readonly cert: string; readonly key: string } {
  const { cert = "", key = "" } = certificates?.issue(name, names, days) ?? {};
  return { cert, key };
}

function issueElsewhere() {
  if (skip !== false) return { authority: "", worker: { cert: "", key: "" } };
  using folder = openCertificates();
  const { cert, key } = folder.issue("stranger", NAMES);
  return { authority: folder.authority.cert, worker: { cert, key } };
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
async function greetMaster(port: number, tls: DialTls, host = "127.0.0.1"): Promise<string> {
  const link = await dialTcp(
    { address: { host, port }, tls, clock: systemClock, onUnsendable: assert.fail },
    new AbortController().signal,
  );
  return await new Promise((resolve, reject) =>
    link.open({
      message(message) {
        resolve(message.kind === "refused" ? message.reason : message.kind);
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

for (
  const [what, serving, dialling, words] of [
    ["of another authority", () => MASTER, () => ({ ca: OTHER.authority }), /not issued by .* --master-tls-ca; give/],
    ["of an unknown authority", () => MASTER, () => ({}), /by no authority .*; give this worker --master-tls-ca/],
    ["for other names", () => ELSEWHERE, () => ({ ca: CA }), /is not for "127\.0\.0\.1"; use .* --master-host/],
    ["that has expired", () => EXPIRED, () => ({ ca: CA }), /expired|not issued by/], // Deno does not tell them apart
  ] as const
) {
  test(`dialTcp() refuses a master with a certificate ${what}, for good`, { skip }, async () => {
    const master = await openMaster(serving());
    await assert.rejects(greetMaster(master.port, dialling()), (error) => {
      assert.ok(error instanceof LocustError);
      assert.match(error.message, /^Cannot join the master at 127\.0\.0\.1:\d+: its certificate /);
      assert.match(error.message, words);
      return error.code === "refused";
    });
    await master.close();
  });
}

test(
  "dialTcp() with a CA never talks to a master without TLS, and speaksTls() tells the two apart",
  { skip },
  async () => {
    let received = "";
    const plain = createServer((socket) => {
      socket.on("error", () => {}); // it is going to be cut off
      socket.on("data", (chunk) => received += String(chunk));
      socket.write(new Uint8Array([0, 0, 0, 1, 0xc0]));
    });
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const address = plain.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await assert.rejects(greetMaster(port, { ca: CA }), (error) => {
      assert.ok(error instanceof LocustError);
      assert.match(
        error.message,
        /it does not speak TLS; start the master with --master-tls-cert .*without --master-tls-ca/,
      );
      return error.code === "refused";
    });
    assert.doesNotMatch(received, /hello/);
    const { signal } = new AbortController();
    assert.equal(await speaksTls({ host: "127.0.0.1", port }, systemClock, signal), false);
    plain.close();
    const master = await openMaster({ ...MASTER, ca: CA });
    assert.equal(await speaksTls({ host: "127.0.0.1", port: master.port }, systemClock, signal), true);
    await master.close();
  },
);

for (
  const [what, own, words] of [
    ["without a certificate", () => ({}), /wants a certificate of the worker; give the worker --master-tls-cert/],
    ["with one of another authority", () => OTHER.worker, /worker's --master-tls-cert was not issued by/],
    ["with one that has expired", () => EXPIRED, /has expired|was not issued by/], // Deno does not tell them apart
  ] as const
) {
  test(`openTcpListener() with a CA refuses a worker ${what} with a sentence, logged once`, { skip }, async () => {
    const master = await openMaster({ ...MASTER, ca: CA });
    assert.equal(await greetMaster(master.port, { ca: CA, ...WORKER }), "heartbeat");
    for (let attempt = 0; attempt < 3; attempt++) {
      assert.match(await greetMaster(master.port, { ca: CA, ...own() }), words);
    }
    assert.equal(master.lines.filter((line) => words.test(line)).length, 1, master.lines.join("\n"));
    await master.close();
  });
}

test("openTcpListener() with TLS names a peer that speaks without", { skip }, async () => {
  const master = await openMaster(MASTER);
  const socket = connect(master.port, "127.0.0.1");
  socket.on("error", () => {}); // it is going to be cut off
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.resume();
  socket.write(new Uint8Array([0, 0, 0, 5, 1, 2, 3, 4, 5, 0, 0, 0, 0, 0, 0]));
  await closed;
  await master.complained;
  assert.match(master.lines.join("\n"), /refused: it does not speak TLS; give the worker --master-tls-ca/);
  await master.close();
});
