/**
 * Reports what listeners of a thread throw: every failure is counted, and each error is logged in full a few times and
 * after that at every tenfold, because a broken listener of `request` fails with every single request. Counts travel
 * when the owner calls `flush`.
 */
import { StopTest } from "../http/session/control_flow.ts";
import type { UserMessage } from "../protocol/user_message.ts";
import { onListenerFailure } from "../user/events/listener_failures.ts";

const LOGGED_IN_FULL = 3;
/** Different errors that are counted apart; beyond them all count as one. */
const MAX_KINDS = 200;

export interface ListenerReport {
  /** Posts the failures since the last call. Call it before each message that others take as "all of it has been reported". */
  flush(): void;
}

interface Failures {
  readonly event: string;
  readonly text: string;
  times: number;
  unreported: number;
}

/**
 * From now on listener errors of this thread are counted and logged. A `StopTest` is none: it ends the test wherever it
 * is thrown.
 */
export function reportListenersTo(say: (message: UserMessage) => void): ListenerReport {
  const byText = new Map<string, Failures>();
  onListenerFailure(({ event, text, thrown }) => {
    if (thrown instanceof StopTest) return say({ kind: "stopTest", message: thrown.message, failed: false });
    const kind = byText.has(text) || byText.size < MAX_KINDS ? text : "";
    const failures = byText.get(kind) ?? { event, text, times: 0, unreported: 0 };
    byText.set(kind, failures);
    failures.times++;
    failures.unreported++;
    const { times } = failures;
    if (times > LOGGED_IN_FULL && !isTenfold(times)) return;
    const message = times > LOGGED_IN_FULL ? `${text} (${times} times so far)` : text;
    say({ kind: "log", level: "ERROR", logger: "locust.event", message });
  });
  return {
    flush() {
      for (const failures of byText.values()) {
        const { event, text, unreported: times } = failures;
        if (times === 0) continue;
        failures.unreported = 0;
        say({ kind: "listenerFailed", event, text, times });
      }
    },
  };
}

function isTenfold(times: number): boolean {
  return Number.isInteger(Math.log10(times));
}
