/**
 * A server that misbehaves on purpose: for each connection a test says, step by step, what is read, what is sent, and how it
 * ends. Real sockets on a port that the system chose. Every request it read can be looked at afterwards.
 */
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";

/** One connection, seen from the server. */
export class RudePeer {
  /** 0, 1, 2 … in the order they were accepted. */
  readonly index: number;
  readonly #socket: Socket;
  readonly #requests: string[];
  #received = "";
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket, index: number, requests: string[]) {
    this.#socket = socket;
    this.index = index;
    this.#requests = requests;
    socket.setNoDelay(true);
    socket.on("data", (bytes) => {
      this.#received += bytes.toString("latin1");
      this.#wake?.();
    });
    const over = () => {
      this.#ended = true;
      this.#wake?.();
    };
    socket.on("end", over).on("close", over).on("error", over);
  }

  /** Head and, by its Content-Length, body of the next request; undefined when the client has left. */
  async readRequest(): Promise<string | undefined> {
    for (;;) {
      const length = wholeRequestLength(this.#received);
      if (length !== undefined) {
        const request = this.#received.slice(0, length);
        this.#received = this.#received.slice(length);
        this.#requests.push(request);
        return request;
      }
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Reads and forgets until these characters were the last; tells how many bytes came. */
  async discardUntil(end: string): Promise<number> {
    let count = 0;
    for (;;) {
      if (this.#received.endsWith(end)) return count + this.#received.length;
      if (this.#ended) return count;
      const kept = this.#received.slice(-end.length);
      count += this.#received.length - kept.length;
      this.#received = kept;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Latin-1 text, in one piece; resolves when the kernel has it. */
  write(text: string): Promise<void> {
    return new Promise((resolve) => this.#socket.write(text, "latin1", () => resolve()));
  }

  /** Byte by byte, each in a segment of its own as far as the network lets us. */
  async drip(text: string, pieceLength = 1): Promise<void> {
    for (let at = 0; at < text.length; at += pieceLength) {
      await this.write(text.slice(at, at + pieceLength));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Our end (FIN); what the client sends is still read. */
  finish(): void {
    this.#socket.end();
  }

  /** RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Resolves when the client has closed. */
  async left(): Promise<void> {
    while (!this.#ended) await new Promise<void>((resolve) => this.#wake = resolve);
  }
}

function wholeRequestLength(received: string): number | undefined {
  const headEnd = received.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const length = headEnd + 4 + Number(/content-length: (\d+)/i.exec(received.slice(0, headEnd))?.[1] ?? 0);
  return received.length >= length ? length : undefined;
}

export interface RudeServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Connections so far. */
  readonly accepted: number;
  /** Requests that were read, oldest first. */
  readonly requests: readonly string[];
}

export async function openRudeServer(
  behave: (peer: RudePeer) => Promise<void>,
  listenOn: { readonly host?: string; readonly path?: string } = {},
): Promise<RudeServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    void behave(new RudePeer(socket, accepted++, requests));
  });
  await new Promise<void>((resolve) => {
    if (listenOn.path !== undefined) server.listen(listenOn.path, resolve);
    else server.listen(0, listenOn.host ?? "127.0.0.1", resolve);
  });
  const port = listenOn.path === undefined ? (server.address() as AddressInfo).port : 0;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    get accepted() {
      return accepted;
    },
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
