/**
 * Puts a `Control` behind a port: in the master's Web Worker (`control_main.ts`), or in the caller's own JavaScript
 * thread for library use and tests.
 */
import type { Clock } from "../base/clock.ts";
import { importLocustfiles, type LoadedModule } from "../platform/loading/module_loading.ts";
import type { ThreadPort } from "../platform/threads/threads.ts";
import type { FromControl, ToControl } from "../protocol/control_message.ts";
import type { UserMessage } from "../protocol/user_message.ts";
import type { Environment } from "../user/environment.ts";
import { type Events, events as globalEvents } from "../user/events/events.ts";
import { setLocustfiles } from "../user/feed/data_folder.ts";
import { collectModules } from "./collect_modules.ts";
import { Control } from "./control.ts";
import { reportListenersTo } from "./listener_report.ts";
import { createPortLogger } from "./port_logger.ts";

export interface ServeControlOptions {
  readonly port: ThreadPort<ToControl, FromControl>;
  readonly clock: Clock;
  /** A program's own environment, in library use. */
  readonly environment?: Environment;
  /** The environment's, or the global `events`, if absent. */
  readonly events?: Events;
  /** User classes that are at hand already, in place of the files of the `load` request. */
  readonly modules?: readonly LoadedModule[];
}

/** Serves a control thread until it is ended. */
export function serveControl(options: ServeControlOptions): Control {
  const { port, clock, environment, modules } = options;
  const events = options.events ?? environment?.events ?? globalEvents;
  const post = (message: FromControl) => port.post(message);
  const say = (message: UserMessage) => post({ kind: "userMessage", message });
  const listeners = reportListenersTo(say);
  const control = new Control({
    post,
    flushFailures: () => listeners.flush(),
    clock,
    events,
    ...(environment === undefined ? {} : { environment }),
    createLogger: (level) => createPortLogger({ name: "locust.user", level, clock, post: say }),
    loadLocustfile: async ({ files }) => {
      setLocustfiles(files);
      return collectModules(modules === undefined ? await importLocustfiles(files) : { modules, failed: [] }, events);
    },
  });
  port.listen((message) => control.receive(message));
  return control;
}
