/**
 * A link moves messages between two ends, in order, and gives them no meaning. It is a memory link (a local run), a port to a
 * Web Worker, or a TCP connection with MessagePack frames. One suite tests all of them.
 */

/** Why a link ended. `local`: we closed it. `remote`: the other end did, in order. The rest are failures. */
export interface LinkEnd {
  readonly kind: "local" | "remote" | "failed" | "rejected";
  /** A sentence part for a log line: `connection reset`, `frame of 2147483648 bytes is over the limit of 16777216`. */
  readonly reason: string;
}

/** The receiver of a link. Both are called from the event loop, never from inside `send` or `open`. */
export interface LinkReceiver<Incoming> {
  message(message: Incoming): void;
  /** Called exactly once, after the last message. */
  ended(end: LinkEnd): void;
}

export interface Link<Incoming, Outgoing> {
  /** The other end, for people: `memory`, `10.0.0.2:41234`. */
  readonly peer: string;
  /** Bytes accepted by `send` that the other end's machine has not taken yet; 0 where that makes no sense. */
  readonly queuedBytes: number;
  /** Bytes that have come so far, those of a message that is not complete yet included; constant where that makes no sense. */
  readonly receivedBytes: number;
  /** Starts delivery. Messages that came before it are kept. Called again, the new receiver takes over from the old one. */
  open(receiver: LinkReceiver<Incoming>): void;
  /** Queues a message. On an ended link it does nothing: what must not be lost is kept by the sender until acknowledged. */
  send(message: Outgoing): void;
  /** Lets queued messages go out, then ends the link. */
  close(reason: string): void;
}
