// The master's port during a run, with real processes: who may not join costs a line in the log and nothing of the run; who may, joins
// with token, TLS, mutual TLS, over IPv6, before the master is there, and from another runtime.
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import { openCertificates } from "../support/certificates.ts";
import { type Cluster, countReported, sleep, withCluster } from "../support/cluster.ts";
import { requireTool } from "../support/requirements.ts";

const DENO = fileURLToPath(new URL("../../node_modules/.bin/deno", import.meta.url));
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

/** Says something to the port and keeps the connection. */
function intrude(port: number, bytes?: string | Uint8Array): Socket {
  const socket = connect(port, "127.0.0.1", () => {
    if (bytes !== undefined) socket.write(bytes);
  });
  socket.on("error", () => {}); // a reset is a fine answer
  socket.on("data", () => {});
  return socket;
}

async function endsExactly({ master, system }: Cluster) {
  const result = await master.ended;
  assert.equal(countReported(result), system.total());
  return result;
}

function linesWith(text: string, pattern: RegExp): number {
  return text.split("\n").filter((line) => pattern.test(line)).length;
}

test("master port: garbage, half frames, huge lengths, other protocols and a crowd do not touch the run", () =>
  withCluster({ runTime: "13s" }, async (cluster) => {
    cluster.addWorker();
    cluster.addWorker();
    await cluster.master.waitFor("All users spawned");
    const status = () => readFileSync(`/proc/${cluster.master.child.pid}/status`, "utf8");
    const memoryKb = () => Number(/VmRSS:\s+(\d+)/.exec(status())?.[1]);
    const beforeKb = memoryKb();
    const rude: (string | Uint8Array)[] = [
      crypto.getRandomValues(new Uint8Array(4096)),
      Uint8Array.of(0, 0, 1, 0, 0x92, 0xa5),
      Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 1, 2, 3),
      "GET / HTTP/1.1\r\nHost: master\r\n\r\n",
      Uint8Array.of(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3),
      Uint8Array.of(0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 0, 0x4e, 0x55, 0x4c, 0x4c),
    ];
    const sockets = rude.map((bytes) => intrude(cluster.port, bytes));
    for (let i = 0; i < 500; i++) sockets.push(intrude(cluster.port));
    await sleep(2000);
    const late = cluster.addWorker();
    await late.waitFor("Joined the master");
    const grownKb = memoryKb() - beforeKb;
    assert.ok(grownKb < 64 * 1024, `the master grew by ${grownKb} KB`);
    const result = await endsExactly(cluster);
    for (const socket of sockets) socket.destroy();
    const complaints = linesWith(result.stderr, /Connection from .* (refused|ended before)/);
    assert.ok(complaints >= 3 && complaints <= 40, `${complaints} lines about strangers`);
    assert.doesNotMatch(result.stderr, /counts as missing/);
  }));

test("master port: a wrong token, no token and another major version are refused with a sentence, the right token joins", () =>
  withCluster({ runTime: "4s", workers: 1, masterArgs: ["--master-token", "s3cret"] }, async (cluster) => {
    const wrong = cluster.addWorker(cluster.port, ["--master-token", "other"]);
    const none = cluster.addWorker();
    for (const refused of [wrong, none]) {
      assert.equal((await refused.ended).code, 2);
      assert.match(refused.stderr(), /give both the same --master-token/);
    }
    const right = cluster.addWorker(cluster.port, ["--master-token", "s3cret"]);
    await endsExactly(cluster);
    assert.equal((await right.ended).code, 0, right.stderr());
    assert.doesNotMatch(cluster.master.stderr(), /s3cret/);
  }));

test("master port: TLS and mutual TLS from the command line; a worker without a certificate cannot join", {
  skip: requireTool("openssl"),
}, async () => {
  using certificates = openCertificates();
  const server = certificates.issue("master", "DNS:localhost,IP:127.0.0.1");
  const client = certificates.issue("worker", "DNS:worker");
  const ca = ["--master-tls-ca", certificates.authority.certPath];
  const masterArgs = ["--master-tls-cert", server.certPath, "--master-tls-key", server.keyPath];
  await withCluster({ runTime: "3s", workers: 1, masterArgs }, async (cluster) => {
    const worker = cluster.addWorker(cluster.port, ca);
    await endsExactly(cluster);
    assert.equal((await worker.ended).code, 0, worker.stderr());
  });
  await withCluster({ runTime: "3s", workers: 1, masterArgs: [...masterArgs, ...ca] }, async (cluster) => {
    const stranger = cluster.addWorker(cluster.port, ca);
    await stranger.waitFor(/Cannot reach|ended/);
    const known = cluster.addWorker(cluster.port, [
      ...ca,
      ...["--master-tls-cert", client.certPath, "--master-tls-key", client.keyPath],
    ]);
    await endsExactly(cluster);
    assert.equal((await known.ended).code, 0, known.stderr());
    assert.doesNotMatch(stranger.stderr(), /Joined/);
  });
});

test("master port: IPv6 loopback, with the port in --master-host", () =>
  withCluster({ runTime: "3s", workers: 1, bindHost: "::1" }, async (cluster) => {
    const worker = cluster.addWorker(cluster.port, ["--master-host", `[::1]:${cluster.port}`]);
    await endsExactly(cluster);
    assert.equal((await worker.ended).code, 0, worker.stderr());
  }));

test("worker: started before the master it waits with one line", () =>
  withCluster({ runTime: "3s", workers: 1 }, async (cluster) => {
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    const worker = cluster.addWorker();
    await sleep(5000);
    assert.equal(linesWith(worker.stderr(), /dialling until it is there/), 1, worker.stderr());
    cluster.master = cluster.startMaster();
    await endsExactly(cluster);
    assert.equal((await worker.ended).code, 0, worker.stderr());
  }));

test("master: gives up after --expect-workers-max-wait with exit code 2", () =>
  withCluster({ workers: 2, masterArgs: ["--expect-workers-max-wait", "2"] }, async (cluster) => {
    cluster.addWorker();
    const result = await cluster.master.ended;
    assert.equal(result.code, 2);
    assert.match(result.stderr, /Gave up waiting for workers/);
  }));

test("worker: under Deno it joins a master of the executable", () =>
  withCluster({ runTime: "4s", workers: 2 }, async (cluster) => {
    cluster.addWorker();
    const deno = cluster.addWorker(cluster.port, [], [DENO, "run", "--allow-all", MAIN]);
    await endsExactly(cluster);
    assert.equal((await deno.ended).code, 0, deno.stderr());
    assert.match(deno.stderr(), /Joined the master/);
  }));
