/**
 * Reads a stream of server-sent events for as long as the page lives: reconnects with the id of the last event, notices
 * a connection that has gone silent, and reports whether it is up. It uses `fetch`, as `EventSource` hides the status
 * of a refusal and the comments that keep a connection alive.
 */

export interface StreamEvent {
  readonly name: string;
  readonly id: string;
  readonly data: string;
}

export interface EventStreamOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  /** Resolves after this time, or earlier if the signal is aborted. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly onEvent: (event: StreamEvent) => void;
  /** `lost` is said once for each loss, `live` at the first byte of each connection. */
  readonly onState: (state: "live" | "lost") => void;
  /** The server refuses without a login. The stream ends. */
  readonly onLoginNeeded: () => void;
}

/** The server writes a comment at least every 15 s. */
const MAX_SILENCE_MS = 25_000;
const RETRY_MS = [500, 1000, 2000, 3000] as const;

export async function followEvents(options: EventStreamOptions, stop: AbortSignal): Promise<void> {
  let lastId = "";
  let failures = 0;
  while (!stop.aborted) {
    const ended = await readOnce(options, lastId, stop, (event) => {
      failures = 0;
      if (event.id !== "") lastId = event.id;
      options.onEvent(event);
    });
    if (stop.aborted) return;
    if (ended === "loginNeeded") return options.onLoginNeeded();
    if (failures === 0) options.onState("lost");
    await options.wait(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] as number, stop);
  }
}

async function readOnce(
  { url, fetch, onState }: EventStreamOptions,
  lastId: string,
  stop: AbortSignal,
  onEvent: (event: StreamEvent) => void,
): Promise<"closed" | "loginNeeded"> {
  const connection = new AbortController();
  const silence = new SilenceWatch(() => connection.abort());
  const giveUp = () => connection.abort();
  stop.addEventListener("abort", giveUp, { once: true });
  try {
    const headers = { accept: "text/event-stream", ...(lastId === "" ? {} : { "last-event-id": lastId }) };
    const answer = await fetch(url, { headers, signal: connection.signal, cache: "no-store" });
    if (answer.status === 401) return "loginNeeded";
    if (!answer.ok || answer.body === null) return "closed";
    onState("live");
    const parser = new EventParser(onEvent);
    const decoder = new TextDecoder();
    for await (const bytes of readInto(answer.body)) {
      silence.noteSound();
      parser.push(decoder.decode(bytes, { stream: true }));
    }
  } catch {
    // the network, the server or our own silence watch ended it: all the same, the loop dials again
  } finally {
    silence.stop();
    stop.removeEventListener("abort", giveUp);
    connection.abort(); // a body that a receiver threw in the middle of must not stay open
  }
  return "closed";
}

const BUFFER_BYTES = 64 * 1024;

/**
 * The bytes of a stream, all in the same buffer where the stream allows it: a fresh one for each part is memory outside
 * of the heap that stays until the next collection, which was tens of megabytes with many rows. A part is valid until
 * the next one.
 */
async function* readInto(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = openByteReader(body);
  if (reader === undefined) {
    yield* body;
    return;
  }
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  while (true) {
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done || value === undefined) return;
    yield value;
    buffer = value.buffer;
  }
}

function openByteReader(body: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return body.getReader({ mode: "byob" });
  } catch {
    return undefined; // no stream of bytes
  }
}

class SilenceWatch {
  #timer: ReturnType<typeof setTimeout>;
  readonly #onSilence: () => void;

  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
    this.#timer = setTimeout(onSilence, MAX_SILENCE_MS);
  }

  noteSound(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onSilence, MAX_SILENCE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Cuts text into events, wherever the network cut it. */
export class EventParser {
  readonly #onEvent: (event: StreamEvent) => void;
  /** Parts of a line that has not ended: one event may come in dozens of them. */
  #rest: string[] = [];
  #name = "";
  #id = "";
  #data: string[] = [];

  constructor(onEvent: (event: StreamEvent) => void) {
    this.#onEvent = onEvent;
  }

  push(text: string): void {
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      this.#rest.push(text.slice(from, end));
      const line = this.#rest.length === 1 ? this.#rest[0] as string : this.#rest.join("");
      this.#rest = [];
      this.#readLine(line.endsWith("\r") ? line.slice(0, -1) : line);
      from = end + 1;
    }
    if (from < text.length) this.#rest.push(text.slice(from));
  }

  #readLine(line: string): void {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#name = value;
    else if (field === "id") this.#id = value;
    else if (field === "data") this.#data.push(value);
  }

  #dispatch(): void {
    if (this.#data.length > 0) {
      this.#onEvent({ name: this.#name === "" ? "message" : this.#name, id: this.#id, data: this.#data.join("\n") });
    }
    this.#name = "";
    this.#data = [];
  }
}
