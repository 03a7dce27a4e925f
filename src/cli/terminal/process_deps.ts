/**
 * Dependencies that `src/main.ts` passes to the composition root: everything that belongs to the process. Tests pass
 * other clocks, outputs and signals.
 */
import type { Clock } from "../../base/clock.ts";
import type { StartThread } from "../../platform/threads/thread_host.ts";
import type { PrepareMessage } from "../../protocol/thread_message.ts";
import type { SignalSource } from "./interrupt.ts";
import type { KeySource } from "./keyboard.ts";
import type { TextOutput } from "./text_output.ts";

export interface ProcessDeps {
  readonly clock: Clock;
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  readonly stdin: KeySource;
  readonly signals: SignalSource;
  /** Sends a signal to this very process: Ctrl-C, where the terminal hands it to us as a key. */
  readonly raise: (signal: "SIGINT") => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly hostName: string; // of this machine, short
  readonly version: string; // ours
  readonly cores: number;
  readonly startThread: StartThread;
  /** Has threads that run already import the locustfile. Absent: none does. */
  readonly prepareThreads?: (order: PrepareMessage) => void;
  /** How this program is started again as another process. */
  readonly ownCommand: readonly string[];
  /** Resolves when the master that started this worker process is gone; undefined where no master started it. */
  readonly parentEnded: Promise<void> | undefined;
  readonly threadEntry: URL;
  readonly controlEntry: URL;
  /**
   * `early`, also if absent: the control thread is wanted at once, and may run already. `late`: when users run, where
   * nothing needs it before.
   */
  readonly controlStart?: "early" | "late";
  /** Random bytes in hex, for names that must not clash. */
  readonly createId: () => string;
}
