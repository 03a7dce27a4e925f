/**
 * The lines of a journal (NDJSON, UTF-8, one JSON object each): the run events as they are, and what else a later process
 * needs to resume or report the run. Bytes are `{"$bytes": base64}`. A reader skips lines of a kind that it does not know.
 */
import { Buffer } from "node:buffer";
import type { DeltaMessage } from "../protocol/delta_message.ts";
import type { LedgerState } from "../stats/ledger_state.ts";
import type { DeliveriesState } from "./deliveries.ts";
import type { RunEvent } from "./run_event.ts";
import type { RunProgress, RunSettings } from "./run_settings.ts";

export const JOURNAL_VERSION = 1;

export type JournalLine =
  /** First in a file, and again where another process continues it. */
  | { readonly kind: "journalOpened"; readonly version: number; readonly program: string; readonly wallMs: number }
  /** Follows `runStarted`: everything that the run was started with. */
  | { readonly kind: "runPlanned"; readonly settings: RunSettings }
  /** What was counted since the line before it. It is acknowledged to the workers when this line is written. */
  | {
    readonly kind: "counted";
    readonly runId: string;
    readonly wallMs: number;
    readonly progress: RunProgress;
    readonly applied: DeliveriesState["applied"];
    readonly finished?: NonNullable<DeliveriesState["finished"]>;
    readonly deltas: readonly { readonly node: string; readonly delta: DeltaMessage }[];
  }
  /** Everything counted up to here, so that a reader need not read earlier lines. */
  | {
    readonly kind: "checkpoint";
    readonly runId: string;
    readonly wallMs: number;
    readonly progress: RunProgress;
    readonly deliveries: DeliveriesState;
    readonly ledger: LedgerState;
  }
  | RunEvent;

const KINDS: ReadonlySet<string> = new Set<JournalLine["kind"]>([
  "journalOpened",
  "runPlanned",
  "counted",
  "checkpoint",
  "runStarted",
  "rampStarted",
  "rampCompleted",
  "phaseBegan",
  "ticked",
  "statsReset",
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
