/** The requests of each scenario of a run: the figures of the tag that its users have by themselves. Pure. */
import { SCENARIO_TAG } from "../../base/sample_tags.ts";
import type { EntrySnapshot, ScenarioSnapshot, SnapshotMessage } from "../../protocol/snapshot_message.ts";

export interface ScenarioFigures {
  readonly scenario: ScenarioSnapshot;
  /** All its requests; undefined before the first of them. */
  readonly total: EntrySnapshot | undefined;
}

/** In the order of the scenarios. */
export function figuresByScenario(
  { scenarios = [], splits = [] }: Pick<SnapshotMessage, "scenarios" | "splits">,
): readonly ScenarioFigures[] {
  const values = splits.find(({ tag }) => tag === SCENARIO_TAG)?.values ?? [];
  return scenarios.map((scenario) => ({
    scenario,
    total: values.find(({ value }) => value === scenario.name)?.total,
  }));
}
