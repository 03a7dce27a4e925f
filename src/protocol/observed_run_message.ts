/** A run event as listeners of `events.runEvent` get it. Plain data. */
import type { SnapshotMessage } from "./snapshot_message.ts";
import type { ThresholdStatus } from "./threshold_message.ts";

/**
 * `kind` says what has happened: `runStarted`, `rampStarted`, `rampCompleted`, `ticked` (once a second, with the
 * figures so far), `statsReset`, `workerJoined`, `workerMissing`, `workerReturned`, `workerLeft`, `stopping`,
 * `draining`, `runEnded` (with the last figures) and others. More kinds may come: ignore those that you do not know.
 */
export interface ObservedRunEvent {
  readonly kind: string;
  /** All figures so far: in `ticked`, `statsReset` and `runEnded`. */
  readonly snapshot?: SnapshotMessage;
  /** The state of each condition of the thresholds: in `ticked` and `runEnded`. */
  readonly thresholds?: readonly ThresholdStatus[];
  readonly [field: string]: unknown;
}
