/**
 * A link over a TCP or TLS connection with MessagePack frames. It owns the socket from its construction on. Bad bytes,
 * a failing socket or a peer that takes nothing end this link and nothing else.
 */
import type { Socket } from "node:net";
import type { Clock } from "../base/clock.ts";
import { describeProblem, describeThrown, LocustError } from "../base/errors.ts";
import type { Codec } from "../protocol/wire/codec.ts";
import { FrameReader, MAX_FRAME_BYTES } from "../protocol/wire/framing.ts";
import type { Link, LinkEnd, LinkReceiver } from "./link.ts";

/** What may wait for a peer's machine to take it: two of the largest frames. Beyond it the link fails. */
const MAX_QUEUED_BYTES = 2 * MAX_FRAME_BYTES;
/** How long queued messages may take to go out after `close`. */
const CLOSE_GRACE_MS = 5000;
/** Idle time before the system's keep-alive probes: below the idle limits of the usual firewalls and proxies. */
const KEEP_ALIVE_MS = 15_000;

export class TcpLink<Incoming, Outgoing> implements Link<Incoming, Outgoing> {
  readonly peer: string;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #codec: Codec<Incoming, Outgoing>;
  readonly #frames: FrameReader;
  readonly #onUnsendable: (problem: string) => void;
  #receiver: LinkReceiver<Incoming> | undefined;
  #end: LinkEnd | undefined;
  #isOver = false;
  #failure: string | undefined;

  constructor(options: {
    readonly socket: Socket;
    readonly clock: Clock;
    readonly codec: Codec<Incoming, Outgoing>;
    readonly peer: string;
    /** Largest incoming frame until `trust` is called. */
    readonly frameLimitBytes?: number;
    /** A message could not be packed and was dropped. */
    readonly onUnsendable: (problem: string) => void;
  }) {
    this.#socket = options.socket;
    this.#clock = options.clock;
    this.#codec = options.codec;
    this.peer = options.peer;
    this.#frames = new FrameReader(options.frameLimitBytes ?? MAX_FRAME_BYTES);
    this.#onUnsendable = options.onUnsendable;
    this.#socket.setNoDelay(true);
    this.#socket.setKeepAlive(true, KEEP_ALIVE_MS);
    // Without a listener an error would end the process, also before `open`.
    this.#socket.on("error", (error) => (this.#failure ??= describeSocketError(error)));
    this.#socket.on("close", () => this.#closed());
  }

  get queuedBytes(): number {
    return this.#socket.writableLength;
  }

  get receivedBytes(): number {
    return this.#socket.bytesRead;
  }

  /** The peer has proved itself: frames may have their full size. */
  trust(): void {
    this.#frames.setLimit(MAX_FRAME_BYTES);
  }

  open(receiver: LinkReceiver<Incoming>): void {
    const isFirst = this.#receiver === undefined;
    this.#receiver = receiver;
    if (this.#isOver) this.#tellEnd();
    else if (isFirst) this.#socket.on("data", (chunk) => this.#received(chunk as Uint8Array));
  }

  send(message: Outgoing): void {
    if (this.#end !== undefined || this.#isOver) return;
    let frame: Uint8Array;
    try {
      frame = this.#codec.encode(message);
    } catch (error) {
      return this.#onUnsendable(describeProblem(error));
    }
    this.#socket.write(frame);
    if (this.#socket.writableLength > MAX_QUEUED_BYTES) {
      this.#abort({
        kind: "failed",
        reason: `${this.#socket.writableLength} bytes wait to be received by the other side`,
      });
    }
  }

  close(reason: string): void {
    if (this.#end !== undefined || this.#isOver) return;
    this.#end = { kind: "local", reason };
    this.#socket.end();
    const timer = this.#clock.schedule(CLOSE_GRACE_MS, () => this.#socket.destroy());
    this.#socket.on("close", () => timer.cancel());
  }

  /** Ends the link at once; what is queued is lost. For a peer that does not answer. */
  abort(reason: string): void {
    this.#abort({ kind: "failed", reason });
  }

  #received(chunk: Uint8Array): void {
    if (this.#end !== undefined) return;
    try {
      this.#frames.push(chunk, (payload) => {
        if (this.#end === undefined) this.#receiver?.message(this.#codec.decode(payload));
      });
    } catch (error) {
      // Also what the receiver threw: whatever a peer manages to provoke costs its own link and no other.
      const reason = error instanceof LocustError ? error.message : `it could not be handled: ${describeThrown(error)}`;
      this.#abort({ kind: "rejected", reason });
    }
  }

  #abort(end: LinkEnd): void {
    this.#end ??= end;
    this.#socket.destroy();
  }

  #closed(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#end ??= this.#describeEnd();
    this.#tellEnd();
  }

  #describeEnd(): LinkEnd {
    if (this.#failure !== undefined) return { kind: "failed", reason: this.#failure };
    if (!this.#frames.isBetweenFrames) {
      return { kind: "failed", reason: "the other side closed the connection within a message" };
    }
    return { kind: "remote", reason: "the other side closed the connection" };
  }

  #tellEnd(): void {
    const receiver = this.#receiver;
    const end = this.#end;
    if (receiver === undefined || end === undefined) return;
    this.#receiver = undefined;
    queueMicrotask(() => receiver.ended(end));
  }
}

/** `connection reset (ECONNRESET)`: words for the usual codes, the code for all. */
export function describeSocketError(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: "nothing listens there, or the host cannot be reached", // Bun says this of both
    ECONNRESET: "connection reset",
    EPIPE: "connection reset",
    ETIMEDOUT: "no answer",
    EHOSTUNREACH: "the host cannot be reached",
    ENETUNREACH: "the network cannot be reached",
    ENOTFOUND: "the host name is not known",
    EAI_AGAIN: "the host name cannot be looked up now",
    EADDRINUSE: "address in use",
    EADDRNOTAVAIL: "this machine does not have that address",
    EACCES: "not permitted",
    EMFILE: "too many open files",
  };
  const text = words[code];
  if (text !== undefined) return `${text} (${code})`;
  return code === "" ? describeThrown(error) : `${describeThrown(error)} (${code})`;
}
