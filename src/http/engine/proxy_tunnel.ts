/** The two ways through a proxy: the absolute form of a request's head (http), and a tunnel by CONNECT (https). */
import type { Socket, SocketError, SocketReceiver } from "../../platform/sockets/socket.ts";
import type { EngineProxy } from "./engine_options.ts";
import { HeadInfo, type HeadLimits, parseHead } from "../bytes/head_parser.ts";
import type { Origin } from "./origin.ts";
import { PartialHead } from "../bytes/partial_head.ts";
import { ConnectionError, ProtocolError, ProxyError, toWireError } from "../bytes/wire_error.ts";

const encoder = new TextEncoder();
const SPACE = 0x20;
const LF = 0x0a;

/** `GET /x HTTP/1.1…` becomes `GET http://host/x HTTP/1.1…`, with Proxy-Authorization behind the request line. */
export function toAbsoluteForm(head: Uint8Array, origin: Origin, proxy: EngineProxy): Uint8Array {
  const target = head.indexOf(SPACE) + 1;
  const lineEnd = head.indexOf(LF) + 1;
  const prefix = encoder.encode(`http://${origin.authority}`);
  const extra = encoder.encode(authorizationLine(proxy));
  const whole = new Uint8Array(head.length + prefix.length + extra.length);
  whole.set(head.subarray(0, target));
  whole.set(prefix, target);
  whole.set(head.subarray(target, lineEnd), target + prefix.length);
  whole.set(extra, lineEnd + prefix.length);
  whole.set(head.subarray(lineEnd), lineEnd + prefix.length + extra.length);
  return whole;
}

function authorizationLine(proxy: EngineProxy): string {
  return proxy.authorization === undefined ? "" : `Proxy-Authorization: ${proxy.authorization}\r\n`;
}

/** Receives for a socket to a proxy: first the answer to CONNECT, then everything for `target`. */
export class TunnelReceiver implements SocketReceiver {
  readonly #target: SocketReceiver;
  readonly #limits: HeadLimits;
  #partial: PartialHead | undefined;
  #answered: { resolve: () => void; reject: (problem: unknown) => void } | undefined;

  constructor(target: SocketReceiver, limits: HeadLimits) {
    this.#target = target;
    this.#limits = limits;
  }

  /** Sends CONNECT to the proxy; resolves when the tunnel to the origin is open. */
  open(socket: Socket, origin: Origin, proxy: EngineProxy): Promise<void> {
    const host = origin.host.includes(":") ? `[${origin.host}]` : origin.host;
    const place = `${host}:${origin.port}`;
    return new Promise((resolve, reject) => {
      this.#answered = { resolve, reject };
      socket.write(encoder.encode(`CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n${authorizationLine(proxy)}\r\n`));
    });
  }

  data(bytes: Uint8Array): void {
    if (this.#answered === undefined) return this.#target.data(bytes);
    try {
      if (this.#partial === undefined) this.#partial = new PartialHead(bytes, this.#limits.maxHeadBytes);
      else if (!this.#partial.append(bytes)) return;
      this.#readAnswer(this.#partial.bytes);
    } catch (problem) {
      this.#answered.reject(problem);
    }
  }

  #readAnswer(bytes: Uint8Array): void {
    const info = new HeadInfo();
    const end = parseHead(bytes, 0, bytes.length, this.#limits, info);
    if (end < 0) return;
    if (info.status < 200 && info.status !== 101) return this.#waitForMore(bytes.subarray(end)); // 100 Continue and the like
    if (info.status < 200 || info.status > 299) throw new ProxyError(info.status);
    // In TLS the client sends first: these bytes are not from the origin.
    if (end < bytes.length) throw new ProtocolError("bytes after the proxy's answer");
    this.#answered?.resolve();
    this.#answered = undefined;
    this.#partial = undefined;
  }

  /** An interim answer was all so far, or the beginning of the next one is here. */
  #waitForMore(rest: Uint8Array): void {
    this.#partial = undefined;
    if (rest.length > 0) this.data(rest);
  }

  drained(): void {
    this.#target.drained();
  }

  ended(): void {
    if (this.#answered === undefined) this.#target.ended();
    else this.#answered.reject(new ConnectionError("closed"));
  }

  closed(error: SocketError | undefined): void {
    if (this.#answered === undefined) this.#target.closed(error);
    else this.#answered.reject(error === undefined ? new ConnectionError("closed") : toWireError(error));
  }
}
