/** A thread that keeps sockets of our own busy against a server, until it is ended. It says what it uses, then that its first answers came. */
import { chooseSocket, connectSocket } from "../../src/platform/sockets/connect_socket.ts";
import { openThreadPort } from "../../src/platform/threads/threads.ts";
import type { SocketChoice } from "../../src/base/socket_kind.ts";

export interface TrafficOrder {
  readonly socket: SocketChoice;
  readonly port: number;
  readonly sockets: number;
}

const REQUEST = new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
const port = openThreadPort<TrafficOrder, string>();

port.listen(async (order) => {
  const kind = chooseSocket(order.socket);
  let answers = 0;
  await Promise.all(Array.from({ length: order.sockets }, async () => {
    const socket = await connectSocket({ host: "127.0.0.1", port: order.port }, {
      data() {
        if (++answers === order.sockets * 3) port.post(kind);
        queueMicrotask(() => socket.write(REQUEST));
      },
      drained() {},
      ended() {},
      closed() {},
    });
    socket.write(REQUEST);
  }));
});
