/**
 * Where the listener errors of a thread go: into the log, and to whoever started the thread. Each error is told in full a few
 * times and after that at every tenfold, because a broken listener of `request` fails with every single request.
 */
import { StopTest } from "../http/session/control_flow.ts";
import { onListenerFailure } from "../user/events/listener_failures.ts";

const TOLD_TIMES = 3;
/** Different errors that are told apart; beyond them all count as one. */
const MAX_KINDS = 200;

export type ListenerReport =
  | { readonly kind: "log"; readonly level: string; readonly logger: string; readonly message: string }
  | { readonly kind: "listenerFailed"; readonly event: string; readonly text: string };

/** From now on listener errors of this thread are posted. A `StopTest` is none: it ends the test wherever it is thrown. */
export function reportListenersTo(
  post: (message: ListenerReport) => void,
  stopTest: (message: string) => void,
): void {
  const timesByText = new Map<string, number>();
  onListenerFailure(({ event, text, thrown }) => {
    if (thrown instanceof StopTest) return stopTest(thrown.message);
    const kind = timesByText.has(text) || timesByText.size < MAX_KINDS ? text : "";
    const times = (timesByText.get(kind) ?? 0) + 1;
    timesByText.set(kind, times);
    if (times > TOLD_TIMES && !isTenfold(times)) return;
    const message = times > TOLD_TIMES ? `${text} (${times} times so far)` : text;
    post({ kind: "log", level: "ERROR", logger: "locust.event", message });
    if (times === 1) post({ kind: "listenerFailed", event, text });
  });
}

function isTenfold(times: number): boolean {
  return Number.isInteger(Math.log10(times));
}
