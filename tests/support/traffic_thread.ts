/** A thread that keeps sockets of our own busy against a server, until it is ended. It says what it uses, then that its first answers came. */
import { chooseSocket, connectSocket } from "../../src/platform/sockets/connect_socket.ts";
import { openThreadPort } from "../../src/platform/threads/threads.ts";
import type { SocketChoice } from "../../src/base/socket_kind.ts";

export interface TrafficOrder {
  readonly socket: SocketChoice;
  readonly port: number;
  readonly sockets: number;
  /** Whether a connection serves until the end (if absent), or one answer. */
  readonly connections?: "kept" | "fresh";
}

const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
const port = openThreadPort<TrafficOrder, string>();

port.listen(async (order) => {
  const kind = chooseSocket(order.socket);
  let answers = 0;
  const count = () => {
    if (++answers === order.sockets * 3) port.post(kind);
  };
  const talk = order.connections === "fresh" ? talkOnce : talkOn;
  await Promise.all(Array.from({ length: order.sockets }, () => talk(order.port, count)));
});

const idle = { drained() {}, ended() {}, closed() {} };

async function talkOn(to: number, answered: () => void): Promise<void> {
  const socket = await connectSocket({ host: "127.0.0.1", port: to }, {
    ...idle,
    data() {
      answered();
      queueMicrotask(() => socket.write(REQUEST));
    },
  });
  socket.write(REQUEST);
}

async function talkOnce(to: number, answered: () => void): Promise<void> {
  for (;;) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = await connectSocket({ host: "127.0.0.1", port: to }, { ...idle, data: () => resolve() });
    socket.write(REQUEST);
    await promise;
    answered();
    socket.destroy();
  }
}
