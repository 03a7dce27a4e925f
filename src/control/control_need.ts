/**
 * Whether the control thread has something to do for a locustfile before its first user. `control_hint.ts` guesses it
 * before the import.
 */
import { EventHook } from "../user/events/event_hook.ts";
import type { Events } from "../user/events/events.ts";
import type { CollectedLocustfile } from "../user/loading/locustfile.ts";

/** They fire where users run, or while the locustfile is imported. */
const OF_THREADS: ReadonlySet<string> = new Set(["request", "userError", "reportToMaster", "initCommandLineParser"]);

/** It has a shape, a listener, or a problem that is told by that thread. */
export function needsControl({ shapes, problems }: CollectedLocustfile, events: Events): boolean {
  return shapes.size > 0 || problems.length > 0 ||
    Object.entries(events).some(([name, hook]) =>
      hook instanceof EventHook && hook.hasListeners && !OF_THREADS.has(name)
    );
}
