/**
 * One reader of the web UI's events: a stream that takes from the event log as fast as its connection allows, and no
 * faster. A reader that is behind gets a snapshot in place of the events that it missed, so that it gets fewer and
 * newer ones.
 */
import type { Clock } from "../../base/clock.ts";
import { COMMENT, type EncodedForm, type EventLog, GZIP_HEAD, type LoggedEvent } from "../feed/event_log.ts";

/** A comment comes after so long without an event: proxies close what is silent for longer. */
const COMMENT_MS = 10_000;
/** More events than that are not sent one by one to a reader that is behind. */
const MAX_BEHIND = 30;

export interface EventStreamInput {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly form: EncodedForm;
  /** What the reader has seen last (`Last-Event-ID`); undefined: nothing. */
  readonly lastId: number | undefined;
  /** Everything as of the latest event, with its id. */
  readonly snapshot: () => LoggedEvent;
  /** False: its session has ended since, and so does the stream. */
  readonly isAllowed: () => boolean;
  /** Aborts when the server closes. */
  readonly closing: AbortSignal;
}

/** The body of the answer. It ends when its reader leaves or may no longer read, or the server closes. */
export function openEventStream(input: EventStreamInput): ReadableStream<Uint8Array> {
  const { log, clock, form, closing } = input;
  let seen = input.lastId;
  let hasBegun = false;
  let isCancelled = false;
  let endPause = () => {};

  /** What the reader gets now; empty where there is nothing new. */
  const take = (): readonly LoggedEvent[] => {
    const events = seen === undefined ? undefined : log.since(seen);
    if (events === undefined || events.length > MAX_BEHIND) {
      const snapshot = input.snapshot();
      seen = snapshot.id;
      return [snapshot];
    }
    seen = log.lastId;
    return events;
  };

  const pause = async (): Promise<"changed" | "silent"> => {
    const waits = Promise.withResolvers<"changed" | "silent">();
    const timer = clock.schedule(COMMENT_MS, () => waits.resolve("silent"));
    endPause = () => waits.resolve("changed");
    closing.addEventListener("abort", endPause, { once: true });
    void log.changed().then(endPause);
    const result = await waits.promise;
    timer.cancel();
    closing.removeEventListener("abort", endPause);
    return result;
  };

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (!hasBegun) {
        hasBegun = true;
        if (form === "gzip") controller.enqueue(GZIP_HEAD);
      }
      for (;;) {
        if (isCancelled) return;
        if (closing.aborted || !input.isAllowed()) return controller.close();
        const events = take();
        if (events.length > 0) return controller.enqueue(join(events.map((event) => event.bytes(form))));
        if (await pause() === "silent") return controller.enqueue(COMMENT.bytes(form));
      }
    },
    cancel() {
      isCancelled = true;
      endPause();
    },
  }, { highWaterMark: 1 });
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
