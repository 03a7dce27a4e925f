/** `--influx`: posts the lines of each second to InfluxDB. */
import type { Output, OutputContext } from "../../files/output.ts";
import { Delivery } from "../delivery.ts";
import { foldExportedRun, NO_EXPORTED_RUN } from "../exported_run.ts";
import { influxLines } from "./influx_lines.ts";
import type { InfluxTarget } from "./influx_target.ts";

/** Of an answer that refuses, as much is shown. */
const SHOWN_REASON = 200;

export function openInflux(
  { url, headers, shown }: InfluxTarget,
  { clock, warn, log }: Pick<OutputContext, "clock" | "warn" | "log">,
): Output {
  let run = NO_EXPORTED_RUN;
  const delivery = new Delivery<string>({
    receiver: `InfluxDB at ${shown}`,
    clock,
    warn,
    log,
    async send(body, signal) {
      const response = await fetch(url, { method: "POST", headers, body, signal, redirect: "error" });
      const answer = await response.text();
      if (!response.ok) throw new Error(`${response.status} ${answer.trim().slice(0, SHOWN_REASON)}`.trim());
    },
  });
  return {
    sink(event) {
      run = foldExportedRun(run, event);
      if (event.kind !== "ticked" && event.kind !== "runEnded") return;
      delivery.offer(`${influxLines(run).join("\n")}\n`);
    },
    failed: false,
    settle: (signal) => delivery.settle(signal),
    close: () => delivery.close(),
  };
}
