/** The arguments of a `Master`. Types only. */
import type { MachineClock } from "../platform/machine/machine_clock.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { ControlThread } from "../control/control_thread.ts";
import type { Link } from "../link/link.ts";
import type { UserMessage } from "../protocol/user_message.ts";
import type { ToMaster, ToWorker } from "../protocol/worker_message.ts";
import type { MessageSource } from "./deliver_user_message.ts";
import type { RunEventSink } from "./run_event.ts";

export type WorkerLink = Link<ToMaster, ToWorker>;

/** The locustfile as this master has it, for workers that have none. */
export interface ShippedLocustfile {
  readonly hash: string;
  /** Those of the run. */
  readonly userClasses: readonly string[];
  /** All that the file exports, selected or not; absent where no worker can have a file of its own. */
  readonly knownClasses?: readonly string[];
  /** Bundles at the first call. */
  message(): Promise<Extract<ToWorker, { kind: "locustfile" }>>;
  /** Bytes of a file that is too large for the message; absent: there is none. */
  part?(
    request: Pick<Extract<ToMaster, { kind: "fetchPart" }>, "path" | "offset">,
    workerId: string,
  ): Promise<Uint8Array>;
}

export interface MasterOptions {
  readonly clock: Clock;
  /** The one that workers on this machine have as well; absent: there is none. */
  readonly machineClock?: MachineClock | undefined;
  readonly logger: Logger;
  readonly control: ControlThread;
  readonly locustfile: ShippedLocustfile;
  /** Of all runs, and of workers that come and go without one. */
  readonly events: RunEventSink;
  /** User code on a worker has something for the test as a whole: see `deliver_user_message.ts`. */
  readonly onUserMessage: (message: UserMessage, source: MessageSource) => void;
}
