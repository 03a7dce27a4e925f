/** The demo shop for tests, on the system's clock. */
import { systemClock } from "../../src/base/clock.ts";
import { type DemoOptions, type DemoSystem, startDemo as start } from "../../src/demo/demo_system.ts";

export function startDemo(options: DemoOptions = {}): Promise<DemoSystem> {
  return start({ ...options, clock: systemClock });
}
