/**
 * The form of a verdict rule, and what rules share. A rule is a pure function from the evidence to its findings: an
 * empty list means no doubt. The name under which `rules.ts` lists it is the kind of its doubts.
 */
import type { RunEvidence, SecondCounts } from "./evidence.ts";

export type Severity = "degraded" | "invalid";

/** One reason to distrust the numbers: a sentence with its figure, and what to do about it. */
export interface Finding {
  readonly severity: Severity;
  readonly sentence: string;
  readonly advice: string;
}

export type Rule = (evidence: RunEvidence) => readonly Finding[];

/** One bad second, in a run of any length, is a garbage collection or another process. */
const MIN_SUSTAINED_SECONDS = 2;

/** Whether something is a state of the run and not a pause: in at least two seconds, and in more than a share of all. */
export function isSustained({ seconds, of }: SecondCounts, share: number): boolean {
  return seconds >= MIN_SUSTAINED_SECONDS && seconds > of * share;
}

/** `6 of 60 seconds` */
export function howOften({ seconds, of }: SecondCounts): string {
  return `${seconds} of ${of} seconds`;
}

/** `2.4 s`, `12 s` */
export function inSeconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(durationMs < 10_000 ? 1 : 0)} s`;
}

/** `83 ms` */
export function inMs(durationMs: number): string {
  return `${Math.round(durationMs)} ms`;
}

/** The advice of every rule that finds code that does not let its thread go. */
export const BLOCKING_CODE =
  "await in that task, or move its computing out of the test: code without an await stops all users of its thread";

/** The advice of every rule that finds the load generator itself too busy. */
export const ADD_MACHINES = "start fewer users here, or add machines with --worker";
