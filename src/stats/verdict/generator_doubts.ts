/** Finds the doubts that are about the load generator, and not about the load or the system, in the evidence of a part of a run. Pure. */
import type { RunEvidence } from "./evidence.ts";
import type { DoubtKind } from "./rules.ts";
import { RULES } from "./rules.ts";

/** A step of a capacity search that broke under one of these may have met the limit of the generator. */
const GENERATOR_KINDS = [
  "thread-hung",
  "loop-late",
  "code-blocks",
  "starts-late",
  "gc-pauses",
  "cpu-full",
  "cpu-throttled",
  "memory-near-limit",
  "files-exhausted",
  "ports-exhausted",
  "near-calibration",
  "concurrency-limit",
  "lookups-slow",
  "workers-gone",
  "worker-lost",
  "worker-away",
  "master-late",
] as const satisfies readonly DoubtKind[];

/** A search overloads the system on purpose: what follows from that is no doubt about its figure, and each step has a verdict of its own. */
const EXPECTED_KINDS: ReadonlySet<string> = new Set<DoubtKind>([
  ...GENERATOR_KINDS.filter((kind) => !kind.startsWith("worker")),
  "users-missing",
  "rate-below-asked",
  "arrivals-below-asked",
  "requests-abandoned",
  "steady-missing",
]);

/** One sentence for each, the first ones first. */
export function findGeneratorDoubts(evidence: RunEvidence): readonly string[] {
  return GENERATOR_KINDS.flatMap((kind) => RULES[kind](evidence).map(({ sentence }) => sentence));
}

/** Whether a doubt about a whole run is one that each capacity search raises. */
export function isExpectedInSearch(kind: DoubtKind): boolean {
  return EXPECTED_KINDS.has(kind);
}
