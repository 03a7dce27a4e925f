/**
 * Fires events for the locustfile, in the control thread or in a worker's first thread, about the resources of this
 * process: `usageMonitor` every 10 s, and `cpuWarning` after each of these that finds its cores full. Listeners are not
 * awaited.
 */
import type { Clock, Timer } from "../../base/clock.ts";
import type { ProcessMeter } from "../../platform/machine/process_stats.ts";
import { CPU_FULL_PERCENT } from "../../stats/verdict/worker_record.ts";

const USAGE_EVERY_MS = 10_000;

export interface UsageWatchOptions {
  readonly clock: Pick<Clock, "schedule">;
  readonly meter: ProcessMeter;
  /** Fires an event of the locustfile by its name. */
  readonly tell: (event: "usageMonitor" | "cpuWarning", fields: Readonly<Record<string, unknown>>) => void;
}

/** Watches until it is disposed. */
export function watchUsage({ clock, meter, tell }: UsageWatchOptions): Disposable {
  let timer: Timer;
  const watch = () => {
    timer = clock.schedule(USAGE_EVERY_MS, () => {
      watch();
      const { cpuPercent: cpuUsage, rssBytes: memoryUsage } = meter.read();
      tell("usageMonitor", { cpuUsage, memoryUsage });
      if (cpuUsage > CPU_FULL_PERCENT) tell("cpuWarning", { cpuUsage });
    });
  };
  watch();
  return { [Symbol.dispose]: () => timer.cancel() };
}
