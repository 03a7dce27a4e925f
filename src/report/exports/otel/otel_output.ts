/** `--otel`: exports the metrics of the run by OpenTelemetry each interval and at its end. Loads the SDK. */
import type { Output, OutputContext } from "../../files/output.ts";
import { Delivery, SEND_LIMIT_MS } from "../delivery.ts";
import { type ExportedRun, foldExportedRun, NO_EXPORTED_RUN } from "../exported_run.ts";
import type { OtelSettings } from "./otel_settings.ts";

export async function openOtel(
  { url, shown, intervalMs, warnings }: OtelSettings,
  { clock, warn, log }: Pick<OutputContext, "clock" | "warn" | "log">,
): Promise<Output> {
  const { createOtlpExporter } = await import("./otlp_exporter.ts");
  for (const warning of warnings) warn(warning);
  const exporter = createOtlpExporter({ url, timeoutMs: SEND_LIMIT_MS });
  const delivery = new Delivery<ExportedRun>({
    receiver: `OpenTelemetry at ${shown}`,
    clock,
    warn,
    log,
    send: (run) => exporter.send(run),
  });
  let run = NO_EXPORTED_RUN;
  let dueMs = 0; // since the start of the run; at once, so that an endpoint that is down is known before the end
  return {
    sink(event) {
      run = foldExportedRun(run, event);
      if (event.kind === "runStarted") dueMs = 0;
      const isDue = event.kind === "runEnded" || event.kind === "ticked" && event.snapshot.elapsedMs >= dueMs;
      if (!isDue || run.snapshot === undefined) return;
      while (dueMs <= run.snapshot.elapsedMs) dueMs += intervalMs;
      delivery.offer(run);
    },
    failed: false,
    settle: (signal) => delivery.settle(signal),
    close() {
      delivery.close();
      exporter.shutdown().catch(() => {}); // what it could not deliver has been reported
    },
  };
}
