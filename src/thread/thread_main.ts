/** The entry of a worker's Web Workers. Makes `locust-ts` importable, catches uncaught errors of user code, and serves. */
import * as api from "../../mod.ts";
import { systemClock } from "../base/clock.ts";
import { openAlarm } from "../platform/threads/alarm.ts";
import { compileAsUsual, compilePatiently, PATIENT_MS } from "../platform/threads/compilation.ts";
import { captureConsole } from "../platform/threads/console_capture.ts";
import { forbidExit } from "../platform/threads/forbid_exit.ts";
import { installLocustModule } from "../platform/loading/locust_module.ts";
import { openMachineClock } from "../platform/machine/machine_clock.ts";
import { openThreadPort } from "../platform/threads/threads.ts";
import { watchUncaught } from "../platform/threads/uncaught.ts";
import { wakeFirst } from "../platform/threads/wake_first.ts";
import type { FromThread, ToThread } from "../protocol/thread_message.ts";
import { serveThread } from "./serve_thread.ts";

wakeFirst();
compilePatiently();
systemClock.schedule(PATIENT_MS, compileAsUsual); // at the latest
installLocustModule(api);
forbidExit();
const port = openThreadPort<ToThread, FromThread>();
captureConsole((level, message) => {
  const line = { kind: "log" as const, level, logger: "locustfile", message };
  port.post({ kind: "userMessage", message: thread.isLoading ? { ...line, during: "load" } : line });
});
const thread = serveThread({ port, clock: systemClock, openAlarm, machineClock: openMachineClock() });
watchUncaught((error, kind) => {
  thread.uncaught(error, kind === "rejection" ? "a promise that was not awaited" : "a callback outside of any task");
});
