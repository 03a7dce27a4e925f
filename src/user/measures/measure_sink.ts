/**
 * Holds where `checks` and `metrics` of this thread are counted: in the run that is on. A user's own `check` and
 * `transaction` know their run without it.
 */
import type { Clock } from "../../base/clock.ts";
import type { Recorder } from "../../stats/recording/recorder.ts";

export interface MeasureSink {
  readonly recorder: Recorder;
  readonly clock: Pick<Clock, "nowMs">;
  readonly errors: { warnOnce(text: string): void };
}

let current: MeasureSink | undefined;

/** From now on measures are counted here. */
export function measureIn(sink: MeasureSink): void {
  current = sink;
}

/** Undefined: there has been no run in this thread. */
export function measureSink(): MeasureSink | undefined {
  return current;
}
