/**
 * The load generators of a test session, in one process or on many machines. `local_load.ts` has the threads of this
 * process; the command line adds workers that dial in. The session sees no difference. Types only.
 */
import type { Master } from "../master/master.ts";
import type { ShippedLocustfile } from "../master/master_options.ts";

export interface LoadSource extends AsyncDisposable {
  readonly locustfile: ShippedLocustfile;
  /** Lets the workers reach the master. Called once. */
  join(master: Master): Promise<void>;
  /** Workers that a run needs before its first user, and how long it waits for them. */
  readonly expectWorkers: number;
  readonly maxWaitMs: number;
  /** Aborts when no more worker can come. Absent where the workers are in this process. */
  readonly hopeless?: AbortSignal;
  /** A run is about to wait for its workers; so many are ready. */
  announceWait?(readyCount: number): void;
  /** The exit code that listeners of `quit` in this process get. */
  announceExitCode(exitCode: number): void;
}
