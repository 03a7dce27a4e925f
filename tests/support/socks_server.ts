/** A SOCKS5 proxy that leads every request to one port of this machine, and notes what it was asked for. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface SocksServer extends AsyncDisposable {
  readonly port: number;
  /** `name shop.test:80`, `address 127.0.0.1:80`, `password ada:love`. */
  readonly asked: readonly string[];
}

export interface SocksBehaviour {
  /** Wanted of every client. */
  readonly password?: string;
  /** Answer to each request, instead of a connection. */
  readonly refusal?: number;
  /** Sends its answers byte by byte. */
  readonly drips?: boolean;
  /** Sends that, and nothing else. */
  readonly instead?: string;
}

const TEXT = new TextDecoder();

export async function openSocksServer(target: number, behaviour: SocksBehaviour = {}): Promise<SocksServer> {
  const asked: string[] = [];
  const server = createServer((socket) => void serve(socket, target, behaviour, asked));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    asked,
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

async function serve(socket: Socket, target: number, behaviour: SocksBehaviour, asked: string[]): Promise<void> {
  socket.on("error", () => {});
  const answer = async (...bytes: number[]) => {
    if (behaviour.drips !== true) return void socket.write(Uint8Array.from(bytes));
    for (const byte of bytes) {
      socket.write(Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  const [, count = 0] = await take(socket, 2);
  const methods = await take(socket, count);
  if (behaviour.instead !== undefined) return void socket.end(behaviour.instead);
  const method = behaviour.password === undefined ? 0 : 2;
  await answer(5, methods.includes(method) ? method : 255);
  if (!methods.includes(method)) return void socket.end();
  if (method === 2) {
    const [, userLength = 0] = await take(socket, 2);
    const user = TEXT.decode(await take(socket, userLength));
    const [passwordLength = 0] = await take(socket, 1);
    const given = `${user}:${TEXT.decode(await take(socket, passwordLength))}`;
    asked.push(`password ${given}`);
    await answer(1, given === behaviour.password ? 0 : 1);
    if (given !== behaviour.password) return void socket.end();
  }
  const [, , , kind] = await take(socket, 4);
  const host = kind === 3
    ? `name ${TEXT.decode(await take(socket, (await take(socket, 1))[0] ?? 0))}`
    : `address ${[...await take(socket, kind === 1 ? 4 : 16)].join(".")}`;
  const [high = 0, low = 0] = await take(socket, 2);
  asked.push(`${host}:${high * 256 + low}`);
  await answer(5, behaviour.refusal ?? 0, 0, 3, 2, 104, 105, 0, 80);
  if (behaviour.refusal !== undefined) return void socket.end();
  const onward = connect(target, "127.0.0.1");
  onward.on("error", () => socket.destroy());
  socket.on("close", () => onward.destroy());
  socket.pipe(onward).pipe(socket);
}

/** Exactly so many bytes. */
async function take(socket: Socket, count: number): Promise<Uint8Array> {
  if (count === 0) return new Uint8Array(0);
  for (;;) {
    const bytes: Uint8Array | null = socket.read(count);
    if (bytes !== null) return bytes;
    await new Promise<void>((resolve) => socket.once("readable", resolve).once("close", resolve));
    if (socket.destroyed) return new Uint8Array(count);
  }
}
