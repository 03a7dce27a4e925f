/**
 * Thresholds on scenarios, against those that run: a name that the locustfile does not have is a mistake, and a
 * threshold of the locustfile on a scenario that was not picked is left out. Pure.
 */
import { SCENARIO_TAG } from "../../../base/sample_tags.ts";
import { nearest } from "../../../base/hints/near_miss.ts";
import { parseThreshold } from "../../../stats/thresholds/parse_threshold.ts";

export interface ScenarioThresholds {
  /** Of the locustfile: those to judge. */
  readonly kept: readonly string[];
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
}

/** `known`: names of all scenarios of the locustfile; `picked`: of those that run. */
export function checkScenarioThresholds(
  { ofFile, ofOptions, known, picked }: {
    readonly ofFile: readonly string[];
    readonly ofOptions: readonly string[];
    readonly known: readonly string[];
    readonly picked: readonly string[];
  },
): ScenarioThresholds {
  // A locustfile without scenarios may use the tag as it likes.
  if (known.length === 0) return { kept: ofFile, problems: [], warnings: [] };
  const of = (list: readonly string[]) => list.map((text) => ({ text, scenario: scenarioOf(text) }));
  const file = of(ofFile);
  const unknown = [...file, ...of(ofOptions)].filter(({ scenario }) =>
    scenario !== undefined && !known.includes(scenario)
  );
  const isLeftOut = ({ scenario }: { readonly scenario: string | undefined }) =>
    scenario !== undefined && known.includes(scenario) && !picked.includes(scenario);
  return {
    kept: file.filter((each) => !isLeftOut(each)).map(({ text }) => text),
    problems: [
      ...unknown.map(({ text, scenario = "" }) => refuse(text, scenario, known)),
      ...of(ofOptions).filter(isLeftOut).map(({ text, scenario }) =>
        `Cannot judge the threshold "${text}": the scenario ${scenario} is not picked; add it to --scenario, or leave the threshold out`
      ),
    ],
    warnings: file.filter(isLeftOut).map(({ text }) =>
      `The threshold "${text}" is left out: its scenario is not picked`
    ),
  };
}

function refuse(text: string, scenario: string, known: readonly string[]): string {
  const meant = nearest(scenario, known);
  const advice = meant === undefined ? `choose from ${known.join(", ")}` : `did you mean "${meant}"?`;
  return `Cannot judge the threshold "${text}": there is no scenario "${scenario}"; ${advice}`;
}

function scenarioOf(text: string): string | undefined {
  const { scope } = parseThreshold(text);
  const split = "split" in scope ? scope.split : undefined;
  return split?.tag === SCENARIO_TAG ? split.value : undefined;
}
