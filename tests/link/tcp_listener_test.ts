// The master's port against peers that are no workers: each costs its own connection and nothing else.
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { systemClock } from "../../src/base/clock.ts";
import { createLogger } from "../../src/base/logger.ts";
import { createRandom } from "../../src/base/random.ts";
import { dialTcp } from "../../src/link/tcp_dial.ts";
import { openTcpListener } from "../../src/link/tcp_listener.ts";
import { startHandshake } from "../../src/master/workers/handshake.ts";
import { createMasterCodec, createWorkerCodec } from "../../src/protocol/wire/codec.ts";
import { FRAME_HEADER_BYTES, FrameReader } from "../../src/protocol/wire/framing.ts";
import { OUR_PROTOCOL } from "../../src/protocol/negotiate.ts";
import { createNonce, createProof } from "../../src/protocol/proof.ts";
import type { HelloMessage, ToMaster, ToWorker, WorkerIntroduction } from "../../src/protocol/worker_message.ts";
import { openCertificates } from "../support/certificates.ts";
import { requireTool } from "../support/requirements.ts";
import { keepJoined } from "../../src/worker/master_connection.ts";
import { untilReally } from "../support/real_time.ts";

const TOKEN = "s3cret";

type ListenOptions = Parameters<typeof openTcpListener>[0];

async function openMaster(
  options: {
    token?: string;
    host?: string;
    limits?: ListenOptions["limits"];
    tls?: NonNullable<ListenOptions["tls"]>;
  } = {},
) {
  const lines: string[] = [];
  const joined: string[] = [];
  const messages: ToMaster[] = [];
  const logger = createLogger({ name: "m", wallMs: () => 0, sink: (record) => void lines.push(record.message) });
  const closers: (() => void)[] = [];
  const listener = await openTcpListener({
    host: options.host ?? "127.0.0.1",
    port: 0,
    clock: systemClock,
    logger,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    onLink: (link, trust) =>
      startHandshake(link, {
        logger,
        version: "0.1.0",
        token: options.token,
        locustfileHash: "h",
        accept(link, hello) {
          joined.push(hello.workerId);
          closers.push(() => link.close("test is over"));
          link.open({ message: (message) => void messages.push(message), ended() {} });
          return joined.length - 1;
        },
      }, trust),
  });
  return {
    port: listener.port,
    lines,
    joined,
    messages,
    async close() {
      for (const close of closers) close();
      await listener.close();
    },
  };
}

const introductionOf = (workerId: string): WorkerIntroduction => ({
  protocol: [1, 0],
  version: "0.1.0",
  workerId,
  host: "h",
  threads: 1,
});

const helloOf = (workerId: string): HelloMessage => ({
  kind: "hello",
  ...introductionOf(workerId),
  nonce: createNonce(),
});

