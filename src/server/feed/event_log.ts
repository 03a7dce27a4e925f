/**
 * The events of the web UI as bytes: each one is serialised and compressed once, however many readers there are. Owns
 * the last events, for readers that are behind or come back.
 *
 * Each compressed event ends in a full flush and refers to nothing before it, so that a reader's gzip stream may begin
 * with any of them. Ids rise by one and start from the clock, so that they go on rising after a restart of the program.
 */
import { constants, deflateRawSync } from "node:zlib";
import type { ApiEvents } from "../answers/api_snapshot.ts";

export type EncodedForm = "plain" | "gzip";

export interface LoggedEvent {
  readonly id: number;
  readonly name: keyof ApiEvents | "comment";
  bytes(form: EncodedForm): Uint8Array;
}

/** What a reader may be behind and still get every event: two minutes of ticks, with what comes between them. */
const MAX_EVENTS = 256;
const MAX_BYTES = 8 * 1024 * 1024;

const encoder = new TextEncoder();

/** The ten bytes that a gzip stream begins with. */
export const GZIP_HEAD: Uint8Array = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

export class EventLog {
  #events: LoggedEvent[] = [];
  #sizes: number[] = [];
  #bytes = 0;
  #lastId: number;
  #wake = Promise.withResolvers<void>();

  constructor(wallMs: number) {
    this.#lastId = Math.floor(wallMs);
  }

  /** The id of the latest event. */
  get lastId(): number {
    return this.#lastId;
  }

  /** The id that the next event gets. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  add<Name extends keyof ApiEvents>(name: Name, data: ApiEvents[Name]): void {
    const event = encodeEvent(++this.#lastId, name, data);
    const size = event.bytes("plain").length;
    this.#events.push(event);
    this.#sizes.push(size);
    this.#bytes += size;
    while (this.#events.length > MAX_EVENTS || (this.#bytes > MAX_BYTES && this.#events.length > 1)) {
      this.#events.shift();
      this.#bytes -= this.#sizes.shift() ?? 0;
    }
    this.#wakeReaders();
  }

  /** The events after `id`, oldest first; undefined where some of them are gone or were never here. */
  since(id: number): readonly LoggedEvent[] | undefined {
    const first = this.#lastId - this.#events.length; // the id before the oldest event
    return id < first || id > this.#lastId ? undefined : this.#events.slice(id - first);
  }

  /** Resolves when an event is added. */
  changed(): Promise<void> {
    return this.#wake.promise;
  }

  #wakeReaders(): void {
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers();
    resolve();
  }
}

/** One event of a stream, with its id, as a whole. */
export function encodeEvent<Name extends keyof ApiEvents>(id: number, name: Name, data: ApiEvents[Name]): LoggedEvent {
  return encoded(id, name, `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** A line that readers ignore. It keeps proxies from closing a stream in which nothing happens. */
export const COMMENT: LoggedEvent = encoded(0, "comment", ": still here\n\n");

function encoded(id: number, name: LoggedEvent["name"], text: string): LoggedEvent {
  const plain = encoder.encode(text);
  let gzip: Uint8Array | undefined;
  return {
    id,
    name,
    bytes: (form) => form === "plain" ? plain : gzip ??= deflateRawSync(plain, { finishFlush: constants.Z_FULL_FLUSH }),
  };
}
