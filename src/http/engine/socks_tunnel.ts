/**
 * The way through a SOCKS5 proxy (RFC 1928, with user name and password by RFC 1929):
 *
 *   we: 5 │ count │ methods            proxy: 5 │ method
 *   we: 1 │ user │ password            proxy: 1 │ 0              (each text behind its length; method 2 only)
 *   we: 5 │ 1 │ 0 │ address │ port     proxy: 5 │ 0 │ 0 │ address │ port
 */
import { addressBytes, ipVersion } from "../../base/ip_address.ts";
import type { Socket, SocketError, SocketReceiver } from "../../platform/sockets/socket.ts";
import { concatBytes } from "../bytes/read_all.ts";
import { ConnectionError, ProtocolError, ProxyError, toWireError } from "../bytes/wire_error.ts";
import type { SocksSettings } from "./engine_options.ts";

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const BY_PASSWORD = 2;
const PASSWORD_VERSION = 1;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;
/** Of names, user names and passwords: their length is one byte. */
const MAX_TEXT_BYTES = 255;

/** What the numbers of a refusal mean, from 1 on. */
const REFUSALS = [
  "general failure",
  "not allowed",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "time to live expired",
  "command not supported",
  "address type not supported",
];

const encoder = new TextEncoder();

/** Receives for a socket to a SOCKS proxy: first its answers, then everything for `target`. */
export class SocksReceiver implements SocketReceiver {
  readonly #target: SocketReceiver;
  #isOpen = false;
  #held: Uint8Array = new Uint8Array(0);
  #waiting: { readonly count: number; resolve(bytes: Uint8Array): void; reject(problem: unknown): void } | undefined;
  #lost: unknown;

  constructor(target: SocketReceiver) {
    this.#target = target;
  }

  /** Resolves when the proxy is connected with that host. */
  async open(socket: Socket, host: string, port: number, settings: SocksSettings): Promise<void> {
    const { credentials } = settings;
    const methods = credentials === undefined ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, BY_PASSWORD];
    socket.write(Uint8Array.of(VERSION, methods.length, ...methods));
    const [version, method] = await this.#take(2);
    if (version !== VERSION) throw new ProtocolError("not SOCKS5");
    if (method === BY_PASSWORD && credentials !== undefined) {
      const texts = [...shortText(credentials.user), ...shortText(credentials.password)];
      socket.write(Uint8Array.of(PASSWORD_VERSION, ...texts));
      const [, status] = await this.#take(2);
      if (status !== 0) throw new ProxyError("wrong password");
    } else if (method !== NO_AUTHENTICATION) throw new ProxyError("password wanted");
    socket.write(Uint8Array.of(VERSION, CONNECT, 0, ...placeBytes(host), port >> 8, port & 0xff));
    const [, reply = 0, , kind] = await this.#take(4);
    if (reply !== 0) throw new ProxyError(REFUSALS[reply - 1] ?? `SOCKS ${reply}`);
    await this.#take((await this.#addressLength(kind)) + 2); // where the proxy connects from is of no use
    // The origin of http and https waits for us: these bytes are not from it.
    if (this.#held.length > 0) throw new ProtocolError("bytes after the proxy's answer");
    this.#isOpen = true;
  }

  async #addressLength(kind: number | undefined): Promise<number> {
    if (kind === IPV4) return 4;
    if (kind === IPV6) return 16;
    const [length = 0] = await this.#take(1);
    return length;
  }

  /** The next bytes of the proxy. */
  #take(count: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#waiting = { count, resolve, reject };
      this.#serve();
    });
  }

  #serve(): void {
    const waiting = this.#waiting;
    if (waiting === undefined) return;
    if (this.#held.length >= waiting.count) {
      this.#waiting = undefined;
      const taken = this.#held.subarray(0, waiting.count);
      this.#held = this.#held.subarray(waiting.count);
      waiting.resolve(taken);
    } else if (this.#lost !== undefined) {
      this.#waiting = undefined;
      waiting.reject(this.#lost);
    }
  }

  data(bytes: Uint8Array, atMs?: number): void {
    if (this.#isOpen) return this.#target.data(bytes, atMs);
    this.#held = concatBytes([this.#held, bytes], this.#held.length + bytes.length);
    this.#serve();
  }

  drained(): void {
    if (this.#isOpen) this.#target.drained();
  }

  ended(): void {
    if (this.#isOpen) return this.#target.ended();
    this.#lost ??= new ConnectionError("closed");
    this.#serve();
  }

  closed(error: SocketError | undefined): void {
    if (this.#isOpen) return this.#target.closed(error);
    this.#lost ??= error === undefined ? new ConnectionError("closed") : toWireError(error);
    this.#serve();
  }
}

function placeBytes(host: string): readonly number[] {
  const version = ipVersion(host);
  if (version === 0) return [NAME, ...shortText(host)];
  return [version === 4 ? IPV4 : IPV6, ...addressBytes(host)];
}

function shortText(text: string): readonly number[] {
  const bytes = encoder.encode(text).subarray(0, MAX_TEXT_BYTES);
  return [bytes.length, ...bytes];
}
