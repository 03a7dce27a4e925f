// One suite for every kind of link: what a link promises does not depend on what it is made of.
import { systemClock } from "../../src/base/clock.ts";
import assert from "node:assert/strict";
import { connect, createServer, type Server } from "node:net";
import { test } from "node:test";
import type { Link, LinkEnd } from "../../src/link/link.ts";
import { createMemoryLink } from "../../src/link/memory_link.ts";
import { TcpLink } from "../../src/link/tcp_link.ts";
import { createMasterCodec, createWorkerCodec } from "../../src/protocol/wire/codec.ts";
import type { ToMaster, ToWorker } from "../../src/protocol/worker_message.ts";

interface Pair {
  readonly master: Link<ToMaster, ToWorker>;
  readonly worker: Link<ToWorker, ToMaster>;
  dispose(): void;
}

const KINDS: Readonly<Record<string, () => Promise<Pair>>> = {
  memory: () => {
    const [master, worker] = createMemoryLink<ToWorker, ToMaster>();
    return Promise.resolve({ master, worker, dispose() {} });
  },
  tcp: async () => {
    const server = createServer();
    const port = await listen(server);
    const accepted = new Promise<TcpLink<ToMaster, ToWorker>>((resolve) =>
      server.once(
        "connection",
        (socket) =>
          resolve(
            new TcpLink({
              socket,
              codec: createMasterCodec(),
              peer: "worker",
              clock: systemClock,
              onUnsendable: assert.fail,
            }),
          ),
      )
    );
    const socket = connect(port, "127.0.0.1");
    const worker = new TcpLink({
      socket,
      codec: createWorkerCodec(),
      peer: "master",
      clock: systemClock,
      onUnsendable: assert.fail,
    });
    return { master: await accepted, worker, dispose: () => server.close() };
  },
};

function listen(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    })
  );
}

/** Collects what comes and lets a test await it. */
function createInbox<M extends { kind: string }>() {
  const messages: M[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let resolveEnd: (end: LinkEnd) => void = () => {};
  const ended = new Promise<LinkEnd>((resolve) => resolveEnd = resolve);
  let ends = 0;
  return {
    messages,
    ended,
    get ends() {
      return ends;
    },
    message(message: M) {
      messages.push(message);
      for (const each of waiting) if (messages.length >= each.count) each.resolve();
    },
    end(end: LinkEnd) {
      ends++;
      resolveEnd(end);
    },
    got(count: number): Promise<void> {
      if (messages.length >= count) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ count, resolve }));
    },
  };
}

function receiverOf<M extends { kind: string }>(inbox: ReturnType<typeof createInbox<M>>) {
  return { message: (message: M) => inbox.message(message), ended: (end: LinkEnd) => inbox.end(end) };
}

const ack = (seq: number): ToWorker => ({ kind: "ack", runId: "r", seq });
const stopped = (lastSeq: number): ToMaster => ({ kind: "stopped", runId: "r", lastSeq, abandoned: 0 });

for (const [kind, createPair] of Object.entries(KINDS)) {
  test(`Link (${kind}) delivers in order, both ways`, async () => {
    const { master, worker, dispose } = await createPair();
    const atMaster = createInbox<ToMaster>();
    const atWorker = createInbox<ToWorker>();
    master.open(receiverOf(atMaster));
    worker.open(receiverOf(atWorker));
    for (let i = 1; i <= 500; i++) {
      master.send(ack(i));
      worker.send(stopped(i));
    }
    await Promise.all([atMaster.got(500), atWorker.got(500)]);
    assert.deepEqual(atWorker.messages, Array.from({ length: 500 }, (_, i) => ack(i + 1)));
    assert.deepEqual(atMaster.messages, Array.from({ length: 500 }, (_, i) => stopped(i + 1)));
    master.close("done");
    await Promise.all([atMaster.ended, atWorker.ended]);
    dispose();
  });

  test(`Link (${kind}) never delivers inside send or open`, async () => {
    const { master, worker, dispose } = await createPair();
    const inbox = createInbox<ToWorker>();
    worker.open(receiverOf(inbox));
    master.send(ack(1));
    assert.equal(inbox.messages.length, 0);
    await inbox.got(1);
    master.open(receiverOf(createInbox<ToMaster>()));
    master.close("done");
    await inbox.ended;
    dispose();
  });

  test(`Link (${kind}) keeps messages that come before open`, async () => {
    const { master, worker, dispose } = await createPair();
    const atMaster = createInbox<ToMaster>();
    const atWorker = createInbox<ToWorker>();
    worker.send(stopped(1));
    master.open(receiverOf(atMaster));
    await atMaster.got(1);
    master.send(ack(1));
    master.send(ack(2));
    worker.open(receiverOf(atWorker));
    await atWorker.got(2);
    assert.deepEqual(atWorker.messages, [ack(1), ack(2)]);
    worker.close("done");
    await atMaster.ended;
    dispose();
  });

  test(`Link (${kind}) lets queued messages go out before it closes, then ends once on both sides`, async () => {
    const { master, worker, dispose } = await createPair();
    const atMaster = createInbox<ToMaster>();
    const atWorker = createInbox<ToWorker>();
    master.open(receiverOf(atMaster));
    worker.open(receiverOf(atWorker));
    for (let i = 1; i <= 100; i++) worker.send(stopped(i));
    worker.close("leaving");
    worker.close("leaving again");
    worker.send(stopped(101));
    const [there, here] = await Promise.all([atMaster.ended, atWorker.ended]);
    assert.equal(there.kind, "remote");
    assert.deepEqual(here, { kind: "local", reason: "leaving" });
    assert.equal(atMaster.messages.length, 100);
    assert.deepEqual([atMaster.ends, atWorker.ends], [1, 1]);
    dispose();
  });

  test(`Link (${kind}) hands over to a second receiver inside a message`, async () => {
    const { master, worker, dispose } = await createPair();
    const first = createInbox<ToWorker>();
    const second = createInbox<ToWorker>();
    worker.open({
      message(message) {
        first.message(message);
        worker.open(receiverOf(second));
      },
      ended: (end) => first.end(end),
    });
    for (let i = 1; i <= 3; i++) master.send(ack(i));
    await second.got(2);
    assert.deepEqual([first.messages, second.messages], [[ack(1)], [ack(2), ack(3)]]);
    master.open(receiverOf(createInbox<ToMaster>()));
    master.close("done");
    assert.equal((await second.ended).kind, "remote");
    assert.equal(first.ends, 0);
    dispose();
  });

  test(`Link (${kind}) says nothing more after its own close`, async () => {
    const { master, worker, dispose } = await createPair();
    const inbox = createInbox<ToWorker>();
    worker.open(receiverOf(inbox));
    master.send(ack(1));
    await inbox.got(1);
    worker.close("enough");
    master.send(ack(2));
    master.open(receiverOf(createInbox<ToMaster>()));
    await inbox.ended;
    assert.deepEqual(inbox.messages, [ack(1)]);
    dispose();
  });
}
