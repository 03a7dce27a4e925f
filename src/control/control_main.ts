/** The entry of the master's Web Worker. Makes `locust-ts` importable, catches uncaught errors of user code, and serves. */
import * as api from "../../mod.ts";
import { systemClock } from "../base/clock.ts";
import { compileAsUsual, compilePatiently, PATIENT_MS } from "../platform/threads/compilation.ts";
import { captureConsole } from "../platform/threads/console_capture.ts";
import { forbidExit } from "../platform/threads/forbid_exit.ts";
import { installLocustModule } from "../platform/loading/locust_module.ts";
import { openThreadPort } from "../platform/threads/threads.ts";
import { watchUncaught } from "../platform/threads/uncaught.ts";
import type { FromControl, ToControl } from "../protocol/control_message.ts";
import { serveControl } from "./serve_control.ts";

compilePatiently();
systemClock.schedule(PATIENT_MS, compileAsUsual); // at the latest
installLocustModule(api);
forbidExit();
const port = openThreadPort<ToControl, FromControl>();
captureConsole((level, message) => {
  const line = { kind: "log" as const, level, logger: "locustfile", message };
  port.post({ kind: "userMessage", message: control.isLoading ? { ...line, during: "load" } : line });
});
const control = serveControl({ port, clock: systemClock });
watchUncaught((error, kind) => {
  control.uncaught(error, kind === "rejection" ? "a promise that was not awaited" : "a callback");
});
