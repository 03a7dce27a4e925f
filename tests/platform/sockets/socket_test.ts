import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { connectBunSocket } from "../../../src/platform/sockets/bun_socket.ts";
import { connectDenoSocket } from "../../../src/platform/sockets/deno_socket.ts";
import { connectNodeSocket } from "../../../src/platform/sockets/node_socket.ts";
import { openOwnSockets } from "../../../src/platform/linux/connect_own_socket.ts";
import {
  type ConnectSocket,
  type Socket,
  SocketError,
  type SocketReceiver,
} from "../../../src/platform/sockets/socket.ts";
import { openCertificates } from "../../support/certificates.ts";
import { requireTool } from "../../support/requirements.ts";
import { openRudeServer } from "../../support/rude_server.ts";
import { letRealTimePass, untilReally } from "../../support/real_time.ts";

/** Deno's `node:tls` has one code for most that is wrong with a certificate. */
const EXPIRED = connectDenoSocket === undefined ? "tls CERT_HAS_EXPIRED" : "tls UNABLE_TO_VERIFY_LEAF_SIGNATURE";

/** Whatever this runtime has; node's are in both. Our own speak plain TCP only. */
const IMPLEMENTATIONS: readonly (readonly [name: string, connect: ConnectSocket, tls: boolean, unix?: false])[] = [
  ["node", connectNodeSocket, true],
  ...(connectBunSocket === undefined ? [] : [["bun", connectBunSocket, true] as const]),
  ...(connectDenoSocket === undefined ? [] : [["deno", connectDenoSocket, false] as const]),
  ...(["uring", "epoll"] as const).flatMap((kind) => {
    const own = openOwnSockets(kind);
    return own === undefined ? [] : [[kind, own.connect, false, false] as const];
  }),
];

/** Notes what it hears, and lets a test wait for it. */
class Recorder implements SocketReceiver {
  received = "";
  drains = 0;
  ends = 0;
  readonly closings: (SocketError | undefined)[] = [];
  #wake: (() => void) | undefined;

  data(bytes: Uint8Array): void {
    this.received += new TextDecoder("latin1").decode(bytes);
    this.#wake?.();
  }

  drained(): void {
    this.drains++;
    this.#wake?.();
  }

  ended(): void {
    this.ends++;
    this.#wake?.();
  }

  closed(error: SocketError | undefined): void {
    this.closings.push(error);
    this.#wake?.();
  }

  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#wake = resolve);
  }
}

async function codeOf(promise: Promise<Socket>): Promise<string> {
  try {
    (await promise).destroy();
    return "connected";
  } catch (problem) {
    assert.ok(problem instanceof SocketError, String(problem));
    return `${problem.code} ${problem.detail}`;
  }
}

