/**
 * The lines of a journal (NDJSON, UTF-8, one JSON object each): the run events, each with the time of the run's clock, and what was counted
 * between them. `run_replay.ts` makes the figures of ticks and of the end again from what was counted, so that lines do not hold them.
 * Bytes are `{"$bytes": base64}`. A reader skips lines of a kind that it does not know. `docs/journal.md` describes each line.
 */
import { Buffer } from "node:buffer";
import type { EntrySnapshot, SnapshotMessage } from "../../protocol/snapshot_message.ts";
import type { LedgerState } from "../../stats/ledger/ledger_state.ts";
import type { DeliveriesState } from "../workers/deliveries.ts";
import type { WrittenCounts } from "./journal_counts.ts";
import type { RunEvent } from "../run_event.ts";
import type { SharedState } from "../questions/shared_state.ts";
import type { RunProgress, RunSettings } from "../run_settings.ts";

/** Raised with each change that an older reader would misread. */
export const JOURNAL_VERSION = 3;

/** `full`: rows with each tick. `total`: rows every 10 s, the total with each tick. */
export type JournalDetail = "full" | "total";

/** A snapshot without what is counted: rows, failures, exceptions, statuses and measures. */
export interface ThinSnapshot extends
  Omit<
    SnapshotMessage,
    "entries" | "total" | "urlGroups" | "splits" | "droppedTags" | "failures" | "exceptions" | "statuses" | "measures"
  > {
  /** Where rows are not written with each tick. Without its histograms. */
  readonly total?: EntrySnapshot;
}

type Ticked = Extract<RunEvent, { kind: "ticked" }>;
type Ended = Extract<RunEvent, { kind: "runEnded" }>;

/** Milliseconds of the run's clock, whole. A process that resumes the run has another clock. */
interface Stamped {
  readonly atMs: number;
}

export interface JournalOpened {
  readonly kind: "journalOpened";
  readonly version: number;
  readonly program: string;
  readonly wallMs: number;
}

/** What was counted since the line before it. It is acknowledged to the workers when this line is written. */
export interface CountedLine extends Stamped {
  readonly kind: "counted";
  readonly runId: string;
  readonly wallMs: number;
  readonly progress: RunProgress;
  readonly applied: DeliveriesState["applied"];
  /** Up to when the reports have counted, in the time of `atMs`. Absent: of a version that did not write it. */
  readonly reachedMs?: number;
  readonly finished?: NonNullable<DeliveriesState["finished"]>;
  readonly counts: WrittenCounts;
}

/** What the master has given to threads of user code: it is answered when this line is written. */
export interface SharedLine extends Stamped {
  readonly kind: "shared";
  readonly runId: string;
  readonly changes: SharedState;
}

/** Everything counted up to here; a reader continues from it and forgets what it counted before. */
export interface CheckpointLine extends Stamped {
  readonly kind: "checkpoint";
  readonly runId: string;
  readonly wallMs: number;
  readonly progress: RunProgress;
  readonly deliveries: DeliveriesState;
  readonly ledger: LedgerState;
}

/** Events whose figures are made again from what was counted. */
export type ThinEvent =
  | (Omit<Ticked, "snapshot"> & Stamped & { readonly snapshot: ThinSnapshot })
  | (Omit<Ended, "snapshot" | "ledger"> & Stamped & { readonly snapshot: ThinSnapshot });

export type PlainEvent = Exclude<RunEvent, Ticked | Ended | { kind: "sampled" | "traced" | "failuresTimed" }>;

/** Follows `runStarted`: everything that the run was started with. `startWallMs`: the date of time 0. */
export interface PlannedLine extends Stamped {
  readonly kind: "runPlanned";
  readonly startWallMs: number;
  readonly detail: JournalDetail;
  readonly settings: RunSettings;
}

export type JournalLine =
  /** First in a file, and again where another process continues it. */
  | JournalOpened
  | PlannedLine
  | CountedLine
  | CheckpointLine
  | SharedLine
  | ThinEvent
  | (PlainEvent & Partial<Stamped>);

const KINDS: ReadonlySet<string> = new Set<JournalLine["kind"]>([
  "journalOpened",
  "runPlanned",
  "counted",
  "checkpoint",
  "shared",
  "runStarted",
  "rampStarted",
  "rampCompleted",
  "phaseBegan",
  "ticked",
  "capacityStep",
  "scenarioMoved",
  "rateChanged",
  "statsReset",
  "hostChanged",
  "optionsChanged",
  "workerJoined",
  "workerMissing",
  "workerReturned",
  "workerTroubled",
  "workerLeft",
  "stopping",
  "draining",
  "runEnded",
  "exitCodeDecided",
]);

/** With the newline. */
export function formatLine(line: JournalLine): string {
  return JSON.stringify(line, (_, value) => value instanceof Uint8Array ? { $bytes: toBase64(value) } : value) + "\n";
}

/** `undefined` for a line of an unknown kind. Throws a `SyntaxError` if it is no JSON. */
export function parseLine(text: string): JournalLine | undefined {
  const value: unknown = JSON.parse(text, (_, each) => isPackedBytes(each) ? fromBase64(each.$bytes) : each);
  if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
  // This program wrote it: only the kind is checked.
  return typeof value.kind === "string" && KINDS.has(value.kind) ? value as JournalLine : undefined;
}

function isPackedBytes(value: unknown): value is { $bytes: string } {
  return typeof value === "object" && value !== null && "$bytes" in value && typeof value.$bytes === "string";
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}
