// The master's port during a run, with real processes: who may not join costs a line in the log and nothing of the run; who may, joins
// with token, TLS, mutual TLS, over IPv6, before the master is there, and from another runtime.
import { systemClock } from "../../src/base/clock.ts";
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { dialTcp } from "../../src/link/tcp_dial.ts";
import { OUR_PROTOCOL } from "../../src/protocol/negotiate.ts";
import { createNonce, createProof } from "../../src/protocol/proof.ts";
import type { HelloMessage } from "../../src/protocol/worker_message.ts";
import { openCertificates } from "../support/certificates.ts";
import { type Cluster, countReported, sleep, withCluster } from "../support/cluster.ts";
import { makeKeptFolder } from "../support/kept_folder.ts";
import { requireTool } from "../support/requirements.ts";
import { runCli } from "../support/run_cli.ts";
import { sideBySide } from "../support/side_by_side.ts";

const test = sideBySide(3);

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

/** Answers the challenge and returns the reason of the refusal. */
async function greet(port: number, answer: (nonce: Uint8Array) => HelloMessage): Promise<string> {
  const address = { host: "127.0.0.1", port };
  const link = await dialTcp({ address, clock: systemClock, onUnsendable: () => {} }, new AbortController().signal);
  return await new Promise((resolve) =>
    link.open({
      message(message) {
        if (message.kind === "challenge") link.send(answer(message.nonce));
        else resolve(message.kind === "refused" ? message.reason : message.kind);
      },
      ended: ({ reason }) => resolve(reason),
    })
  );
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

test("master port: a wrong token and no token are refused with a sentence, the right token joins", () =>
  withCluster({ runTime: "4s", workers: 1, masterArgs: ["--master-token", "s3cret"] }, async (cluster) => {
    const wrong = cluster.addWorker({ args: ["--master-token", "other"] });
    const none = cluster.addWorker();
    for (const refused of [wrong, none]) {
      assert.equal((await refused.ended).code, 2);
      assert.match(refused.stderr(), /give both the same --master-token/);
    }
    const right = cluster.addWorker({ args: ["--master-token", "s3cret"] });
    await endsExactly(cluster);
    assert.equal((await right.ended).code, 0, right.stderr());
    assert.doesNotMatch(cluster.master.stderr(), /s3cret/);
  }));

test("worker with a token: a master without one is refused, and none of its code runs", async () => {
  const locustfile = `
import { FastHttpUser, task } from "locust-ts";
console.log("this file runs");
export class Reader extends FastHttpUser { @task async read() { await this.client.get("/read"); } }`;
  await withCluster({ runTime: "2s", workers: 1, locustfile }, async (cluster) => {
    const careful = cluster.addWorker({ args: ["--master-token", "s3cret"] });
    assert.equal((await careful.ended).code, 2);
    assert.match(careful.stderr(), /the worker has a token and the master has none; give both the same --master-token/);
    const trusting = cluster.addWorker();
    await cluster.master.ended;
    assert.match((await trusting.ended).stdout, /this file runs/);
    assert.doesNotMatch((await careful.ended).stdout, /this file runs/);
  });
});

test("master port: a replayed hello and another major version are refused", () =>
  withCluster({ runTime: "4s", workers: 1, masterArgs: ["--master-token", "s3cret"] }, async (cluster) => {
    await cluster.master.waitFor("Waiting for workers on port");
    const workerNonce = createNonce();
    const hello = (nonce: Uint8Array, protocol: HelloMessage["protocol"]): HelloMessage => ({
      ...{ kind: "hello", protocol, version: "9.9.9", workerId: "stranger", host: "elsewhere", threads: 1 },
      nonce: workerNonce,
      proof: createProof("worker", { token: "s3cret", masterNonce: nonce, workerNonce, workerId: "stranger" }),
    });
    let recorded: HelloMessage | undefined;
    const alien = await greet(cluster.port, (nonce) => {
      recorded = hello(nonce, OUR_PROTOCOL);
      return hello(nonce, [9, 0]);
    });
    assert.match(alien, /\b9\b/);
    assert.match(await greet(cluster.port, () => recorded!), /token is wrong/);
    cluster.addWorker({ args: ["--master-token", "s3cret"] });
    const result = await endsExactly(cluster);
    assert.equal(linesWith(result.stderr, /Refused worker stranger/), 2, result.stderr);
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
    const worker = cluster.addWorker({ args: ca });
    await endsExactly(cluster);
    assert.equal((await worker.ended).code, 0, worker.stderr());
  });
  await withCluster({ runTime: "3s", workers: 1, masterArgs: [...masterArgs, ...ca] }, async (cluster) => {
    const stranger = cluster.addWorker({ args: ca });
    assert.equal((await stranger.ended).code, 2);
    assert.match(stranger.stderr(), /the master wants a certificate of the worker; give the worker --master-tls-cert/);
    const plain = cluster.addWorker();
    assert.equal((await plain.ended).code, 2);
    assert.match(plain.stderr(), /it speaks TLS and this worker does not; give this worker --master-tls-ca/);
    const mixedUp = cluster.addWorker({
      args: [...ca, "--master-tls-cert", client.certPath, "--master-tls-key", server.keyPath],
    });
    assert.equal((await mixedUp.ended).code, 2);
    assert.match(mixedUp.stderr(), /Cannot use --master-tls-key .* does not belong to the certificate/);
    const known = cluster.addWorker({
      args: [...ca, "--master-tls-cert", client.certPath, "--master-tls-key", client.keyPath],
    });
    await endsExactly(cluster);
    assert.equal((await known.ended).code, 0, known.stderr());
    assert.doesNotMatch(stranger.stderr(), /Joined/);
  });
});

