/**
 * The shape of an output of a run: a sink of run events that owns a file, a stream or a socket.
 * `src/cli/outputs/output_list.ts` lists all of them; a new one is one file in this folder and one entry there.
 *
 * Invariant: an output is opened before the run starts and rejects a bad path then. Later it never throws for a disk or
 * a peer that fails: it reports that once and says `failed`.
 */
import type { Clock } from "../../base/clock.ts";
import type { RunEventSink } from "../../master/run_event.ts";
import type { EntryDetail } from "../../stats/ledger/ledger.ts";

export interface Output {
  readonly sink: RunEventSink;
  /**
   * Takes an event of before: of a run that another process began and this one resumes, from its start up to where its
   * journal ends. Absent where only what comes is of interest.
   */
  readonly recall?: RunEventSink;
  /** True when something could not be written: the exit code is 2. */
  readonly failed: boolean;
  /**
   * Delivers what is still under way after the run has ended; resolves when it is delivered, or soon after `signal`
   * aborts. Absent where everything is written when `sink` returns.
   */
  settle?(signal: AbortSignal): Promise<void>;
  /** Closes what the output holds open. Called once, also when the run did not start. */
  close(): void | Promise<void>;
}

/** What an output may use beside the run events. */
export interface OutputContext {
  readonly clock: Clock;
  /** `live` if absent. `atOnce`: the events of a run that is over, as fast as they are read; only the end is worth writing. */
  readonly pace?: "live" | "atOnce";
  /** `resumed`: another process began the run, and may have written a part of what is written once. `new` if absent. */
  readonly start?: "new" | "resumed";
  /** Whole histograms and counts by second of the run as it is now. */
  readonly details: () => readonly EntryDetail[];
  /** Logs one line about an output that fails. */
  readonly reportError: (message: string) => void;
  /** Logs one line about a receiver that fails and costs no number of the run. */
  readonly warn: (message: string) => void;
  /** Logs one line for information. */
  readonly log: (message: string) => void;
  /** Variables of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  readonly claim: ClaimPath;
}

/**
 * Reserves a path for this run until its outputs are closed.
 * @throws {UsageError} when another output or another run writes to the path
 */
export type ClaimPath = (path: string, option: string) => void;
