import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { createServer, type Socket as NodeSocket } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { openOwnSockets } from "../../../src/platform/linux/connect_own_socket.ts";
import { openLibc } from "../../../src/platform/linux/libc.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";
import type { Socket } from "../../../src/platform/sockets/socket.ts";
import { letRealTimePass, untilReally } from "../../support/real_time.ts";

const skip = openLibc() === undefined || openOwnSockets("uring", new ThreadResources()) === undefined
  ? "there is no ring here"
  : false;

const LARGE = new Uint8Array(3_000_000);
const EACH = 20;

interface Talk {
  readonly socket: Socket;
  readonly peer: NodeSocket;
  /** Bytes that came to us. */
  received(): number;
}

/** What a socket may have under way when it is closed. */
const STATES: Readonly<Record<string, (talk: Talk) => Promise<void>>> = {
  "that receives": () => Promise.resolve(),
  "whose last answer was large": async ({ peer, received }) => {
    peer.write(LARGE);
    await untilReally(() => received() === LARGE.length);
  },
  "whose answers are small again": async ({ peer, received }) => {
    peer.write(LARGE);
    await untilReally(() => received() === LARGE.length);
    for (let answers = 1; answers <= 3; answers++) {
      peer.write("x");
      await untilReally(() => received() === LARGE.length + answers);
    }
  },
  "that is paused": async ({ socket }) => {
    socket.pause();
    await letRealTimePass(2);
  },
  "that is paused and resumed at once": ({ socket }) => {
    socket.pause();
    socket.resume();
    return Promise.resolve();
  },
  "whose peer does not read": async ({ socket, peer }) => {
    peer.pause();
    while (socket.write(LARGE));
    await letRealTimePass(2);
  },
};

for (const [state, reach] of Object.entries(STATES)) {
  test(
    `RingSocket.destroy() ends a connection ${state}, on both sides, and gives all of it back`,
    { skip },
    async () => {
      const peers: NodeSocket[] = [];
      let gone = 0;
      const server = createServer((peer) => {
        peers.push(peer);
        peer.on("error", () => {});
        peer.on("close", () => gone++);
        peer.resume();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
      const { connect } = openOwnSockets("uring", new ThreadResources())!;
      const receiver = { data() {}, drained() {}, ended() {}, closed() {} };
      const first = await connect(address, receiver); // keeps what all of them share
      await untilReally(() => peers.length === 1);
      const before = readdirSync("/proc/self/fd").length;
      for (let turn = 1; turn <= EACH; turn++) {
        let received = 0;
        const socket = await connect(address, { ...receiver, data: (bytes) => void (received += bytes.length) });
        await untilReally(() => peers.length === 1 + turn);
        await reach({ socket, peer: peers[turn]!, received: () => received });
        socket.destroy();
        peers[turn]!.resume();
        await untilReally(() => gone === turn);
      }
      await untilReally(() => readdirSync("/proc/self/fd").length <= before);
      first.destroy();
      await untilReally(() => gone === EACH + 1);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      assert.equal(peers.length, EACH + 1);
    },
  );
}