test("master port: IPv6 loopback, with the port in --master-host", () =>
  withCluster({ runTime: "3s", workers: 1, bindHost: "::1" }, async (cluster) => {
    const worker = cluster.addWorker({ args: ["--master-host", `[::1]:${cluster.port}`] });
    await endsExactly(cluster);
    assert.equal((await worker.ended).code, 0, worker.stderr());
  }));

test("worker: a master's address that is none is refused with a sentence, before anything is dialled", async () => {
  for (const address of ["a:b:c", "master:99999", "[::1]:x"]) {
    const result = await runCli(["--worker", "--master-host", address]);
    assert.equal(result.code, 2);
    assert.match(result.stderr, /^Cannot use ".*" as a master's address; write it as "host", "host:5557"/);
  }
});

test("worker: with a locustfile of its own it knows its index", () =>
  withCluster({
    runTime: "3s",
    locustfile: `
import { constant, events, FastHttpUser, task } from "locust-ts";
events.testStart.addListener(({ environment }) => console.log("my index is", environment.runner.workerIndex));
export class Reader extends FastHttpUser {
  override waitTime = constant(0.1);
  @task async read() { await this.client.get("/read"); }
}
`,
  }, async (cluster) => {
    const shipped = cluster.addWorker();
    await cluster.master.waitFor("(index 0)");
    const own = cluster.addWorker({ args: ["-f", "locustfile.ts"] });
    await endsExactly(cluster);
    for (const [index, worker] of [shipped, own].entries()) {
      const all = worker.stdout() + worker.stderr();
      assert.match(all, new RegExp(`my index is ${index}`), all);
    }
  }));

test("worker: with a locustfile of its own that lacks a user class or has another it is refused, with the class in the sentence", () =>
  withCluster({ runTime: "3s", workers: 1 }, async (cluster) => {
    writeFileSync(
      join(cluster.folder, "less.ts"),
      'import { FastHttpUser, task } from "locust-ts";\nexport class Reader extends FastHttpUser { @task async read() {} }\n',
    );
    const refused = cluster.addWorker({ args: ["-f", "less.ts"] });
    assert.equal((await refused.ended).code, 2, refused.stderr());
    assert.match(refused.stderr(), /locustfile has no user class "Writer"/);
    const more = `${
      readFileSync(join(cluster.folder, "locustfile.ts"), "utf8")
    }\nexport class Stranger extends Reader {}\n`;
    writeFileSync(join(cluster.folder, "more.ts"), more);
    const stranger = cluster.addWorker({ args: ["-f", "more.ts"] });
    assert.equal((await stranger.ended).code, 2, stranger.stderr());
    assert.match(stranger.stderr(), /has user classes that the master's does not have: "Stranger"/);
    cluster.addWorker({ args: ["-f", "locustfile.ts"] });
    const result = await endsExactly(cluster);
    assert.match(result.stderr, /Refused worker \S+: .*locustfile has no user class "Writer"/);
  }));

test("worker: local imports, packages and data files come with the locustfile; what cannot come is said to both sides", async () => {
  const files = (locustfile: string, cluster: Cluster) => {
    const put = (path: string, text: string) => {
      mkdirSync(dirname(join(cluster.folder, path)), { recursive: true });
      writeFileSync(join(cluster.folder, path), text);
    };
    put("lib/part.ts", 'export const where = () => "lib";\n');
    put("data/names.csv", "ada\n");
    put("node_modules/tiny/package.json", '{"name":"tiny","version":"1.0.0","main":"index.js"}');
    put("node_modules/tiny/index.js", "exports.five = () => 5;\n");
    put("node_modules/binary/package.json", '{"name":"binary","version":"1.0.0","main":"index.js"}');
    put("node_modules/binary/index.js", 'module.exports = require("./x.node");\n');
    put("node_modules/binary/x.node", "not to be loaded");
    put("locustfile.ts", locustfile);
  };
  const elsewhere = makeKeptFolder();
  const user = (path: string) =>
    `export class Reader extends FastHttpUser {
  override waitTime = constant(0.1);
  @task async read() { await this.client.get(${path}); }
}`;
  await withCluster({ runTime: "3s", workers: 2 }, async (cluster) => {
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    files(
      `
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { constant, FastHttpUser, task } from "locust-ts";
import { five } from "tiny";
import { where } from "./lib/part.ts";
const name = readFileSync(new URL("./data/names.csv", import.meta.url), "utf8").trim();
${user("`/${where()}/${five()}/${name}`")}`,
      cluster,
    );
    cluster.master = cluster.startMaster();
    for (let i = 0; i < 2; i++) cluster.addWorker({ before: ["env", "-C", elsewhere] });
    await endsExactly(cluster);
    assert.deepEqual([...cluster.system.counts.keys()], ["GET /lib/5/ada"]);
  });
  await withCluster({ runTime: "3s", workers: 1 }, async (cluster) => {
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    files(
      `
import { constant, FastHttpUser, task } from "locust-ts";
export const load = () => import("binary");
${user('"/read"')}`,
      cluster,
    );
    cluster.master = cluster.startMaster(["--expect-workers-max-wait", "5"]);
    const worker = cluster.addWorker({ before: ["env", "-C", elsewhere] });
    assert.equal((await worker.ended).code, 2, worker.stderr());
    assert.match(worker.stderr(), /"binary" has native code, which cannot be bundled; install it on each worker/);
    assert.match((await cluster.master.ended).stderr, /Refused worker .*"binary" has native code/);
  });
});

test("worker: started before the master it waits with one line", () =>
  withCluster({ runTime: "3s", workers: 1 }, async (cluster) => {
    cluster.master.child.kill("SIGKILL");
    await cluster.master.ended;
    const worker = cluster.addWorker();
    await sleep(5000);
    assert.equal(linesWith(worker.stderr(), /trying again until it answers/), 1, worker.stderr());
    cluster.master = cluster.startMaster();
    await endsExactly(cluster);
    assert.equal((await worker.ended).code, 0, worker.stderr());
  }));

test("master: gives up after --expect-workers-max-wait with exit code 1", () =>
  withCluster({ workers: 2, masterArgs: ["--expect-workers-max-wait", "2"] }, async (cluster) => {
    cluster.addWorker();
    const result = await cluster.master.ended;
    assert.equal(result.code, 1);
    assert.match(result.stderr, /Gave up waiting for workers/);
  }));

test("worker: under Deno it joins a master of the executable", () =>
  withCluster({ runTime: "4s", workers: 2 }, async (cluster) => {
    cluster.addWorker();
    const deno = cluster.addWorker({ command: [DENO, "run", "--allow-all", MAIN] });
    await endsExactly(cluster);
    assert.equal((await deno.ended).code, 0, deno.stderr());
    assert.match(deno.stderr(), /Joined the master/);
  }));
