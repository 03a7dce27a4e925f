/**
 * `Socket` over `node:net` and `node:tls`, which both runtimes have. Slower than their own sockets; used for features
 * that those lack: a local address, TLS inside a tunnel, and (under Deno) all TLS.
 */
import type net from "node:net";
import type tls from "node:tls";
import { ipVersion } from "../../base/ip_address.ts";
import { lateNet, lateTls } from "../../base/late_modules.ts";
import {
  type ConnectSignal,
  type Socket,
  type SocketAddress,
  SocketError,
  type SocketReceiver,
  type TlsOptions,
  type TlsSession,
} from "./socket.ts";
import { toConnectError } from "./connect_error.ts";
import { toSocketError } from "./socket_error.ts";

class NodeSocket implements Socket {
  readonly receiver: SocketReceiver;
  readonly reusesMemory = false;
  readonly connectMs: number;
  tlsMs: number;
  #raw: net.Socket;
  #problem: unknown;

  constructor(raw: net.Socket, receiver: SocketReceiver, connectMs: number, tlsMs: number) {
    this.#raw = raw;
    this.receiver = receiver;
    this.connectMs = connectMs;
    this.tlsMs = tlsMs;
    this.#listen(raw);
  }

  #listen(raw: net.Socket): void {
    raw.on("data", (bytes: Uint8Array) => this.receiver.data(bytes));
    raw.on("drain", () => this.receiver.drained());
    raw.on("end", () => this.receiver.ended());
    raw.on("error", (problem: unknown) => this.#problem ??= problem);
    raw.on("close", () => {
      this.receiver.closed(this.#problem === undefined ? undefined : toSocketError(this.#problem));
    });
  }

  write(bytes: Uint8Array | string): boolean {
    return this.#raw.destroyed ? true : this.#raw.write(bytes);
  }

  end(): void {
    this.#raw.end();
  }

  destroy(): void {
    this.#raw.destroy();
  }

  pause(): void {
    this.#raw.pause();
  }

  resume(): void {
    this.#raw.resume();
  }

  async startTls(options: TlsOptions, session?: TlsSession): Promise<number> {
    const plain = this.#raw;
    plain.removeAllListeners();
    const startedMs = performance.now();
    const secured = await handshake({ ...toNodeTls(options, session), socket: plain }, session);
    this.tlsMs = performance.now() - startedMs;
    this.#raw = secured;
    this.#listen(secured);
    return this.tlsMs;
  }
}

/** Connects by `node:net` or `node:tls`. */
export async function connectNodeSocket(
  address: SocketAddress,
  receiver: SocketReceiver,
  signal?: ConnectSignal,
): Promise<Socket> {
  const startedMs = performance.now();
  const plain = await openPlain(address, signal).catch((problem: SocketError) => {
    // Linux returns EINVAL if the local address is no address of this machine.
    throw address.localAddress !== undefined && problem.detail === "EINVAL"
      ? new SocketError("address_unavailable", "EADDRNOTAVAIL", problem)
      : problem;
  });
  const connectedMs = performance.now();
  if (address.tls === undefined) return new NodeSocket(plain, receiver, connectedMs - startedMs, -1);
  address.onTcpConnected?.();
  const options = { ...toNodeTls(address.tls, address.session), socket: plain };
  const secured = await handshake(options, address.session, signal);
  return new NodeSocket(secured, receiver, connectedMs - startedMs, performance.now() - connectedMs);
}

function openPlain(address: SocketAddress, signal: ConnectSignal | undefined): Promise<net.Socket> {
  return settle(signal, () => {
    const place = address.unixPath !== undefined
      ? { path: address.unixPath }
      : { host: address.host ?? "", port: address.port ?? 0 };
    const local = address.localAddress === undefined ? {} : { localAddress: address.localAddress };
    return lateNet().connect({ ...place, ...local, noDelay: true });
  }, "connect");
}

function handshake(
  options: tls.ConnectionOptions,
  session: TlsSession | undefined,
  signal?: ConnectSignal,
): Promise<tls.TLSSocket> {
  return settle(signal, () => {
    const socket = lateTls().connect(options);
    if (session !== undefined) socket.on("session", (ticket: Uint8Array) => session.ticket = ticket);
    return socket;
  }, "secureConnect");
}

/** Waits until the socket is ready; destroys it if it fails before. */
function settle<Raw extends net.Socket>(
  signal: ConnectSignal | undefined,
  open: () => Raw,
  ready: "connect" | "secureConnect",
): Promise<Raw> {
  const stage = ready === "connect" ? "socket" : "handshake";
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(new SocketError("other", "ABORT_ERR"));
    const raw = open();
    const fail = (problem: unknown) => {
      cleanUp();
      raw.on("error", () => {}); // a second error of a failed socket is of no interest
      raw.destroy();
      reject(toConnectError(problem, stage));
    };
    const onClose = () => fail({ code: "ECONNRESET" });
    const onAbort = () => fail(new SocketError("other", "ABORT_ERR"));
    const onReady = () => {
      cleanUp();
      resolve(raw);
    };
    const cleanUp = () => {
      raw.removeListener(ready, onReady).removeListener("error", fail).removeListener("close", onClose);
      signal?.removeEventListener("abort", onAbort);
    };
    raw.once(ready, onReady).once("error", fail).once("close", onClose);
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}

function toNodeTls(options: TlsOptions, session: TlsSession | undefined): tls.ConnectionOptions {
  return {
    rejectUnauthorized: options.verify,
    ...(options.serverName === undefined || ipVersion(options.serverName) !== 0
      ? {}
      : { servername: options.serverName }),
    ...(options.serverName === undefined ? {} : { host: options.serverName }),
    ...(options.ca === undefined ? {} : { ca: typeof options.ca === "string" ? options.ca : [...options.ca] }),
    ...(options.cert === undefined ? {} : { cert: options.cert }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.alpn === undefined ? {} : { ALPNProtocols: [...options.alpn] }),
    ...(session?.ticket === undefined ? {} : { session: session.ticket as Buffer }),
  };
}
