/**
 * A network without a network: what is sent can be read as text, what arrives is said by the test, piece by piece.
 * For everything about bytes and order; real sockets have tests of their own.
 */
import {
  type ConnectSignal,
  type ConnectSocket,
  type ReceiveRoom,
  type Socket,
  type SocketAddress,
  SocketError,
  type SocketErrorCode,
  type SocketReceiver,
} from "../../src/platform/sockets/socket.ts";

const decoder = new TextDecoder("latin1");

/**
 * Where bytes arrive: in memory of their own, in memory that is written over, the same and shown where they lie in it, or in the receiver's where it
 * offers some (else in memory that is written over).
 */
export type Memory = "fresh" | "reused" | "shown" | "room";

/** Before and behind the bytes that are shown. */
const MARGIN = 7;

export class MemorySocket implements Socket {
  readonly address: SocketAddress;
  readonly connectMs = 0;
  readonly tlsMs = -1;
  handedOverMs = 0;
  readonly reusesMemory: boolean;
  readonly #receiver: SocketReceiver;
  readonly #asksForRoom: boolean;
  readonly #shows: boolean;
  /** How often bytes came into memory of the receiver. */
  roomsFilled = 0;
  /** How many bytes the receiver did not want to see. */
  bytesDropped = 0;
  /** Everything that was written and not yet taken. */
  sent = "";
  paused = false;
  destroyed = false;
  /** False: writes are "queued" until `drain`. */
  flowing = true;

  constructor(address: SocketAddress, receiver: SocketReceiver, memory: Memory) {
    this.address = address;
    this.#receiver = receiver;
    this.reusesMemory = memory !== "fresh";
    this.#asksForRoom = memory === "room";
    this.#shows = memory === "shown";
  }

  write(bytes: Uint8Array | string): boolean {
    this.sent += typeof bytes === "string" ? bytes : decoder.decode(bytes);
    return this.flowing;
  }

  end(): void {
    this.destroy();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    queueMicrotask(() => this.#receiver.closed(undefined));
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  /** What was sent since the last call. */
  takeSent(): string {
    const sent = this.sent;
    this.sent = "";
    return sent;
  }

  drain(): void {
    this.flowing = true;
    this.#receiver.drained();
  }

  /** Bytes (or Latin-1 text) arrive in one piece; `atMs`: they have been there since then. */
  receive(piece: string | Uint8Array, atMs?: number): void {
    if (this.destroyed) return;
    const bytes = typeof piece === "string" ? toBytes(piece) : piece.slice();
    const room = this.#asksForRoom ? this.#receiver.room?.() : undefined;
    if (this.#shows) this.#show(bytes, atMs ?? performance.now());
    else if (room === undefined) this.#receiver.data(bytes, atMs);
    else this.#fill(room, bytes, atMs ?? performance.now());
    if (this.reusesMemory) bytes.fill(0x23); // a reader that kept it without a copy reads ####
  }

  #show(bytes: Uint8Array, atMs: number): void {
    const memory = new Uint8Array(bytes.length + 2 * MARGIN).fill(0x23);
    memory.set(bytes, MARGIN);
    this.#receiver.shown?.(memory, MARGIN, MARGIN + bytes.length, atMs);
    memory.fill(0x23);
  }

  #fill({ bytes: memory, from, to, use }: ReceiveRoom, bytes: Uint8Array, atMs: number): void {
    const count = Math.min(bytes.length, to - from);
    const more = count < bytes.length ? bytes.subarray(count) : undefined;
    if (use === "drop") this.bytesDropped += count;
    else {
      memory.set(bytes.subarray(0, count), from);
      this.roomsFilled++;
    }
    this.#receiver.filled?.(count, use === "first" ? more : undefined, atMs);
    if (use !== "first" && more !== undefined) this.receive(more, atMs);
  }

  /** Each byte arrives alone. */
  drip(text: string): void {
    for (const byte of toBytes(text)) this.receive(Uint8Array.of(byte));
  }

  /** The server closes in order. */
  finish(): void {
    if (this.destroyed) return;
    this.#receiver.ended();
    this.#lose(undefined);
  }

  /** The connection breaks. */
  break(code: SocketErrorCode = "reset", detail = "ECONNRESET"): void {
    this.#lose(new SocketError(code, detail));
  }

  #lose(error: SocketError | undefined): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.#receiver.closed(error);
  }
}

export class MemoryNetwork {
  readonly sockets: MemorySocket[] = [];
  /** Addresses that were tried, in order. */
  readonly tried: string[] = [];
  readonly #memory: Memory;
  /** Decides about each attempt; default: connects at once. */
  answer: (address: SocketAddress, signal?: ConnectSignal) => Promise<void> = () => Promise.resolve();

  /** What happens to a socket between its opening and its first use. */
  spoil: (socket: MemorySocket) => void = () => {};

  constructor(memory: Memory = "fresh") {
    this.#memory = memory;
  }

  readonly connect: ConnectSocket = async (address, receiver, signal) => {
    this.tried.push(address.unixPath ?? address.host ?? "");
    await this.answer(address, signal);
    const socket = new MemorySocket(address, receiver, this.#memory);
    this.sockets.push(socket);
    queueMicrotask(() => this.spoil(socket));
    return socket;
  };

  /** The only, or the newest, socket. */
  get last(): MemorySocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("no client has connected");
    return socket;
  }
}

/** Latin-1 text as bytes. */
export function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** Bytes as Latin-1 text. */
export function toText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}
