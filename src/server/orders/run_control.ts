/** The questions and orders of the web UI's server to the program that serves it: start, change and end runs, and tell about them. Types. */
import type { RunEvent } from "../../master/run_event.ts";
import type { PageTheme } from "../../report/page/html_page.ts";
import type { RunSummary, SummaryEntry } from "../../report/summary/summary.ts";
import type { SampledFailure } from "../../stats/ledger/ledger.ts";
import type {
  ApiAccess,
  ApiEditRequest,
  ApiForm,
  ApiHostCheck,
  ApiLogs,
  ApiRunListing,
  ApiStartRequest,
} from "../answers/api_types.ts";

type RunEnded = Extract<RunEvent, { kind: "runEnded" }>;

/** A start, read and checked for its types. What is absent is as in the form's defaults. */
export interface StartOrder extends Omit<ApiStartRequest, "runTime"> {
  /**
   * Whose run time and user classes a start has that names none: those of the last start with edits, or, as with Locust's `/swarm`,
   * those of the command line. `lastStart` if absent.
   */
  readonly unnamed?: "lastStart" | "commandLine";
  /** Null: no limit. */
  readonly runTimeSeconds?: number | null;
}

/** A change of a run, read and checked for its types. What is absent stays. */
export interface EditOrder extends Omit<ApiEditRequest, "runTime"> {
  /** Null: no limit. */
  readonly runTimeSeconds?: number | null;
}

export interface RunControl {
  /**
   * Checks the order and begins to start; what goes wrong later is in the feed. Resolves to the name of the shape that decides the load.
   * @throws {Refusal} 409 while a run is on, 422 with the field that is wrong
   */
  start(order: StartOrder): Promise<{ readonly shape: string | null; readonly userClasses: readonly string[] }>;
  /** Resolves when the run has it. @throws {Refusal} 409 while none runs, 422 with the field that is wrong */
  edit(order: EditOrder): Promise<void>;
  /** Ends the run, if one is on; resolves when it has ended. */
  stop(): Promise<void>;
  reset(): void;
  /** A run is being prepared, is on, or ends. */
  readonly isOccupied: boolean;
  /** The total of the steady part of the latest run so far; null where there is none. */
  steadyTotal(): SummaryEntry | null;
  /** Examples of failed requests of the latest run. */
  failureSamples(): readonly SampledFailure[];
  /** The form, but for who reads it. */
  form(): Omit<ApiForm, "access"> & { readonly access?: ApiAccess };
  /** The summary of the latest run as of now; undefined before the first. */
  summary(): RunSummary | undefined;
  /** The last event of the latest run, as if it ended now where it is on; undefined before the first. */
  ended(): RunEnded | undefined;
  runs(): Promise<readonly ApiRunListing[]>;
  runSummary(id: string): Promise<RunSummary | undefined>;
  logs(since: number): ApiLogs;
  /** Formatted lines, as Locust's log viewer has them. */
  logTexts(): { readonly master: readonly string[]; readonly workers: Readonly<Record<string, readonly string[]>> };
  taskRatios(): Readonly<Record<string, unknown>>;
  checkHost(host: string): Promise<ApiHostCheck>;
  /** The report of a run as a page, in the theme of its reader's system where none is given. @throws {Refusal} 404 where pages are not built */
  renderReport(summary: RunSummary, theme?: PageTheme): Promise<string>;
  /** The latest run has a journal. */
  readonly isRecorded: boolean;
  /** The text of the journal that the latest run is recorded in; undefined where there is none. */
  journal(): Promise<Uint8Array | undefined>;
  /** The text of the full history file; undefined where none is written. */
  fullHistory(): Promise<Uint8Array | undefined>;
  /** A class of the locustfile changes its attributes (Locust's class picker). @throws {Refusal} */
  changeClass(body: Readonly<Record<string, unknown>>): void;
}
