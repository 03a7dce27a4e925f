/** The kinds of failures that have an example, with the dates of these. Pure. */
import type { FailureGroups } from "../groups/failure_groups.ts";
import type { SampledFailure } from "./ledger_views.ts";

export function listSamples(groups: FailureGroups, toWallMs: (ms: number) => number): readonly SampledFailure[] {
  return groups.list().flatMap(({ method, name, text, sample }): readonly SampledFailure[] => {
    if (sample === undefined) return [];
    const { atMs, ...kept } = sample;
    return [{ method, name, text, sample: { ...kept, wallMs: toWallMs(atMs) } }];
  });
}
