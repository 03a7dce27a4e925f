import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { createServer, type Server, type Socket as NodeSocket } from "node:net";
import type { AddressInfo } from "node:net";
import process from "node:process";
import { test } from "node:test";
import { openLibc } from "../../../src/platform/linux/libc.ts";
import { openOwnSockets, type OwnSocketKind } from "../../../src/platform/linux/connect_own_socket.ts";
import { ThreadResources } from "../../../src/platform/linux/thread_resources.ts";
import type { Socket, SocketError } from "../../../src/platform/sockets/socket.ts";
import { letRealTimePass } from "../../support/real_time.ts";

/** As small as a kernel makes them: requests and results do not fit, so that all of it happens that happens rarely. */
const TINY = { requests: 4, results: 8 };

interface Heard {
  readonly text: () => string;
  readonly closings: (SocketError | undefined)[];
  readonly ended: Promise<void>;
}

function listener(onData?: (bytes: Uint8Array) => void) {
  let text = "";
  const closings: (SocketError | undefined)[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const heard: Heard = { text: () => text, closings, ended };
  const receiver = {
    data(bytes: Uint8Array) {
      text += new TextDecoder("latin1").decode(bytes);
      onData?.(bytes);
    },
    drained() {},
    ended: () => resolve(),
    closed(error: SocketError | undefined) {
      closings.push(error);
      resolve();
    },
  };
  return { heard, receiver };
}

async function serve(
  connected: (socket: NodeSocket) => void,
): Promise<{ server: Server; port: number } & AsyncDisposable> {
  const peers = new Set<NodeSocket>();
  const server = createServer((socket) => {
    peers.add(socket);
    socket.on("error", () => {});
    connected(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    server,
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const peer of peers) peer.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** By how much the clock of the kernel's stamps may be off, where a busy machine held up the look at both clocks. */
const CLOCKS_MS = 5;

const countFds = () => readdirSync("/proc/self/fd").length;

for (const kind of ["uring", "epoll"] as const satisfies OwnSocketKind[]) {
  const works = openOwnSockets(kind, new ThreadResources()) !== undefined;
  const skip = works
    ? false
    : `the kernel or the container does not allow ${kind}, or this runtime has no foreign function interface`;

  test(`${kind}: 300 sockets share one loop, each gets its own answers in order`, { skip }, async () => {
    await using system = await serve((peer) => {
      peer.on("data", (bytes) => peer.write(`<${bytes.toString("latin1")}>`));
    });
    const own = openOwnSockets(kind, new ThreadResources(), TINY);
    assert.ok(own !== undefined);
    await Promise.all(Array.from({ length: 300 }, async (_, index) => {
      let turns = 0;
      const done = Promise.withResolvers<void>();
      const { heard, receiver } = listener(() => {
        if (!heard.text().endsWith(">")) return;
        if (++turns === 20) done.resolve();
        else socket.write(`${index}.${turns}`);
      });
      const socket = await own.connect({ host: "127.0.0.1", port: system.port }, receiver);
      socket.write(`${index}.0`);
      await done.promise;
      assert.equal(heard.text(), Array.from({ length: 20 }, (_, turn) => `<${index}.${turn}>`).join(""));
      socket.destroy();
    }));
  });

  test(`${kind}: bytes are stamped when they came, however late this thread reads them`, { skip }, async () => {
    const accepted = Promise.withResolvers<NodeSocket>();
    await using system = await serve((peer) => accepted.resolve(peer));
    const own = openOwnSockets(kind, new ThreadResources())!;
    const arrived = Promise.withResolvers<{ readonly atMs: number | undefined; readonly readMs: number }>();
    const socket = await own.connect({ host: "127.0.0.1", port: system.port }, {
      ...listener().receiver,
      data: (_bytes: Uint8Array, atMs?: number) => arrived.resolve({ atMs, readMs: performance.now() }),
    });
    const peer = await accepted.promise;
    const beforeMs = performance.now();
    peer.write("x");
    const sentMs = performance.now();
    while (performance.now() < sentMs + 200); // this thread has other things to do
    const { atMs, readMs } = await arrived.promise;
    socket.destroy();
    assert.ok(readMs >= sentMs + 200);
    assert.ok(atMs !== undefined && atMs >= beforeMs - 20 && atMs < sentMs + 150, `${atMs}, sent until ${sentMs}`);
  });

  test(`${kind}: large and small answers come whole and in order, to readers that pause too`, { skip }, async () => {
    const sizes = [10, 8000, 8144, 8145, 20_000, 3, 1_000_000, 7, 7, 7, 300_000, 1, 2_000_000, 5];
    const answer = (turn: number) => `<${String(turn).padEnd(sizes[turn] ?? 0, "abcdefg")}>`;
    await using system = await serve((peer) => {
      peer.on("data", (bytes) => peer.write(answer(Number(bytes.toString("latin1")))));
    });
    const own = openOwnSockets(kind, new ThreadResources())!;
    await Promise.all(Array.from({ length: 6 }, async (_, index) => {
      const pieces: string[] = [];
      let turn = 0;
      const done = Promise.withResolvers<void>();
      const socket = await own.connect({ host: "127.0.0.1", port: system.port }, {
        ...listener().receiver,
        data(bytes: Uint8Array) {
          pieces.push(new TextDecoder("latin1").decode(bytes));
          if (index % 2 === 1 && pieces.length % 5 === 0) {
            socket.pause();
            setImmediate(() => socket.resume());
          }
          if (!pieces.at(-1)!.endsWith(">")) return;
          if (++turn === sizes.length) done.resolve();
          else socket.write(String(turn));
        },
      });
      socket.write("0");
      await done.promise;
      assert.equal(pieces.join(""), sizes.map((_, each) => answer(each)).join(""));
      socket.destroy();
    }));
  });

  test(`${kind}: more answers at once than there are buffers`, { skip }, async () => {
    const peers: NodeSocket[] = [];
    await using system = await serve((peer) => peers.push(peer));
    const own = openOwnSockets(kind, new ThreadResources())!;
    const heard: Heard[] = [];
    const sockets = await Promise.all(Array.from({ length: 700 }, () => {
      const each = listener();
      heard.push(each.heard);
      return own.connect({ host: "127.0.0.1", port: system.port }, each.receiver);
    }));
    while (peers.length < sockets.length) await letRealTimePass(1);
    for (let round = 0; round < 3; round++) {
      for (const peer of peers) peer.write("one answer;");
      while (heard.some(({ text }) => text() !== "one answer;".repeat(round + 1))) await letRealTimePass(1);
    }
    for (const socket of sockets) socket.destroy();
  });

  test(`${kind}: a write after a write that the kernel has not confirmed stays behind it`, { skip }, async () => {
    let received = "";
    const { promise: over, resolve } = Promise.withResolvers<void>();
    await using system = await serve((peer) => {
      peer.on("data", (bytes) => received += bytes.toString("latin1"));
      peer.on("end", resolve);
    });
    const own = openOwnSockets(kind, new ThreadResources());
    const socket = await own!.connect({ host: "127.0.0.1", port: system.port }, listener().receiver);
    const parts = Array.from({ length: 200 }, (_, index) => `${index};`.repeat(1 + index * 13 % 700));
    for (const part of parts) socket.write(part);
    socket.end();
    await over;
    assert.equal(received, parts.join(""));
  });

  test(
    `${kind}: small writes to a peer that does not read are kept, in order, and no byte is lost`,
    { skip },
    async () => {
      const chunks: Buffer[] = [];
      const accepted = Promise.withResolvers<NodeSocket>();
      const over = Promise.withResolvers<void>();
      await using system = await serve((peer) => {
        peer.pause();
        peer.on("data", (bytes: Buffer) => chunks.push(bytes));
        peer.on("end", () => over.resolve());
        accepted.resolve(peer);
      });
      const own = openOwnSockets(kind, new ThreadResources());
      const socket = await own!.connect({ host: "127.0.0.1", port: system.port }, listener().receiver);
      const peer = await accepted.promise;
      const part = new Uint8Array(4096);
      let count = 0;
      // Each of its own turn, so that the ring takes them until the kernel's buffer is full.
      for (let isFull = false; !isFull; count++) {
        part.fill(count % 251);
        isFull = !socket.write(part.slice()) && count > 200;
        await new Promise((resolve) => setImmediate(resolve));
        if (count > 20_000) throw new Error("the kernel's buffer never fills");
      }
      socket.end();
      peer.resume();
      await over.promise;
      const all = Buffer.concat(chunks);
      assert.equal(all.length, count * 4096);
      assert.ok(all.every((byte, at) => byte === Math.floor(at / 4096) % 251));
    },
  );

  test(`${kind}: a peer that resets while we send is a reset, not an end`, { skip }, async () => {
    await using system = await serve((peer) => peer.once("data", () => peer.resetAndDestroy()));
    const own = openOwnSockets(kind, new ThreadResources());
    const { heard, receiver } = listener();
    const socket = await own!.connect({ host: "127.0.0.1", port: system.port }, receiver);
    let isOver = false;
    void heard.ended.then(() => isOver = true);
    while (!isOver) {
      socket.write(new Uint8Array(100_000));
      await letRealTimePass(1);
    }
    assert.equal(heard.closings[0]?.code, "reset");
    assert.equal(socket.write("more"), true, "a socket that is gone takes everything");
  });

  test(`${kind}: the other side's end comes after its last byte, and ours can follow later`, { skip }, async () => {
    let received = "";
    const over = Promise.withResolvers<void>();
    const server = createServer({ allowHalfOpen: true }, (peer) => {
      peer.end("x".repeat(3_000_000));
      peer.on("data", (bytes) => received += bytes.toString("latin1"));
      peer.on("end", () => over.resolve());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const own = openOwnSockets(kind, new ThreadResources());
    const { heard, receiver } = listener();
    const socket = await own!.connect({ host: "127.0.0.1", port: (server.address() as AddressInfo).port }, receiver);
    await heard.ended;
    assert.equal(heard.text().length, 3_000_000);
    assert.deepEqual(heard.closings, []);
    socket.write("late");
    socket.end();
    await over.promise;
    assert.equal(received, "late");
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });

  test(`${kind}: a connection that is given up in the middle leaves no descriptor`, { skip }, async () => {
    await using system = await serve(() => {});
    const own = openOwnSockets(kind, new ThreadResources())!;
    const first = await own.connect({ host: "127.0.0.1", port: system.port }, listener().receiver);
    const before = countFds();
    for (let index = 0; index < 50; index++) {
      const abort = new AbortController();
      const opening = own.connect({ host: "127.0.0.1", port: system.port }, listener().receiver, abort.signal);
      abort.abort();
      await assert.rejects(opening, { detail: "ABORT_ERR" });
    }
    await new Promise<void>((resolve) => system.server.getConnections(() => setImmediate(resolve)));
    first.destroy();
    const own2 = await own.connect({ host: "127.0.0.1", port: system.port }, listener().receiver);
    own2.destroy();
    while (countFds() > before) await letRealTimePass(5); // the server's side follows
  });

  test(`${kind}: descriptors that are used up are named as what they are`, { skip }, async () => {
    const { stdout } = await runAlone(
      `
      import { openOwnSockets } from ${
        JSON.stringify(new URL("../../../src/platform/linux/connect_own_socket.ts", import.meta.url).href)
      };
      import { openSync } from "node:fs";
      const own = openOwnSockets("${kind}");
      try { for (;;) openSync("/dev/null", "r"); } catch {}
      const receiver = { data() {}, drained() {}, ended() {}, closed() {} };
      try { await own.connect({ host: "127.0.0.1", port: 9 }, receiver); } catch (error) { console.log(error.code, error.detail); }
      process.exit();
    `,
      "ulimit -n 100;",
    );
    assert.equal(stdout.trim(), "too_many_files EMFILE");
  });

  test(`${kind}: a connection that takes the last descriptor fails, and later ones do not`, { skip }, async () => {
    await using system = await serve((peer) => peer.on("data", (bytes) => peer.write(bytes)));
    const { stdout } = await runAlone(
      `
      import { openOwnSockets } from ${
        JSON.stringify(new URL("../../../src/platform/linux/connect_own_socket.ts", import.meta.url).href)
      };
      import { closeSync, openSync } from "node:fs";
      const own = openOwnSockets("${kind}");
      await new Promise((resolve) => setTimeout(resolve, 300)); // what wakes the thread needs a descriptor again
      const taken = [];
      try { for (;;) taken.push(openSync("/dev/null", "r")); } catch {}
      const talk = async () => {
        const answered = Promise.withResolvers();
        const receiver = { data: () => answered.resolve("answered"), drained() {}, ended() {}, closed() {} };
        const socket = await own.connect({ host: "127.0.0.1", port: ${system.port} }, receiver);
        socket.write("x");
        console.log(await answered.promise);
        socket.destroy();
      };
      closeSync(taken.pop());
      await talk().catch((error) => console.log(error.code, error.detail));
      for (const fd of taken) closeSync(fd);
      await talk();
      await talk();
    `,
      "ulimit -n 100;",
    );
    assert.equal(stdout.trim(), "too_many_files EMFILE\nanswered\nanswered");
  });

  test(`${kind}: timers of the thread are not starved by sockets that are always busy`, { skip }, async () => {
    await using system = await serve((peer) => peer.on("data", () => peer.write("x")));
    const own = openOwnSockets(kind, new ThreadResources())!;
    let answers = 0;
    const sockets = await Promise.all(Array.from({ length: 20 }, async () => {
      const socket: Socket = await own.connect({ host: "127.0.0.1", port: system.port }, {
        ...listener().receiver,
        data() {
          answers++;
          queueMicrotask(() => socket.write("y"));
        },
      });
      socket.write("y");
      return socket;
    }));
    for (let ticks = 0; ticks < 20; ticks++) {
      const before = answers;
      await letRealTimePass(2);
      await new Promise((resolve) => setImmediate(resolve));
      while (answers === before) await new Promise((resolve) => setImmediate(resolve));
    }
    assert.ok(answers > 100);
    for (const socket of sockets) socket.destroy();
  });

  test(`${kind}: a program ends by itself when its last socket is closed`, { skip }, async () => {
    await using system = await serve((peer) => peer.end("bye"));
    const { code } = await runAlone(`
      import { openOwnSockets } from ${
      JSON.stringify(new URL("../../../src/platform/linux/connect_own_socket.ts", import.meta.url).href)
    };
      const own = openOwnSockets("${kind}");
      const socket = await own.connect({ host: "127.0.0.1", port: ${system.port} }, { data() {}, drained() {}, ended() { socket.destroy(); }, closed() {} });
    `);
    assert.equal(code, 0);
  });
}

test("uring: a send is stamped when the kernel gets it, which is after the task that wrote it", {
  skip: openOwnSockets("uring", new ThreadResources()) === undefined ? "the kernel or the container forbids it" : false,
}, async () => {
  await using system = await serve((peer) => peer.on("data", (bytes) => peer.write(bytes)));
  const own = openOwnSockets("uring", new ThreadResources())!;
  const sockets = await Promise.all(Array.from({ length: 5 }, async () => {
    const arrived = Promise.withResolvers<number>();
    const socket = await own.connect({ host: "127.0.0.1", port: system.port }, {
      ...listener().receiver,
      data: (_bytes: Uint8Array, atMs?: number) => arrived.resolve(atMs ?? 0),
    });
    return { socket, arrived: arrived.promise };
  }));
  for (const { socket, arrived } of sockets) {
    socket.write("x");
    const writtenMs = performance.now();
    while (performance.now() < writtenMs + 20);
    const answeredMs = await arrived;
    const { handedOverMs = 0 } = socket;
    assert.ok(
      handedOverMs >= writtenMs + 20 && handedOverMs <= answeredMs + CLOCKS_MS,
      `${writtenMs} ${handedOverMs} ${answeredMs}`,
    );
    socket.destroy();
  }
});

test("uring: sends that go out by one call are stamped one after the other, each before its answer", {
  skip: openOwnSockets("uring", new ThreadResources()) === undefined ? "the kernel or the container forbids it" : false,
}, async () => {
  await using system = await serve((peer) => peer.on("data", (bytes) => peer.write(bytes)));
  const own = openOwnSockets("uring", new ThreadResources())!;
  const sockets = await Promise.all(Array.from({ length: 8 }, async () => {
    const arrived = Promise.withResolvers<number>();
    const socket = await own.connect({ host: "127.0.0.1", port: system.port }, {
      ...listener().receiver,
      data: (_bytes: Uint8Array, atMs?: number) => arrived.resolve(atMs ?? 0),
    });
    return { socket, arrived: arrived.promise };
  }));
  for (const { socket } of sockets) socket.write("x");
  const answeredMs = await Promise.all(sockets.map(({ arrived }) => arrived));
  const handedOverMs = sockets.map(({ socket }) => socket.handedOverMs ?? 0);
  assert.deepEqual(handedOverMs, handedOverMs.toSorted((a, b) => a - b));
  assert.ok(handedOverMs.at(-1)! > handedOverMs[0]!, `${handedOverMs}`);
  handedOverMs.forEach((ms, index) => {
    assert.ok(ms < answeredMs[index]! + CLOCKS_MS, `${index}: ${ms} ${answeredMs[index]}`);
  });
  for (const { socket } of sockets) socket.destroy();
});

test("openOwnSockets() is undefined where there is no libc to call", {
  skip: openLibc() === undefined ? false : "there is one",
}, () => {
  assert.equal(openOwnSockets("uring"), undefined);
  assert.equal(openOwnSockets("epoll"), undefined);
});

test("addresses that plain TCP does not reach are left to the runtime's sockets", () => {
  const own = openOwnSockets("epoll", new ThreadResources());
  if (own === undefined) return;
  assert.equal(own.supports({ host: "127.0.0.1", port: 80 }), true);
  assert.equal(own.supports({ host: "::1", port: 80 }), true);
  assert.equal(own.supports({ host: "fe80::1%lo", port: 80 }), false);
  assert.equal(own.supports({ unixPath: "/tmp/x" }), false);
  assert.equal(own.supports({ host: "127.0.0.1", port: 80, localAddress: "127.0.0.2" }), false);
  assert.equal(own.supports({ host: "127.0.0.1", port: 80, upgradable: true }), false);
  assert.equal(own.supports({ host: "127.0.0.1", port: 80, tls: { verify: false } }), false);
});

/** Runs a program in a process of its own. */
async function runAlone(
  program: string,
  prefix = "",
): Promise<{ readonly stdout: string; readonly code: number | null }> {
  const { spawn } = await import("node:child_process");
  const child = spawn("sh", ["-c", `${prefix} exec "$0" -e "$1"`, process.execPath, program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.on("data", (bytes) => stdout += String(bytes));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { stdout, code };
}