/** A peer with nothing but a socket: it keeps what came, and knows when it was cut off. */
async function openPeer(port: number) {
  const socket: Socket = connect(port, "127.0.0.1");
  const frames: ToWorker[] = [];
  const waiting: (() => void)[] = [];
  const reader = new FrameReader();
  const codec = createWorkerCodec();
  socket.on("error", () => {}); // being cut off is what these tests are about
  socket.on("data", (chunk) => {
    reader.push(chunk as Uint8Array, (payload) => frames.push(codec.decode(payload)));
    for (const wake of waiting.splice(0)) wake();
  });
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  return {
    socket,
    frames,
    closed,
    async got(kind: ToWorker["kind"]): Promise<ToWorker> {
      for (;;) {
        const found = frames.find((message) => message.kind === kind);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    say: (message: ToMaster) => socket.write(codec.encode(message)),
  };
}

async function answerProof(peer: Awaited<ReturnType<typeof openPeer>>, workerId: string, token = TOKEN) {
  const challenge = await peer.got("challenge");
  assert.equal(challenge.kind, "challenge");
  const nonce = challenge.kind === "challenge" ? challenge.nonce : new Uint8Array();
  const hello = helloOf(workerId);
  return { ...hello, proof: createProof("worker", { token, masterNonce: nonce, workerNonce: hello.nonce, workerId }) };
}

for (
  const [what, bytes, words] of [
    ["an HTTP request", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", /HTTP request came/],
    ["a TLS hello", "\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03", /TLS hello came/],
    ["a ZeroMQ greeting", "\xff\x00\x00\x00\x00\x00\x00\x00\x01\x7f", /ZeroMQ greeting came/],
    ["a length of 2 GiB", "\x80\x00\x00\x00", /2147483648 bytes is over the limit of 8192/],
    ["an undecodable frame", "\x00\x00\x00\x01\xc1", /type 0xc1/],
    ["a frame that is not a message", "\x00\x00\x00\x01\xc0", /"message" is not a list/],
  ] as const
) {
  test(`openTcpListener() survives ${what}, names it, and a worker joins after it`, async () => {
    const master = await openMaster();
    const peer = await openPeer(master.port);
    peer.socket.write(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
    await peer.closed;
    assert.match(master.lines.join("\n"), words);
    const worker = await openPeer(master.port);
    worker.say(helloOf("w1"));
    await worker.got("welcome");
    worker.socket.destroy();
    await master.close();
  });
}

test("startHandshake() refuses a message before hello", async () => {
  const master = await openMaster();
  const peer = await openPeer(master.port);
  peer.say({ kind: "bye", reason: "x" });
  const refused = await peer.got("refused");
  assert.match(refused.kind === "refused" ? refused.reason : "", /"hello" comes first, not "bye"/);
  await peer.closed;
  await master.close();
});

test("openTcpListener() names peers with IPv4 addresses by these, also on a port for both families", async () => {
  const master = await openMaster({ host: "*" });
  const peer = await openPeer(master.port);
  peer.say({ kind: "bye", reason: "x" });
  await peer.got("refused");
  await peer.closed;
  assert.match(master.lines.join("\n"), /Refused connection from 127\.0\.0\.1:\d+: /);
  await master.close();
});

test("startHandshake() accepts the right proof and refuses none, a wrong one and a replayed one", async () => {
  const master = await openMaster({ token: TOKEN });
  const good = await openPeer(master.port);
  const hello = await answerProof(good, "w1");
  good.say(hello);
  await good.got("welcome");
  for (const [attempt, words] of [["none", /has none/], ["wrong", /is wrong/], ["replay", /is wrong/]] as const) {
    const peer = await openPeer(master.port);
    const fresh = await answerProof(peer, "w1", attempt === "wrong" ? "other" : TOKEN);
    peer.say(attempt === "none" ? helloOf("w1") : attempt === "wrong" ? fresh : hello);
    const refused = await peer.got("refused");
    assert.match(refused.kind === "refused" ? refused.reason : "", words);
    await peer.closed;
  }
  assert.deepEqual(master.joined, ["w1"]);
  assert.ok(!master.lines.join("\n").includes(TOKEN));
  good.socket.destroy();
  await master.close();
});

test("startHandshake() refuses another major version with both in the sentence", async () => {
  const master = await openMaster();
  const peer = await openPeer(master.port);
  peer.say({ ...helloOf("w1"), protocol: [9, 0], version: "9.9.9" });
  const refused = await peer.got("refused");
  const reason = refused.kind === "refused" ? refused.reason : "";
  assert.ok(reason.includes(`protocol 9.0 (version 9.9.9), the master ${OUR_PROTOCOL.join(".")} `), reason);
  await master.close();
});

test("openTcpListener() takes large frames only after the proof", async () => {
  const master = await openMaster({ token: TOKEN });
  const big: ToMaster = {
    kind: "userMessage",
    message: { kind: "custom", type: "t", data: "x".repeat(10_000) },
  };
  const early = await openPeer(master.port);
  early.say(big);
  await early.closed;
  assert.match(master.lines.join("\n"), /over the limit of 8192/);
  const peer = await openPeer(master.port);
  peer.say(await answerProof(peer, "w1"));
  peer.say(big);
  await peer.got("welcome");
  await untilReally(() => master.messages.length > 0);
  assert.deepEqual(master.messages, [big]);
  peer.socket.destroy();
  await master.close();
});

test("openTcpListener() lets a worker in past idle connections, which are cut off", async () => {
  const master = await openMaster({ limits: { places: 4, crowdedMs: 50, handshakeMs: 60_000 } });
  const idle = await Promise.all(Array.from({ length: 20 }, () => openPeer(master.port)));
  const worker = await openPeer(master.port);
  worker.say(helloOf("w1"));
  await worker.got("welcome");
  await Promise.all(idle.slice(0, 16).map((peer) => peer.closed));
  for (const peer of idle) peer.socket.destroy();
  worker.socket.destroy();
  await master.close();
});

test("openTcpListener() bounds unfinished TLS handshakes by number", { skip: requireTool("openssl") }, async () => {
  using certificates = openCertificates();
  const { cert, key } = certificates.issue("master", "IP:127.0.0.1");
  const master = await openMaster({ tls: { cert, key }, limits: { waiting: 2 } });
  const silent = [connect(master.port, "127.0.0.1"), connect(master.port, "127.0.0.1")];
  await Promise.all(silent.map((socket) => new Promise<void>((done) => socket.once("connect", () => done()))));
  const surplus = connect(master.port, "127.0.0.1");
  await new Promise<void>((done) => surplus.once("close", () => done()).on("error", () => {}));
  assert.ok(master.lines.some((line) => line.includes("2 TLS handshakes are already in progress")));
  for (const socket of silent) socket.destroy();
  const address = { host: "127.0.0.1", port: master.port };
  const tls = { ca: certificates.authority.cert };
  for (let joined = 0; joined < 4;) {
    try {
      const link = await dialTcp(
        { address, tls, clock: systemClock, onUnsendable: () => {} },
        new AbortController().signal,
      );
      link.abort("one after the other");
      joined++;
    } catch {
      await new Promise((resolve) => setImmediate(resolve)); // the port has not seen the end of the others yet
    }
  }
  await master.close();
});

test("openTcpListener() says which address is in use and which flag chooses another", async () => {
  const master = await openMaster();
  const logger = createLogger({ name: "m", wallMs: () => 0, sink() {} });
  await assert.rejects(
    openTcpListener({ host: "127.0.0.1", port: master.port, clock: systemClock, logger, onLink() {} }),
    new RegExp(`Cannot listen on 127.0.0.1:${master.port}: address in use \\(EADDRINUSE\\); .*--master-bind-port`),
  );
  await master.close();
});

test("keepJoined() joins, comes back after its link is cut, and leaves when told", async () => {
  const master = await openMaster({ token: TOKEN });
  const logger = createLogger({ name: "w", wallMs: () => 0, sink() {} });
  const leaving = new AbortController();
  const indexes: number[] = [];
  const introduction = introductionOf("w1");
  await keepJoined({
    clock: systemClock,
    logger,
    random: createRandom(1),
    introduction,
    token: TOKEN,
    dial: (signal) =>
      dialTcp(
        { address: { host: "localhost", port: master.port }, clock: systemClock, onUnsendable: assert.fail },
        signal,
      ),
    onJoined(link, welcome, onEnd) {
      indexes.push(welcome.workerIndex);
      link.open({ message() {}, ended: onEnd });
      if (indexes.length === 3) leaving.abort();
      link.close("cut by the test");
    },
  }, leaving.signal);
  assert.deepEqual(indexes, [0, 1, 2]);
  await master.close();
});

test("keepJoined() rejects with the master's sentence when it is refused", async () => {
  const master = await openMaster({ token: TOKEN });
  const logger = createLogger({ name: "w", wallMs: () => 0, sink() {} });
  const introduction = introductionOf("w1");
  await assert.rejects(
    keepJoined({
      clock: systemClock,
      logger,
      random: createRandom(1),
      introduction,
      token: "wrong",
      dial: (signal) =>
        dialTcp(
          { address: { host: "127.0.0.1", port: master.port }, clock: systemClock, onUnsendable: assert.fail },
          signal,
        ),
      onJoined: () => assert.fail("joined with a wrong token"),
    }, new AbortController().signal),
    /the token is wrong/,
  );
  await master.close();
});

for (
  const [what, proofOf, words] of [
    ["no proof", () => undefined, /this worker has a token and the master has none/],
    ["random bytes", () => createNonce(), /the master does not know this worker's token/],
    ["the worker's own proof", (hello: HelloMessage) => hello.proof, /does not know this worker's token/],
  ] as const
) {
  test(`keepJoined() with a token takes nothing from a master that welcomes it with ${what}`, async () => {
    const logger = createLogger({ name: "m", wallMs: () => 0, sink() {} });
    const ends: string[] = [];
    const listener = await openTcpListener({
      host: "127.0.0.1",
      port: 0,
      clock: systemClock,
      logger,
      onLink(link) {
        link.open({
          message(hello) {
            assert.equal(hello.kind, "hello");
            const proof = hello.kind === "hello" ? proofOf(hello) : undefined;
            const welcome = { kind: "welcome", workerIndex: 0, protocol: [1, 0], locustfileHash: "h" } as const;
            link.send(proof === undefined ? welcome : { ...welcome, proof });
            link.send({ kind: "locustfile", hash: "h", source: "globalThis.stolen = 1", files: [] });
          },
          ended: ({ kind }) => void ends.push(kind),
        });
        link.send({ kind: "challenge", nonce: createNonce() });
      },
    });
    await assert.rejects(
      keepJoined({
        clock: systemClock,
        logger,
        random: createRandom(1),
        introduction: introductionOf("w1"),
        token: TOKEN,
        dial: (signal) =>
          dialTcp({
            address: { host: "127.0.0.1", port: listener.port },
            clock: systemClock,
            onUnsendable: assert.fail,
          }, signal),
        onJoined: () => assert.fail("joined a master that proved nothing"),
      }, new AbortController().signal),
      words,
    );
    await listener.close();
  });
}

test("startHandshake() without a token refuses a worker that has one, and proves nothing", async () => {
  const master = await openMaster();
  const peer = await openPeer(master.port);
  peer.say(await answerProof(peer, "w1"));
  const refused = await peer.got("refused");
  assert.match(refused.kind === "refused" ? refused.reason : "", /the worker has a token and the master has none/);
  assert.deepEqual(master.joined, []);
  await peer.closed;
  await master.close();
});

test("the frame of a message is a header and its payload, in both codecs", () => {
  const frame = createMasterCodec().encode({ kind: "heartbeat" });
  assert.equal(new DataView(frame.buffer).getUint32(0), frame.length - FRAME_HEADER_BYTES);
});
