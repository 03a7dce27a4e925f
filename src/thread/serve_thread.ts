/**
 * Serves a `Thread` behind a port: in a Web Worker (`thread_main.ts`), or in the caller's own JavaScript thread for
 * library use and tests. Gives the thread its clock, its log and its access to the locustfile.
 */
import type { Clock } from "../base/clock.ts";
import { collectModules } from "../control/collect_modules.ts";
import { reportListenersTo } from "../control/listener_report.ts";
import { createPortLogger } from "../control/port_logger.ts";
import { importLocustfiles, type LoadedModule } from "../platform/loading/module_loading.ts";
import type { ThreadPort } from "../platform/threads/threads.ts";
import type { FromThread, ToThread } from "../protocol/thread_message.ts";
import type { UserMessage } from "../protocol/user_message.ts";
import type { Environment } from "../user/environment.ts";
import { type Events, events as globalEvents } from "../user/events/events.ts";
import { setLocustfiles } from "../user/feed/data_folder.ts";
import { Thread, type ThreadOptions } from "./thread.ts";

export interface ServeThreadOptions {
  readonly port: ThreadPort<ToThread, FromThread>;
  readonly clock: Clock;
  /** As `ThreadOptions` has it. */
  readonly openAlarm?: ThreadOptions["openAlarm"];
  readonly machineClock?: ThreadOptions["machineClock"];
  /** A program's own environment, in library use. */
  readonly environment?: Environment;
  /** The environment's, or the global `events`, if absent. */
  readonly events?: Events;
  /** User classes that are at hand already, in place of the files of the `load` message. */
  readonly modules?: readonly LoadedModule[];
}

/** Serves a thread until it gets `quit`. */
export function serveThread(options: ServeThreadOptions): Thread {
  const { port, clock, environment, modules } = options;
  const events = options.events ?? environment?.events ?? globalEvents;
  const post = (message: FromThread) => port.post(message);
  const say = (message: UserMessage) => post({ kind: "userMessage", message });
  const listeners = reportListenersTo(say);
  const thread = new Thread({
    post,
    flushFailures: () => listeners.flush(),
    clock,
    openAlarm: options.openAlarm,
    machineClock: options.machineClock,
    events,
    ...(environment === undefined ? {} : { environment }),
    createLogger: (level) => createPortLogger({ name: "locust.user", level, clock, post: say }),
    loadLocustfile: async (source) => {
      setLocustfiles(source.files);
      return collectModules(
        modules === undefined ? await importLocustfiles(source.files) : { modules, failed: [] },
        events,
      );
    },
  });
  port.listen((message) => thread.receive(message));
  return thread;
}