for (const [name, connect, hasTls, hasUnix = true] of IMPLEMENTATIONS) {
  test(`${name} socket sends, receives, and hears the orderly end once`, async () => {
    await using server = await openRudeServer(async (peer) => {
      await peer.readRequest();
      await peer.write("hello");
      peer.finish();
    });
    const heard = new Recorder();
    const socket = await connect({ host: "127.0.0.1", port: server.port }, heard);
    assert.equal(socket.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")), true);
    await heard.until(() => heard.closings.length > 0 || heard.ends > 0);
    socket.destroy();
    await heard.until(() => heard.closings.length > 0);
    assert.equal(heard.received, "hello");
    assert.equal(heard.ends, 1);
    assert.deepEqual(heard.closings, [undefined]);
    assert.deepEqual(server.requests, ["GET / HTTP/1.1\r\n\r\n"]);
    assert.ok(socket.connectMs >= 0);
    assert.equal(socket.tlsMs, -1);
  });

  test(`${name} socket tells a reset from an end`, async () => {
    await using server = await openRudeServer(async (peer) => {
      await peer.readRequest();
      peer.reset();
    });
    const heard = new Recorder();
    const socket = await connect({ host: "127.0.0.1", port: server.port }, heard);
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await heard.until(() => heard.closings.length > 0);
    assert.equal(heard.closings[0]?.code, "reset");
    assert.equal(heard.closings[0]?.detail, "ECONNRESET");
  });

  test(`${name} socket says why it could not connect`, async () => {
    const free = await openRudeServer(() => Promise.resolve());
    await free[Symbol.asyncDispose]();
    assert.equal(await codeOf(connect({ host: "127.0.0.1", port: free.port }, new Recorder())), "refused ECONNREFUSED");
    if (!hasUnix) return;
    assert.match(await codeOf(connect({ unixPath: "/nonexistent/x.sock" }, new Recorder())), /^refused /);
  });

  test(`${name} socket reaches a unix socket`, { skip: hasUnix ? false : "it speaks TCP only" }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "locust-ts-socket-"));
    try {
      const path = join(folder, "s.sock");
      await using _server = await openRudeServer((peer) => peer.write("hello"), { path });
      const heard = new Recorder();
      const socket = await connect({ unixPath: path }, heard);
      await heard.until(() => heard.received === "hello");
      socket.destroy();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test(`${name} socket queues what the kernel does not take, in order, and tells when it is out`, async () => {
    let received = 0;
    let ordered = true;
    let start = () => {};
    let finished = () => {};
    let accept = () => {};
    const whole = new Promise<void>((resolve) => finished = resolve);
    const accepted = new Promise<void>((resolve) => accept = resolve);
    const server = createServer((socket) => {
      socket.pause();
      socket.on("end", finished);
      socket.on("data", (bytes) => {
        for (const byte of bytes) ordered &&= byte === received++ % 251;
      });
      start = () => socket.resume();
      accept();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const heard = new Recorder();
    const port = (server.address() as AddressInfo).port;
    const socket = await connect({ host: "127.0.0.1", port }, heard);
    const all = Uint8Array.from({ length: 24_000_000 }, (_, i) => i % 251);
    let flowing = true;
    for (let at = 0; at < all.length; at += 3_000_000) flowing = socket.write(all.subarray(at, at + 3_000_000));
    assert.equal(flowing, false);
    await accepted;
    start();
    await heard.until(() => heard.drains > 0);
    socket.end();
    await whole;
    assert.equal(received, all.length);
    assert.equal(ordered, true);
    socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  test(`${name} socket stops reading when paused, and loses nothing`, async () => {
    const length = 16_000_000;
    await using server = await openRudeServer(async (peer) => {
      await peer.write("x".repeat(length));
      peer.finish();
    });
    const heard = new Recorder();
    let count = 0;
    heard.data = (bytes) => {
      count += bytes.length;
    };
    const socket = await connect({ host: "127.0.0.1", port: server.port }, heard);
    socket.pause();
    // What was on its way may still come.
    let whilePaused = NaN;
    for (let tries = 0; tries < 20 && count !== whilePaused; tries++) {
      whilePaused = count;
      await letRealTimePass(100);
    }
    assert.equal(count, whilePaused);
    assert.ok(count < length);
    socket.resume();
    await heard.until(() => heard.ends > 0 || heard.closings.length > 0);
    assert.equal(count, length);
    socket.destroy();
  });

  test(`${name} socket gives up when its signal aborts`, async () => {
    assert.equal(
      await codeOf(connect({ host: "127.0.0.1", port: 9 }, new Recorder(), AbortSignal.abort())),
      "other ABORT_ERR",
    );
  });

  test(`${name} socket is silent after destroy(), but for its one closing`, async () => {
    await using server = await openRudeServer(async (peer) => {
      await peer.readRequest();
      await peer.write("hello");
    });
    const heard = new Recorder();
    const socket = await connect({ host: "127.0.0.1", port: server.port }, heard);
    socket.destroy();
    socket.destroy();
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await heard.until(() => heard.closings.length > 0);
    assert.deepEqual(heard.closings, [undefined]);
    assert.equal(heard.received, "");
  });

  if (!hasTls) continue;

  test(`${name} socket gives up a handshake that does not come to an end`, async () => {
    await using server = await openRudeServer((peer) => peer.left());
    const abort = new AbortController();
    const tls = { verify: false, serverName: "localhost" };
    const outcome = codeOf(connect({ host: "127.0.0.1", port: server.port, tls }, new Recorder(), abort.signal));
    await untilReally(() => server.accepted > 0);
    abort.abort();
    assert.equal(await outcome, "other ABORT_ERR");
  });

  test(`${name} socket names what is wrong with TLS`, { skip: requireTool("openssl") }, async () => {
    using folder = openCertificates();
    const good = folder.issue("good", "DNS:localhost,IP:127.0.0.1");
    const old = folder.issue("old", "DNS:localhost", -1);
    const lone = folder.selfSigned("lone", "DNS:localhost");
    const ca = folder.authority.cert;
    const rows = [
      ["accepts a good one", good, { verify: true, ca, serverName: "localhost" }, "connected"],
      [
        "accepts an address that the certificate names",
        good,
        { verify: true, ca, serverName: "127.0.0.1" },
        "connected",
      ],
      ["refuses another name", good, { verify: true, ca, serverName: "shop.test" }, "tls ERR_TLS_CERT_ALTNAME_INVALID"],
      ["refuses one that has expired", old, { verify: true, ca, serverName: "localhost" }, EXPIRED],
      [
        "refuses one signed by itself",
        lone,
        { verify: true, ca, serverName: "localhost" },
        "tls DEPTH_ZERO_SELF_SIGNED_CERT",
      ],
      ["accepts anything unverified", old, { verify: false, serverName: "shop.test" }, "connected"],
    ] as const;
    for (const [why, identity, tls, outcome] of rows) {
      const server = createTlsServer(
        { cert: identity.cert, key: identity.key },
        (socket) => socket.on("error", () => {}),
      );
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const port = (server.address() as AddressInfo).port;
      assert.equal(await codeOf(connect({ host: "127.0.0.1", port, tls }, new Recorder())), outcome, why);
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
    await using plain = await openRudeServer((peer) => peer.write("220 no TLS here\r\n"));
    const outcome = await codeOf(
      connect({ host: "127.0.0.1", port: plain.port, tls: { verify: false, serverName: "localhost" } }, new Recorder()),
    );
    assert.match(outcome, /^tls /);
  });
}
