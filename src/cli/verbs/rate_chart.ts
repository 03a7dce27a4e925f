/** Draws the arrival rates and target rates of classes in a terminal, as scenarios are drawn. Pure. */
import { shortenRate } from "../../load/arrivals/arrival_rate.ts";
import { drawScenarios } from "../../load/scenarios/draw_scenarios.ts";
import type { UserClassDescription } from "../../protocol/locustfile_description.ts";
import type { ScenarioPlan } from "../../protocol/scenario_message.ts";
import { drawLines } from "./scenario_chart.ts";

/** A rate as a class has it: `50/s`, `1m:50/s, 5m:200/s`. */
export function formatClassRate({ arrivalRate, targetRate }: UserClassDescription): string | undefined {
  const rate = arrivalRate ?? targetRate;
  if (rate === undefined) return undefined;
  const text = /^[\d.]+$/.test(String(rate)) ? `${rate}/s` : shortenRate(String(rate));
  return arrivalRate === undefined ? `target rate ${text}` : `arrivals at ${text}`;
}

/** Nothing where no class has a rate, or those that have one are switched off. */
export function formatRates(classes: readonly UserClassDescription[], columns?: number): readonly string[] {
  const plans = classes.flatMap(({ name, arrivalRate, targetRate, weight, fixedCount }): ScenarioPlan[] => {
    const rate = arrivalRate ?? targetRate;
    if (rate === undefined || weight === 0 && fixedCount === 0) return [];
    return [{
      name,
      userClasses: [name],
      load: { kind: "arrivals", rate: String(rate) },
      start: { kind: "time", seconds: 0 },
      tags: [],
      excludeTags: [],
      options: {},
    }];
  });
  return plans.length === 0 ? [] : ["Rates", ...drawLines(drawScenarios(plans), columns)];
}
