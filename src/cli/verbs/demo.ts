/** `locust-ts demo`: serves the demo shop until a signal comes; says what it has, and at the end what arrived. */
import { formatAmount } from "../../base/text/text.ts";
import { type DemoOptions, formatDemoStart, startDemo } from "../../demo/demo_system.ts";
import { signalExitCode } from "../terminal/exit_code.ts";
import { listenForInterrupt } from "../terminal/interrupt.ts";
import type { ProcessDeps } from "../terminal/process_deps.ts";

/** Resolves after the first signal. Rejects with a `LocustError` when the port cannot be had. */
export async function serveDemo(options: DemoOptions, deps: ProcessDeps): Promise<number> {
  using interrupt = listenForInterrupt(deps.signals, () => deps.clock.nowMs());
  await using demo = await startDemo({ ...options, clock: deps.clock });
  deps.stdout.write(formatDemoStart(demo.url, options));
  await new Promise<void>((resolve) => {
    if (interrupt.drain.aborted) return resolve();
    interrupt.drain.addEventListener("abort", () => resolve(), { once: true });
  });
  deps.stdout.write(`\nThe demo shop answered ${formatAmount(demo.requests().total, "request")}\n`);
  const { signal = "SIGINT" } = interrupt;
  return signal === "SIGINT" ? 0 : signalExitCode(signal);
}
