/** Checks the scenarios in the plan of a run. Pure. */
import {
  type Fields,
  has,
  MAX_NAME,
  readAmount,
  readCount,
  readList,
  readText,
  readTextList,
  readWord,
  toFields,
} from "./read_field.ts";
import type { ScenarioLoad, ScenarioPlan, ScenarioStart } from "../scenario_message.ts";

const MAX_SCENARIOS = 1000;
const MAX_CLASSES = 1000;
const MAX_STAGES = 10_000;
const MAX_RATE_TEXT = 100_000;

export function parseScenarioPlans(fields: Fields, field: string): ScenarioPlan[] {
  return readList(fields, field, MAX_SCENARIOS, (item) => {
    const plan = toFields(item, field);
    return {
      name: readText(plan, "name", MAX_NAME),
      userClasses: readTextList(plan, "userClasses", MAX_CLASSES),
      load: parseLoad(toFields(plan.load, "load")),
      start: parseStart(toFields(plan.start, "start")),
      ...(has(plan, "runTimeSeconds") ? { runTimeSeconds: readAmount(plan, "runTimeSeconds") } : {}),
      ...(has(plan, "iterations") ? { iterations: readCount(plan, "iterations", 1) } : {}),
      ...(has(plan, "iterationsPerUser") ? { iterationsPerUser: readCount(plan, "iterationsPerUser", 1) } : {}),
      ...(has(plan, "host") ? { host: readText(plan, "host") } : {}),
      tags: readTextList(plan, "tags", MAX_CLASSES),
      excludeTags: readTextList(plan, "excludeTags", MAX_CLASSES),
      options: toFields(plan.options, "options"),
    };
  });
}

function parseLoad(load: Fields): ScenarioLoad {
  switch (readWord(load, "kind", ["stages", "users", "arrivals"])) {
    case "stages":
      return {
        kind: "stages",
        stages: readList(load, "stages", MAX_STAGES, (item) => {
          const stage = toFields(item, "stage");
          return { durationSeconds: readAmount(stage, "durationSeconds"), users: readCount(stage, "users") };
        }),
      };
    case "users":
      return { kind: "users", users: readCount(load, "users"), spawnRate: readAmount(load, "spawnRate") };
    case "arrivals":
      return {
        kind: "arrivals",
        rate: readText(load, "rate", MAX_RATE_TEXT),
        ...(has(load, "maxUsers") ? { maxUsers: readCount(load, "maxUsers", 1) } : {}),
      };
  }
}

function parseStart(start: Fields): ScenarioStart {
  return readWord(start, "kind", ["time", "scenario"]) === "time"
    ? { kind: "time", seconds: readAmount(start, "seconds") }
    : { kind: "scenario", name: readText(start, "name", MAX_NAME) };
}
