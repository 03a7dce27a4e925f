/** The verdict on a run as plain data: what reports, files and the exit code are given. */
import type { Finding } from "./rule.ts";
import type { DoubtKind } from "./rules.ts";

/** A finding of a rule, with the kind under which programs know it. */
export interface VerdictDoubt extends Finding {
  readonly kind: DoubtKind;
}

export interface RunVerdict {
  readonly kind: "valid" | "degraded" | "invalid";
  /** The invalidating ones first. */
  readonly doubts: readonly VerdictDoubt[];
  /** What readers should know beside the numbers and is no reason to doubt them; absent if there is nothing. */
  readonly notes?: readonly string[];
}
