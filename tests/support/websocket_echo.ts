/** A WebSocket server that sends each short text message back (RFC 6455: frames of up to 125 bytes, masked by the client). */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";

const HANDSHAKE_KEY = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const TEXT_FRAME = 0x81;
const CLOSE_FRAME = 0x88;
/** Header, length, mask. */
const FRAME_OVERHEAD = 6;

export interface WebSocketEcho extends AsyncDisposable {
  readonly url: string;
  readonly messages: string[];
}

export async function openWebSocketEcho(): Promise<WebSocketEcho> {
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => void response.writeHead(426).end());
  server.on("upgrade", (request, duplex) => {
    const socket = duplex as Socket;
    sockets.add(socket);
    socket.on("error", () => {}); // a client that is gone does not concern an echo
    const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${HANDSHAKE_KEY}`).digest(
      "base64",
    );
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    let received = new Uint8Array(0);
    socket.on("data", (chunk: Uint8Array) => {
      received = Uint8Array.from([...received, ...chunk]);
      received = answerFrames(socket, received, messages);
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", () => listening()));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/chat`,
    messages,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}

/** Answers the whole frames and returns what is left. */
function answerFrames(socket: Socket, bytes: Uint8Array, messages: string[]): Uint8Array<ArrayBuffer> {
  let at = 0;
  while (bytes.length - at >= FRAME_OVERHEAD) {
    const length = bytes[at + 1]! & 0x7f;
    const end = at + FRAME_OVERHEAD + length;
    if (end > bytes.length) break;
    const mask = bytes.subarray(at + 2, at + FRAME_OVERHEAD);
    const payload = bytes.slice(at + FRAME_OVERHEAD, end).map((byte, index) => byte ^ mask[index % 4]!);
    if (bytes[at] === TEXT_FRAME) messages.push(new TextDecoder().decode(payload));
    if (bytes[at] === TEXT_FRAME || bytes[at] === CLOSE_FRAME) {
      socket.write(Uint8Array.from([bytes[at]!, length, ...payload]));
    }
    at = end;
  }
  return bytes.slice(at);
}
