/**
 * The sink of listener errors. A listener's mistake must not affect the code that fired the event, so it ends here: the
 * thread that owns the events logs it and counts it (exit code 2 unless failures give 1). One sink per thread, as there
 * is one `events` per thread.
 */
import { describeWithCauses } from "../../base/error_causes.ts";
import { ownFrames } from "../../base/own_frames.ts";

/** A listener that threw. */
export interface ListenerFailure {
  readonly event: string;
  readonly thrown: unknown;
  /** One line for the log: event, error, file and line of the locustfile. */
  readonly text: string;
}

let sink = (failure: ListenerFailure): void => console.error(failure.text);

/** Replaces what happens to listener errors from now on. */
export function onListenerFailure(next: (failure: ListenerFailure) => void): void {
  sink = next;
}

/** Hands a listener's error to the sink. Never throws. */
export function reportListenerFailure(event: string, thrown: unknown): void {
  const frame = ownFrames(thrown)[0];
  const place = frame === undefined ? "" : ` (${frame})`;
  sink({
    event,
    thrown,
    text: `Uncaught exception in a listener of "${event}": ${describeWithCauses(thrown)}${place}`,
  });
}
